import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { workloadsBehind } from '../../../model/service-pods.ts';
import { selects } from '../../../model/selector.ts';
import { exporterOfApp, exporterOfPath, type Exporter } from './catalog/index.ts';
import { monitors, type Drop, type Monitor, type MonitorEndpoint } from './monitors.ts';
import { lossOf, type Loss } from './relabelled.ts';
import { selection, usualInterval, type Selection } from './selection.ts';
import { imageExporter, opens, servingContainers } from './serving.ts';

/** Something whose metrics are read. */
export interface Target {
  /** What scrapes it: `ServiceMonitor platform/api`, `job node of prometheus.yml`. */
  readonly by: string;
  /** `Rollout platform/api`; absent where what is scraped is not in the repository. */
  readonly workload?: string;
  /** Names that what is scraped goes by, where it is not in the repository. */
  readonly outside?: readonly string[];
  /** A bare address of a machine: any program may answer there. */
  readonly unnamed?: true;
  /** The program behind it, where it is known; `undefined`: an application of somebody's own. */
  readonly exporter?: Exporter;
  /** The value of its label `job`; absent where that is not known. */
  readonly job?: string;
  /** The exporter was told to expose further names, or may have been. */
  readonly isOpen: boolean;
  readonly drops: readonly Drop[];
  /** Seconds between its scrapes; absent where that is not known. */
  readonly interval?: number;
  readonly origin: Origin;
}

/** Where one endpoint of a monitor leads. */
export interface EndpointState {
  readonly port: string;
  /**
   * `elsewhere`: nothing of the repository is meant, as far as can be told. `nothing`: the selector matches nothing, although its
   * namespace has what it could match. `no-port`: what it matches has no such port. `lost`: relabelling keeps none of it.
   */
  readonly state: 'found' | 'elsewhere' | 'nothing' | 'no-port' | 'lost';
  /** What the selector matched: `Service platform/api`. */
  readonly matched: readonly string[];
  /** The workloads behind what it matched, whether the port is there or not. */
  readonly workloads: readonly string[];
  readonly targets: readonly Target[];
  /** Workloads of which relabelling keeps nothing, by name. */
  readonly lost: Readonly<Record<string, Loss>>;
  readonly origin: Origin;
}

export interface MonitorState {
  readonly monitor: Monitor;
  readonly selection: Selection;
  readonly endpoints: readonly EndpointState[];
}

/** Every monitor, whether a Prometheus takes it up, and where its endpoints lead. Reads the class `kubernetes`. */
export const monitorStates = oncePerPlatform((view: PlatformView): readonly MonitorState[] =>
  monitors(view).map((monitor) => ({
    monitor,
    selection: takenUp(view, monitor),
    endpoints: monitor.endpoints.map((endpoint) =>
      resolveEndpoint(view, monitor, withInterval(view, monitor, endpoint)),
    ),
  })),
);

/** Where an endpoint says nothing, the Prometheus that takes it up decides. */
function withInterval(view: PlatformView, { by }: Monitor, endpoint: MonitorEndpoint): MonitorEndpoint {
  return endpoint.interval !== undefined || by !== undefined ? endpoint : { ...endpoint, ...usualInterval(view) };
}

function takenUp(view: PlatformView, monitor: Monitor): Selection {
  if (monitor.by === 'managed') return { selected: 'yes', because: 'the managed collector of the cluster' };
  if (monitor.by === 'other') return { selected: 'unknown', because: 'which agent takes it up is not read' };
  return selection(view, monitor.kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor', monitor);
}

/** What a monitor matched: a set of workloads, and how its port is found on one of their containers. */
interface Match {
  readonly name: string;
  readonly workloads: readonly Workload[];
  /** The Service, for a ServiceMonitor. */
  readonly service?: KubeObject;
  readonly namespace: string;
  /** The container's port by name or number; `undefined`: the Service has no such port. */
  readonly port: string | number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** What `job` is by default: the name of the Service, or namespace and name of the PodMonitor. */
  readonly job: string;
}

function resolveEndpoint(view: PlatformView, monitor: Monitor, endpoint: MonitorEndpoint): EndpointState {
  const matches = monitor.kind === 'PodMonitor' ? pods(view, monitor, endpoint) : services(view, monitor, endpoint);
  const base = {
    port: String(endpoint.port ?? 'any'),
    matched: matches.map(({ name }) => name),
    workloads: [...new Set(matches.flatMap(({ workloads }) => workloads.map(workloadName)))],
    origin: endpoint.origin,
  };
  if (matches.length === 0) {
    const state =
      couldMatch(view, monitor) && knownElsewhere(monitor, endpoint) === undefined ? 'nothing' : 'elsewhere';
    const targets = state === 'elsewhere' ? [outside(monitor, endpoint, knownElsewhere(monitor, endpoint))] : [];
    return { ...base, state, targets, lost: {} };
  }
  const all = matches.flatMap((match) => targetsOf(monitor, endpoint, match));
  const lost = lostOf(monitor, endpoint, matches);
  const isLost = all.every(({ workload = '' }) => Object.hasOwn(lost, workload));
  return {
    ...base,
    state: all.length === 0 ? 'no-port' : isLost ? 'lost' : 'found',
    targets: all.flatMap((target) => withoutLost(target, lost[target.workload ?? ''])),
    lost,
  };
}

/** What is scraped for nothing still has its `up`. */
function withoutLost(target: Target, loss: Loss | undefined): Target[] {
  if (loss === undefined) return [target];
  const every: Drop = { action: 'drop', regex: '.*', origin: target.origin };
  return loss.isScraped ? [{ ...target, drops: [every] }] : [];
}

/** A workload behind several Services is lost where each loses it. */
function lostOf(monitor: Monitor, endpoint: MonitorEndpoint, matches: readonly Match[]): Record<string, Loss> {
  const losses = Map.groupBy(
    matches.flatMap((match) =>
      match.workloads.map((workload) => ({
        workload: workloadName(workload),
        loss: lossOf(endpoint, { ...match, workload, job: jobOf(monitor, match) }),
      })),
    ),
    ({ workload }) => workload,
  );
  return Object.fromEntries(
    [...losses].flatMap(([workload, each]) => {
      const [first] = each;
      return first?.loss === undefined || each.some(({ loss }) => loss === undefined) ? [] : [[workload, first.loss]];
    }),
  );
}

function jobOf({ jobLabel }: Monitor, { labels, job }: Match): string {
  return labels[jobLabel ?? ''] ?? job;
}

function inNamespaces({ namespaces }: Monitor, namespace: string | undefined): boolean {
  return namespaces === 'any' || namespaces.includes(namespace ?? 'default');
}

/** Whether the namespaces hold anything that the monitor could have meant: Services, or pods. */
function couldMatch(view: PlatformView, monitor: Monitor): boolean {
  if (monitor.kind === 'PodMonitor') return view.workloads().some(({ namespace }) => inNamespaces(monitor, namespace));
  return view
    .objects('Service')
    .some(({ namespace, apiVersion }) => apiVersion === 'v1' && inNamespaces(monitor, namespace));
}

function pods(view: PlatformView, monitor: Monitor, { port }: MonitorEndpoint): Match[] {
  const { selector } = monitor;
  if (selector === undefined) return [];
  return view
    .workloads()
    .filter(({ namespace, podLabels }) => inNamespaces(monitor, namespace) && selects(selector, podLabels))
    .map((workload) => ({
      name: workloadName(workload),
      workloads: [workload],
      namespace: workload.namespace,
      port,
      labels: workload.podLabels,
      job: `${monitor.namespace}/${monitor.name}`,
    }));
}

function services(view: PlatformView, monitor: Monitor, endpoint: MonitorEndpoint): Match[] {
  const { selector } = monitor;
  if (selector === undefined) return [];
  return view
    .objects('Service')
    .filter(
      ({ namespace, labels, apiVersion }) =>
        apiVersion === 'v1' && inNamespaces(monitor, namespace) && selects(selector, labels),
    )
    .map((service) => ({
      name: `Service ${service.namespace ?? 'default'}/${service.name}`,
      workloads: workloadsBehind(view, service),
      service,
      namespace: service.namespace ?? 'default',
      port: endpoint.ofPod ? endpoint.port : containerPort(service, endpoint.port),
      labels: { ...service.labels, name: service.name },
      job: service.name,
    }));
}

/** The targetPort of a Service's port of that name; the port's own number where it names none. */
function containerPort(service: KubeObject, name: string | number | undefined): string | number | undefined {
  const found = cursor(service)
    .get('spec', 'ports')
    .items()
    .find((port) => port.get('name').string() === name);
  return found?.get('targetPort').integerOrString() ?? found?.get('port').integer();
}

function targetsOf(monitor: Monitor, endpoint: MonitorEndpoint, match: Match): Target[] {
  if (match.port === undefined && monitor.kind === 'ServiceMonitor') return [];
  if (match.workloads.length === 0) {
    const names = [match.labels['name'] ?? '', match.labels['app.kubernetes.io/name'] ?? ''];
    const job = endpoint.jobIsOpen ? {} : { job: jobOf(monitor, match) };
    return [{ ...outside(monitor, endpoint, exporterOf(names, endpoint)), ...job }];
  }
  return match.workloads.flatMap((workload): Target[] => {
    const serving = servingContainers(workload, match.port);
    if (serving.length === 0) return [];
    const found = serving.map((container) => imageExporter(container, endpoint)).find((each) => each !== undefined);
    const target = {
      by: monitor.id,
      workload: workloadName(workload),
      drops: endpoint.drops,
      ...intervalOf(endpoint),
      origin: endpoint.origin,
      ...(endpoint.jobIsOpen ? {} : { job: jobOf(monitor, match) }),
    };
    if (found === undefined) return [{ ...target, isOpen: true }];
    return [{ ...target, exporter: found, isOpen: serving.some((container) => opens(found, container, match.port)) }];
  });
}

function intervalOf({ interval }: MonitorEndpoint): Pick<Target, 'interval'> {
  return interval === undefined ? {} : { interval };
}

function outside(monitor: Monitor, endpoint: MonitorEndpoint, known: Exporter | undefined): Target {
  const { drops: thrown, origin } = endpoint;
  return {
    by: monitor.id,
    outside: namesOf(monitor),
    ...(known === undefined ? {} : { exporter: known }),
    isOpen: known === undefined || known.opens !== undefined,
    drops: thrown,
    ...intervalOf(endpoint),
    origin,
  };
}

function namesOf({ selector, name }: Monitor): string[] {
  return [...Object.values(selector?.matchLabels ?? {}), name];
}

function knownElsewhere(monitor: Monitor, endpoint: MonitorEndpoint): Exporter | undefined {
  return exporterOf(namesOf(monitor), endpoint);
}

function exporterOf(names: readonly string[], endpoint: Pick<MonitorEndpoint, 'path'>): Exporter | undefined {
  return exporterOfPath(endpoint.path) ?? names.map(exporterOfApp).find((each) => each !== undefined);
}
