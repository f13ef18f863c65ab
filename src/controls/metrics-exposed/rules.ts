import type { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurations, selection } from '../../proofs/alerting/metrics/index.ts';
import { namesByLast, ruleFilePattern } from '../../proofs/alerting/rule-files.ts';
import { ruleHolders, type RuleHolder } from '../../proofs/alerting/rule-holders.ts';

/** Rules that no Prometheus loads. */
export interface UnloadedRules {
  readonly name: string;
  readonly rules: number;
  readonly because: string;
  readonly remediation: string;
  readonly origin: Origin;
}

/** PrometheusRules that nothing selects, and files of rules that no `rule_files` names. */
export function unloadedRules(view: PlatformView): UnloadedRules[] {
  return [...unselected(view), ...unnamed(view)];
}

function unselected(view: PlatformView): UnloadedRules[] {
  return view.objects('PrometheusRule').flatMap((object) => {
    const namespace = object.namespace ?? 'default';
    const { selected, because } = selection(view, 'rule', { namespace, labels: object.labels });
    if (selected !== 'no') return [];
    const rules = countOf(cursor(object).get('spec', 'groups'));
    const remediation = 'Give it the labels that the Prometheus selects, or widen that selector.';
    return [{ name: `PrometheusRule ${namespace}/${object.name}`, rules, because, remediation, origin: object.origin }];
  });
}

function unnamed(view: PlatformView): UnloadedRules[] {
  const found = configurations(view);
  if (found.length === 0 || found.some(({ root }) => evaluatesElsewhere(root)) || othersEvaluate(view)) return [];
  const patterns = found.flatMap(({ root, name }) => {
    const below = name.startsWith('ConfigMap ') ? undefined : folderOf(name);
    return root
      .get('rule_files')
      .strings()
      .map((text): Pattern => ({ text, below }));
  });
  if (patterns.some(({ text }) => text.includes('$'))) return [];
  const names = found.map(({ name }) => name).join(', ');
  const because =
    patterns.length === 0
      ? `${names} has no rule_files`
      : `rule_files of ${names} ${patterns.length === 1 ? 'names' : 'name'} ${patterns.map(({ text }) => text).join(', ')}`;
  const remediation = 'Name it in rule_files, or move it to where they look.';
  return ruleHolders(view).flatMap((held) => {
    const rules = countOf(held.groups);
    const isRead = held.file === undefined || patterns.some((pattern) => isNamedBy(held, pattern));
    if (isRead || held.reader !== 'prometheus' || rules === 0) return [];
    return [{ name: held.holder, rules, because, remediation, origin: held.groups.origin }];
  });
}

/** An entry of `rule_files`. */
interface Pattern {
  readonly text: string;
  /** The folder of the configuration that has it; undefined where that is mounted somewhere. */
  readonly below: string | undefined;
}

/** What writes to another store may leave its rules to that store. */
function evaluatesElsewhere(root: Cursor): boolean {
  return !root.get('rule_files').exists && root.get('remote_write').items().length > 0;
}

function othersEvaluate(view: PlatformView): boolean {
  return ['Prometheus', 'ThanosRuler', 'VMAlert', 'PrometheusRule'].some((kind) => view.objects(kind).length > 0);
}

/** Below the configuration where both are files of the repository; else by the name alone, because folders are others where files are mounted. */
function isNamedBy({ file = '', kind }: RuleHolder, { text, below }: Pattern): boolean {
  const isBelow = kind === 'file' && below !== undefined && !/^\/|^\.\.\//.test(text);
  if (!isBelow) return namesByLast(text, file);
  return file.startsWith(below) && ruleFilePattern(text.replace(/^\.\//, '')).test(file.slice(below.length));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function countOf(groups: Cursor): number {
  return groups.items().reduce((sum, group) => sum + group.get('rules').items().length, 0);
}
