import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readRelabel, type Relabel } from '../routing/index.ts';
import { promDuration } from '../promql/time-span.ts';
import { readSelector, type Selector } from '../../../model/selector.ts';

/** One port that a monitor scrapes. */
export interface MonitorEndpoint {
  /** A port of the Service by its name; or, for pods and with `ofPod`, of the container, by name or number. */
  readonly port?: string | number;
  readonly ofPod: boolean;
  readonly path: string;
  readonly drops: readonly Drop[];
  /** Rules that choose among its targets, and among what they answer; in order. */
  readonly relabels: readonly Relabel[];
  readonly metricRelabels: readonly Relabel[];
  /** Labels of what is scraped win over those of the target. */
  readonly honorsLabels: boolean;
  /** Seconds between its scrapes, where it says so itself. */
  readonly interval?: number;
  /** The label `job` may come from elsewhere: a relabeling sets it, or what is scraped does (`honorLabels`). */
  readonly jobIsOpen: boolean;
  readonly origin: Origin;
}

/** A rule that throws whole metrics away after the scrape, by their name. */
export interface Drop {
  readonly action: 'drop' | 'keep';
  readonly regex: string;
  readonly origin: Origin;
}

/** A ServiceMonitor, a PodMonitor, or what other operators call them. */
export interface Monitor {
  /** `ServiceMonitor platform/api`. */
  readonly id: string;
  readonly kind: 'ServiceMonitor' | 'PodMonitor';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Namespaces that it looks in; `any`: all. */
  readonly namespaces: readonly string[] | 'any';
  /** Absent: the API server would refuse it. */
  readonly selector?: Selector;
  /** A label of the Service or pod whose value becomes `job`, where it has one. */
  readonly jobLabel?: string;
  readonly endpoints: readonly MonitorEndpoint[];
  /** Picked up without a Prometheus object: by a managed collector, or by another operator whose selection is not read. */
  readonly by?: 'managed' | 'other';
  readonly origin: Origin;
}

const KINDS: readonly (readonly [string, Monitor['kind'], 'managed' | 'other' | undefined])[] = [
  ['ServiceMonitor', 'ServiceMonitor', undefined],
  ['PodMonitor', 'PodMonitor', undefined],
  ['VMServiceScrape', 'ServiceMonitor', 'other'],
  ['VMPodScrape', 'PodMonitor', 'other'],
  ['PodMonitoring', 'PodMonitor', 'managed'],
  ['ClusterPodMonitoring', 'PodMonitor', 'managed'],
];

/** Every monitor of the platform, by prometheus-operator's API `monitoring.coreos.com/v1`. Reads the class `kubernetes`. */
export function monitors(view: PlatformView): Monitor[] {
  return KINDS.flatMap(([name, kind, by]) => view.objects(name).map((object) => monitor(object, kind, by)));
}

function monitor(object: KubeObject, kind: Monitor['kind'], by: Monitor['by']): Monitor {
  const spec = cursor(object).get('spec');
  const namespace = object.namespace ?? 'default';
  const selector = readSelector(spec.get('selector'));
  const jobLabel = spec.get('jobLabel').string();
  const list = ['endpoints', 'podMetricsEndpoints'].flatMap((key) => spec.get(key).items());
  return {
    id: `${object.kind} ${object.namespace === undefined ? '' : `${namespace}/`}${object.name}`,
    kind,
    name: object.name,
    namespace,
    labels: object.labels,
    namespaces: object.kind === 'ClusterPodMonitoring' ? 'any' : namespacesOf(spec.get('namespaceSelector'), namespace),
    ...(selector === undefined ? {} : { selector }),
    ...(jobLabel === undefined || jobLabel === '' ? {} : { jobLabel }),
    endpoints: list.map((at) => endpoint(at, kind)),
    ...(by === undefined ? {} : { by }),
    origin: object.origin,
  };
}

function namespacesOf(at: Cursor, own: string): readonly string[] | 'any' {
  if (at.get('any').boolean() === true) return 'any';
  const names = at.get('matchNames').strings();
  return names.length > 0 ? names : [own];
}

function endpoint(at: Cursor, kind: Monitor['kind']): MonitorEndpoint {
  const [port, portNumber, targetPort] = ['port', 'portNumber', 'targetPort'].map((key) =>
    at.get(key).integerOrString(),
  );
  const ofPod = kind === 'PodMonitor' || port === undefined;
  const honorsLabels = at.get('honorLabels').boolean() === true;
  const named = port ?? portNumber ?? targetPort;
  return {
    ...(named === undefined ? {} : { port: named }),
    ofPod,
    path: at.get('path').string() ?? '/metrics',
    drops: drops(at.get('metricRelabelings')),
    relabels: at.get('relabelings').items().map(readRelabel),
    metricRelabels: at.get('metricRelabelings').items().map(readRelabel),
    honorsLabels,
    ...intervalAt(at.get('interval')),
    jobIsOpen: honorsLabels || setsJob(at.get('relabelings')) || setsJob(at.get('metricRelabelings')),
    origin: at.origin,
  };
}

/** An interval as Prometheus reads it; one with a variable in it is left out. */
export function intervalAt(at: Cursor): { readonly interval?: number } {
  const interval = promDuration(at.string() ?? '');
  return interval === undefined || interval === 0 ? {} : { interval };
}

function setsJob(at: Cursor): boolean {
  return at
    .items()
    .some((rule) => rule.get('targetLabel').string() === 'job' || /^label/i.test(rule.get('action').string() ?? ''));
}

/** Relabelings that drop or keep by the metric's name alone; others depend on labels, and may leave the metric. */
export function drops(at: Cursor): Drop[] {
  return at.items().flatMap((rule): Drop[] => {
    const action = rule.get('action').string()?.toLowerCase();
    const sources = [...rule.get('sourceLabels').strings(), ...rule.get('source_labels').strings()];
    if ((action !== 'drop' && action !== 'keep') || sources.length !== 1 || sources[0] !== '__name__') return [];
    return [{ action, regex: rule.get('regex').string() ?? '(.*)', origin: rule.origin }];
  });
}
