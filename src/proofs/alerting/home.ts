import { stringify } from 'yaml';
import type { Patch } from '../../model/control.ts';
import { Cursor } from '../../model/cursor.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { RuleGroup } from './slo/types.ts';
import { namesByLast, ruleFilePattern } from './rule-files.ts';

/** Where rules of this platform live, so that new ones are loaded like those that are there. */
export type RulesHome =
  /** An operator reads objects; those of the same labels and namespace are selected alike. */
  | {
      readonly kind: 'operator';
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly origin: Origin;
    }
  /** Prometheus reads files; `list` is where its configuration names them, `patterns` what it names. */
  | {
      readonly kind: 'files';
      readonly folder: string;
      readonly list?: { readonly patterns: readonly string[]; readonly origin: Origin };
    };

/** Kinds of the Prometheus operator, the nearest neighbour of new rules first. */
const OPERATOR_KINDS = ['PrometheusRule', 'Prometheus', 'ServiceMonitor', 'PodMonitor'] as const;

/** Reads the classes `kubernetes`, `prometheus-rules` and `prometheus-config`. */
export function rulesHome(view: PlatformView): RulesHome {
  for (const kind of OPERATOR_KINDS) {
    const [neighbour] = view.objects(kind);
    if (neighbour === undefined) continue;
    const { namespace = 'default', labels, origin } = neighbour;
    return { kind: 'operator', namespace, labels: kind === 'PrometheusRule' ? labels : {}, origin };
  }
  const [config] = view.data('prometheus-config');
  const [rules] = view.data('prometheus-rules');
  const folder = folderOf(rules?.path ?? config?.path);
  if (config === undefined) return { kind: 'files', folder };
  const list = new Cursor(config.data, config.origin).get('rule_files');
  return { kind: 'files', folder, list: { patterns: list.strings(), origin: list.origin } };
}

/** Patches that put groups of rules there, under a name that begins with {@link PREFIX}. */
export function placeRules(home: RulesHome, name: string, groups: readonly RuleGroup[], reason: string): Patch[] {
  if (home.kind === 'operator')
    return [
      {
        op: 'add-object',
        beside: home.origin,
        object: {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'PrometheusRule',
          metadata: {
            name,
            namespace: home.namespace,
            ...(Object.keys(home.labels).length === 0 ? {} : { labels: home.labels }),
          },
          spec: { groups },
        },
        reason,
      },
    ];
  const { folder, list } = home;
  const patterns = list?.patterns ?? [];
  const here = list === undefined ? '' : folderOf(list.origin.path);
  const read = ['yaml', 'yml']
    .map((extension) => `${folder}${name}.${extension}`)
    .find((path) => patterns.some((pattern) => covers(pattern, relativeTo(here, path))));
  const path = read ?? `${folder}${name}.yaml`;
  const file: Patch = { op: 'create-file', path, content: stringify({ groups }, { lineWidth: 0 }), reason };
  if (list === undefined || read !== undefined) return [file];
  const value = `${relativeTo(here, folder)}${PREFIX}*.yaml`;
  return [
    file,
    { op: 'set', origin: below(list.origin, patterns.length), value, reason: 'Prometheus reads the new rules' },
  ];
}

/** Of all that is written, so that one pattern takes in the files of every subject. */
export const PREFIX = 'launchgate-';

function folderOf(path: string | undefined): string {
  if (path === undefined) return 'prometheus/rules/';
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function relativeTo(folder: string, path: string): string {
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** Whether a pattern of `rule_files` takes a file in; of a path as it is mounted only the name tells. */
function covers(pattern: string, path: string): boolean {
  return ruleFilePattern(pattern).test(path) || (pattern.startsWith('/') && namesByLast(pattern, path));
}
