import { workloadName, type Workload } from '../../../model/kube.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { configurations, annotated } from './scrape-config.ts';
import { sourcesOf } from './sources.ts';
import { monitorStates, type EndpointState, type MonitorState } from './targets.ts';

/** Something that was meant to scrape a workload and does not, or may not. */
export interface Attempt {
  readonly by: string;
  readonly why: string;
  readonly origin: Origin;
}

/** Who reads the metrics of one workload. */
export interface WorkloadScrape {
  readonly workload: string;
  /** Monitors and jobs that surely do. */
  readonly by: readonly string[];
  /** Those of which it is not known whether a Prometheus takes them up. */
  readonly perhaps: readonly Attempt[];
  readonly failed: readonly Attempt[];
  /** It asks for it by annotation, and nothing in the repository heeds annotations. */
  readonly asksInVain: boolean;
  /** The same port is read by several monitors, so that every sample is there twice. */
  readonly twice: readonly { readonly by: readonly string[]; readonly port: string; readonly origin: Origin }[];
  readonly origin: Origin;
}

/** Reads the classes `spec`, `kubernetes`, `prometheus-config`, `otel-collector` and `metrics-capture`. */
export function scrapeOf(view: PlatformView, workload: Workload): WorkloadScrape {
  const name = workloadName(workload);
  const states = monitorStates(view);
  const reached = states.filter(({ endpoints }) => endpoints.some((each) => leadsTo(each, name)));
  const jobs = sourcesOf(view).targets.filter((target) => target.workload === name && target.by.startsWith('job '));
  const attempts = states.flatMap((state) => failures(state, workload));
  return {
    workload: name,
    by: [
      ...reached.filter(({ selection }) => selection.selected === 'yes').map(({ monitor }) => monitor.id),
      ...new Set(jobs.map(({ by }) => by)),
    ],
    perhaps: reached
      .filter(({ selection }) => selection.selected === 'unknown')
      .map(({ monitor, selection }) => ({ by: monitor.id, why: selection.because, origin: monitor.origin })),
    failed: attempts,
    asksInVain: annotated(view).includes(workload) && configurations(view).length === 0,
    twice: doubled(reached, name),
    origin: workload.object.origin,
  };
}

function leadsTo({ state, targets, lost }: EndpointState, workload: string): boolean {
  return state === 'found' && !Object.hasOwn(lost, workload) && targets.some((target) => target.workload === workload);
}

/** A monitor that chooses some by their labels does not mean the others. */
function means({ workloads, state, lost }: EndpointState, workload: string): boolean {
  return workloads.includes(workload) && (state === 'lost' || !Object.hasOwn(lost, workload));
}

function failures({ monitor, selection, endpoints }: MonitorState, workload: Workload): Attempt[] {
  const name = workloadName(workload);
  const attempt = (why: string, origin: Origin = monitor.origin): Attempt => ({ by: monitor.id, why, origin });
  const meant = endpoints.filter((each) => means(each, name));
  if (meant.length > 0 && selection.selected === 'no') return [attempt(selection.because)];
  const withoutPort = meant.filter((each) => !leadsTo(each, name));
  if (withoutPort.length > 0 && withoutPort.length === meant.length)
    return withoutPort.map(({ port, matched, lost, origin }) =>
      attempt(lost[name]?.why ?? `${matched[0] ?? name} has no port ${port}`, origin),
    );
  const isNamesake =
    monitor.name === workload.name && (monitor.namespaces === 'any' || monitor.namespaces.includes(workload.namespace));
  if (
    meant.length === 0 &&
    isNamesake &&
    endpoints.some(({ state }) => state === 'nothing' || state === 'found' || state === 'no-port')
  )
    return [
      attempt(
        `its selector ${selectorOf(monitor)} does not match ${monitor.kind === 'PodMonitor' ? 'its pods' : 'its Service'}`,
      ),
    ];
  return [];
}

function selectorOf({ selector }: MonitorState['monitor']): string {
  return Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function doubled(reached: readonly MonitorState[], workload: string): WorkloadScrape['twice'] {
  const readers = new Map<string, { by: string[]; origin: Origin }>();
  for (const { monitor, selection, endpoints } of reached) {
    if (selection.selected === 'no') continue;
    for (const [index, endpoint] of endpoints.entries()) {
      if (!leadsTo(endpoint, workload)) continue;
      const key = `${endpoint.port} ${monitor.endpoints[index]?.path ?? ''}`;
      const known = readers.get(key);
      if (known === undefined) readers.set(key, { by: [monitor.id], origin: endpoint.origin });
      else if (!known.by.includes(monitor.id)) known.by.push(monitor.id);
    }
  }
  return [...readers].flatMap(([key, { by, origin }]) =>
    by.length > 1 ? [{ by, port: key.split(' ')[0] ?? '', origin }] : [],
  );
}
