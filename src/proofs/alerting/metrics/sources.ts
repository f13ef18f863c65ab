import { cursor, workloadName } from '../../../model/kube.ts';
import { Cursor } from '../../../model/cursor.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { workloadsOfStore } from '../../../model/subjects.ts';
import { readCapture, samplesOf, type Family } from './capture.ts';
import { exporter } from './catalog/index.ts';
import { intervalAt } from './monitors.ts';
import { prometheuses, selection, usualInterval } from './selection.ts';
import { staticTargets } from './scrape-config.ts';
import { monitorStates, type Target } from './targets.ts';

/** All that is read of metrics, and what may be read besides. */
export interface Sources {
  readonly targets: readonly Target[];
  /** Metrics that the spec lists for a workload, or for `external/NAME`, captures opened; all that it has of its own. */
  readonly declared: Readonly<Record<string, readonly string[]>>;
  /** What of captures says which sort a metric is. */
  readonly types: Readonly<Record<string, NonNullable<Family['type']>>>;
  /** Why there may be targets that are not seen here; empty: all are seen. */
  readonly hidden: readonly string[];
}

/** Reads the classes `spec`, `kubernetes`, `prometheus-config` and `metrics-capture`. */
export const sourcesOf = oncePerPlatform((view: PlatformView): Sources => {
  const states = monitorStates(view).filter(({ selection: { selected } }) => selected !== 'no');
  const { targets, hidden } = staticTargets(view);
  const captures = declaredOf(view);
  return {
    targets: [
      ...states.flatMap(({ endpoints }) => endpoints.flatMap((each) => each.targets)),
      ...probes(view),
      ...targets,
      ...pushed(view),
    ],
    ...captures,
    hidden: [...hidden, ...hiddenOf(view)],
  };
});

/** Probes answer with the metrics of the blackbox exporter. */
function probes(view: PlatformView): Target[] {
  const known = exporter('probe');
  return view.objects('Probe.monitoring.coreos.com').flatMap((object): Target[] => {
    const namespace = object.namespace ?? 'default';
    if (known === undefined || selection(view, 'probe', { namespace, labels: object.labels }).selected === 'no')
      return [];
    const interval = cursor(object).get('spec', 'interval');
    const every = interval.exists ? intervalAt(interval) : usualInterval(view);
    const by = `Probe ${namespace}/${object.name}`;
    return [{ by, exporter: known, isOpen: false, drops: [], ...every, origin: object.origin }];
  });
}

/** Collectors that write metrics to a Prometheus: what they are sent is not known here. */
function pushed(view: PlatformView): Target[] {
  return view.data('otel-collector').flatMap(({ path, data, origin }) => {
    const writes = new Cursor(data, origin)
      .get('service', 'pipelines')
      .entries()
      .some(
        ([name, pipeline]) =>
          /^metrics(?:\/|$)/.test(name) &&
          pipeline
            .get('exporters')
            .strings()
            .some((each) => each.startsWith('prometheusremotewrite')),
      );
    return writes ? [{ by: `the collector of ${path}`, isOpen: true, drops: [], origin }] : [];
  });
}

function hiddenOf(view: PlatformView): string[] {
  const found = prometheuses(view);
  const none = found.length === 0 && view.data('prometheus-config').length === 0;
  return [
    ...(none ? ['no Prometheus is in the repository, and what one elsewhere scrapes is not known'] : []),
    ...found.flatMap((object) => {
      const spec = cursor(object).get('spec');
      const name = `Prometheus ${object.namespace ?? 'default'}/${object.name}`;
      return [
        ...(spec.get('additionalScrapeConfigs').exists
          ? [`${name} has additionalScrapeConfigs, which lie in a Secret`]
          : []),
        ...(spec.get('enableRemoteWriteReceiver').boolean() === true ? [`${name} takes remote writes`] : []),
      ];
    }),
  ];
}

/** What services and stores of the spec are said to expose. */
function declaredOf(view: PlatformView): Pick<Sources, 'declared' | 'types'> {
  const declared: Record<string, readonly string[]> = {};
  const types: Record<string, NonNullable<Family['type']>> = {};
  const add = (holders: readonly string[], listed: readonly string[] | undefined): void => {
    const names = (listed ?? []).map((each) => (isPath(each) ? captured(view, each, types) : [each]));
    // A page that is not there says nothing of what is exposed.
    if (listed === undefined || names.includes(undefined)) return;
    for (const holder of holders) declared[holder] = names.flatMap((each) => each ?? []);
  };
  for (const { workloads, spec } of view.services()) add(workloads.map(workloadName), spec.metrics);
  for (const store of view.spec.stores) add(workloadsOfStore(view, store).map(workloadName), store.metrics);
  for (const { name, metrics } of view.spec.externals) add([`external/${name}`], metrics);
  return { declared, types };
}

function isPath(listed: string): boolean {
  return /[./]/.test(listed);
}

function captured(
  view: PlatformView,
  path: string,
  types: Record<string, NonNullable<Family['type']>>,
): string[] | undefined {
  const text = view.texts('metrics-capture').find((document) => document.path === path.replace(/^(?:\.\/)+/, ''))?.text;
  const families = text === undefined ? undefined : readCapture(text);
  for (const { name, type } of families ?? []) if (type !== undefined) types[name] = type;
  return families?.flatMap(samplesOf);
}
