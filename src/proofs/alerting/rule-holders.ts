import { Cursor, isMapping } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { withTexts } from './rule-scalars.ts';
import { embedded } from './embedded.ts';

/** Something that holds groups of rules. */
export interface RuleHolder {
  /** `PrometheusRule observability/data`, `VMRule observability/data`, `ConfigMap observability/rules`, or the path of a file. */
  readonly holder: string;
  readonly kind: 'object' | 'file' | 'mounted';
  /** Of a file or a key of a ConfigMap, as `rule_files` would name it. */
  readonly file?: string;
  /** Where the PrometheusRule lies. */
  readonly namespace?: string;
  readonly groups: Cursor;
  /** Who evaluates it: Loki where a rule is LogQL; not known where the file says or lies where other rulers are told. */
  readonly reader: 'prometheus' | 'loki' | 'unknown';
}

/** Objects in the form of a PrometheusRule that others than the Prometheus operator evaluate: VictoriaMetrics, Google's managed Prometheus. */
export const OTHER_RULES = [
  'VMRule.operator.victoriametrics.com',
  ...['Rules', 'ClusterRules', 'GlobalRules'].map((kind) => `${kind}.monitoring.googleapis.com`),
];

/** Everything that holds rules, each once: a key of a ConfigMap that is made of a file of the repository counts as that file. */
export const ruleHolders = oncePerPlatform((view: PlatformView): readonly RuleHolder[] => {
  const files = view.data('prometheus-rules');
  const written = new Set(files.map(({ data }) => JSON.stringify(data)));
  return [
    ...view.objects('PrometheusRule').map((object): RuleHolder => {
      const { name, namespace } = object;
      const holder = `PrometheusRule ${namespace ?? 'default'}/${name}`;
      const groups = cursor(object).get('spec', 'groups');
      return { holder, kind: 'object', reader: 'prometheus', groups, ...(namespace !== undefined && { namespace }) };
    }),
    ...OTHER_RULES.flatMap((kind) => view.objects(kind)).map((object): RuleHolder => {
      const holder = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
      return { holder, kind: 'object', reader: 'unknown', groups: cursor(object).get('spec', 'groups') };
    }),
    ...files.map(({ data, origin, path }): RuleHolder => {
      const groups = groupsAt(data, origin);
      return { holder: path, kind: 'file', file: path, groups, reader: readerOf(path, data) };
    }),
    ...view.objects('ConfigMap').flatMap((object) => mounted(object, written)),
  ];
});

/** Rule files that a ConfigMap holds, as charts make them of values. Everything in one is shown at its key. */
function mounted(object: KubeObject, written: ReadonlySet<string>): RuleHolder[] {
  return cursor(object)
    .get('data')
    .entries()
    .flatMap(([key, at]): RuleHolder[] => {
      if (typeof at.value !== 'string' || !/^["']?groups["']?:/m.test(at.value)) return [];
      const data = embedded(at.value);
      if (data === undefined || written.has(JSON.stringify(data)) || !holdsRules(data)) return [];
      const holder = `ConfigMap ${object.namespace ?? 'default'}/${object.name}, ${key}`;
      const groups = groupsAt(data, at.origin);
      return [{ holder, kind: 'mounted', file: key, groups, reader: readerOf(object.name, data) }];
    });
}

/** The groups of a rule file that was read from somewhere. */
export function groupsAt(data: unknown, origin: Origin): Cursor {
  const { value, origin: place } = new Cursor(data, origin).get('groups');
  return new Cursor(withTexts(value), place);
}

/** Stages of a log pipeline, which PromQL has none of: `{app="api"} |= "panic"`, `| json`. */
const PIPELINE = /\}\s*(?:\|[=~]|!~|!=\s*["`]|\|\s*[a-z_]+)/;
const OTHER_RULERS = /(?:^|[/_.-])(?:loki|mimir|cortex|thanos|vmalert|victoria-?metrics)(?:[/_.-]|$)/i;

/** What groups have that Thanos, Mimir, Cortex or vmalert evaluates, and Prometheus refuses. */
const OF_OTHER_RULERS =
  'partial_response_strategy source_tenants evaluation_delay align_evaluation_time_on_interval align_execution_time_on_interval remote_write tenant type concurrency params headers notifier_headers eval_offset eval_delay eval_alignment debug update_entries_limit'.split(
    ' ',
  );

function readerOf(name: string, data: unknown): RuleHolder['reader'] {
  if (rulesIn(data).some(({ expr }) => typeof expr === 'string' && PIPELINE.test(expr))) return 'loki';
  const isForRuler = isMapping(data) && typeof data['namespace'] === 'string';
  const isOfOther = groupsIn(data).some((group) => OF_OTHER_RULERS.some((key) => key in group));
  return isForRuler || isOfOther || OTHER_RULERS.test(name) ? 'unknown' : 'prometheus';
}

function holdsRules(data: unknown): boolean {
  return rulesIn(data).some((rule) => typeof rule['expr'] === 'string' && ('alert' in rule || 'record' in rule));
}

function rulesIn(data: unknown): Readonly<Record<string, unknown>>[] {
  return groupsIn(data)
    .flatMap(({ rules }): unknown[] => (Array.isArray(rules) ? rules : []))
    .filter(isMapping);
}

function groupsIn(data: unknown): Readonly<Record<string, unknown>>[] {
  const groups: unknown = isMapping(data) ? data['groups'] : undefined;
  return (Array.isArray(groups) ? groups : []).filter(isMapping);
}
