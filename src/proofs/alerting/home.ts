import { stringify } from 'yaml';
import type { Patch } from '../../model/control.ts';
import { Cursor } from '../../model/cursor.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurations } from './metrics/index.ts';
import { OTHER_RULES, ruleHolders } from './rule-holders.ts';
import type { RuleGroup } from './slo/types.ts';
import { namesByLast, ruleFilePattern } from './rule-files.ts';

/** Where rules of this platform live, so that new ones are loaded like those that are there. */
export type RulesHome =
  /** An operator reads objects; those of the same labels and namespace are selected alike. */
  | {
      readonly kind: 'operator';
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
      /** What the neighbour is, where it is no PrometheusRule: an object of the same form. */
      readonly like?: { readonly apiVersion: string; readonly kind: string };
      readonly origin: Origin;
    }
  /** Prometheus reads the keys of a ConfigMap that is mounted; `dataOrigin` is where they stand, `patterns` what its configuration names. */
  | {
      readonly kind: 'config-map';
      readonly dataOrigin: Origin;
      readonly patterns: readonly string[];
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
  const [other] = OTHER_RULES.flatMap((kind) => view.objects(kind));
  if (other !== undefined) {
    const { namespace = 'default', labels, origin, apiVersion, kind } = other;
    return { kind: 'operator', namespace, labels, like: { apiVersion, kind }, origin };
  }
  const [config] = view.data('prometheus-config');
  const [rules] = view.data('prometheus-rules');
  const mounted = rules === undefined && config === undefined ? mountedHome(view) : undefined;
  if (mounted !== undefined) return mounted;
  const folder = folderOf(rules?.path ?? config?.path);
  if (config === undefined) return { kind: 'files', folder };
  const list = new Cursor(config.data, config.origin).get('rule_files');
  return { kind: 'files', folder, list: { patterns: list.strings(), origin: list.origin } };
}

/** The ConfigMap that holds the first rules of Prometheus. Where no configuration is seen, names like those that are there are taken. */
function mountedHome(view: PlatformView): RulesHome | undefined {
  const neighbour = ruleHolders(view).find(({ kind, reader }) => kind === 'mounted' && reader === 'prometheus');
  if (neighbour?.file === undefined) return undefined;
  const { origin } = neighbour.groups;
  const pointer = origin.pointer?.slice(0, origin.pointer.lastIndexOf(neighbour.file));
  if (pointer === undefined) return undefined;
  const configured = configurations(view).flatMap(({ root }) => root.get('rule_files').strings());
  const like = `*${neighbour.file.slice(neighbour.file.lastIndexOf('.'))}`;
  return {
    kind: 'config-map',
    dataOrigin: { ...origin, pointer },
    patterns: configured.length > 0 ? configured : [like],
  };
}

/** Patches that put groups of rules there, under a name that begins with {@link PREFIX}. */
export function placeRules(home: RulesHome, name: string, groups: readonly RuleGroup[], reason: string): Patch[] {
  if (home.kind === 'operator')
    return [
      {
        op: 'add-object',
        beside: home.origin,
        object: {
          ...(home.like ?? { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' }),
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
  if (home.kind === 'config-map') {
    // The list of what is read is text within another object: where it names no such key there is nothing to write.
    const key = namesOf(name).find((file) => home.patterns.some((pattern) => namesByLast(pattern, file)));
    return key === undefined ? [] : [{ op: 'set', origin: below(home.dataOrigin, key), value: textOf(groups), reason }];
  }
  const { folder, list } = home;
  const patterns = list?.patterns ?? [];
  const here = list === undefined ? '' : folderOf(list.origin.path);
  const read = namesOf(name)
    .map((file) => `${folder}${file}`)
    .find((path) => patterns.some((pattern) => covers(pattern, relativeTo(here, path))));
  const path = read ?? `${folder}${name}.yaml`;
  const file: Patch = { op: 'create-file', path, content: textOf(groups), reason };
  if (list === undefined || read !== undefined) return [file];
  const value = `${relativeTo(here, folder)}${PREFIX}*.yaml`;
  return [
    file,
    { op: 'set', origin: below(list.origin, patterns.length), value, reason: 'Prometheus reads the new rules' },
  ];
}

/** Of all that is written, so that one pattern takes in the files of every subject. */
export const PREFIX = 'launchgate-';

function namesOf(name: string): string[] {
  return ['yaml', 'yml'].map((extension) => `${name}.${extension}`);
}

function textOf(groups: readonly RuleGroup[]): string {
  return stringify({ groups }, { lineWidth: 0 });
}

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
