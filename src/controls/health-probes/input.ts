import type { Query, Subject } from '../../model/control.ts';
import type { Cursor } from '../../model/cursor.ts';
import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesSelecting } from '../../model/service-pods.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';

export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
export type ProbeName = (typeof PROBES)[number];

/** A probe with the defaults of Kubernetes filled in (`SetDefaults_Probe`). */
export interface Probe {
  /** As many as are written; Kubernetes takes exactly one. */
  readonly handlers: readonly Handler[];
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly ownGracePeriod: boolean;
  readonly origin: Origin;
}

export interface Handler {
  readonly kind: 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
  readonly port?: number | string;
  /** Of httpGet and tcpSocket: another host than the pod. */
  readonly host?: string;
  /** Path, command or service: what tells two probes of one port apart. */
  readonly asks: string;
  readonly origin: Origin;
}

export interface Port {
  readonly name?: string;
  readonly number: number;
  readonly protocol: string;
}

export interface ProbedContainer {
  readonly workload: string;
  readonly container: string;
  readonly role: 'main' | 'init' | 'sidecar';
  readonly ports: readonly Port[];
  /** Ports that other containers of the pod declare: they share its network. */
  readonly podPorts: readonly Port[];
  readonly hostNetwork: boolean;
  readonly probes: Readonly<Partial<Record<ProbeName, Probe>>>;
  /** A Service that sends traffic to one of its ports. */
  readonly service?: string;
  readonly origin: Origin;
}

export function probedContainers(subject: Subject): Query<ProbedContainer[]> {
  return (view) =>
    workloadsOf(view, subject)
      .filter(isLongRunning)
      .flatMap((workload) => containersOf(view, workload));
}

function containersOf(view: PlatformView, workload: Workload): ProbedContainer[] {
  const all = containers(workload);
  const podPorts = all.flatMap(({ at }) => portsOf(at));
  const services = servicesSelecting(view, workload);
  const hostNetwork = podSpec(workload).get('hostNetwork').boolean() ?? false;
  return all.map(({ name, at, role }) => {
    const ports = portsOf(at);
    const service = services.find((one) => targets(one, ports, podPorts))?.name;
    return {
      workload: workloadName(workload),
      container: name,
      role,
      ports,
      podPorts,
      hostNetwork,
      probes: probesOf(at),
      ...(service !== undefined && { service }),
      origin: at.origin,
    };
  });
}

/** Whether a Service targets one of the ports; a port that no container declares may be any container's. */
function targets(service: KubeObject, ports: readonly Port[], podPorts: readonly Port[]): boolean {
  return cursor(service)
    .get('spec', 'ports')
    .items()
    .some((port) => {
      const target = port.get('targetPort').integerOrString() ?? port.get('port').integer();
      const hit = ({ name, number }: Port): boolean => target === name || target === number;
      return ports.some(hit) || !podPorts.some(hit);
    });
}

function portsOf(at: Cursor): Port[] {
  return at
    .get('ports')
    .items()
    .map((port) => {
      const name = port.get('name').string();
      return {
        ...(name !== undefined && { name }),
        number: port.get('containerPort').integer() ?? 0,
        protocol: port.get('protocol').string() ?? 'TCP',
      };
    });
}

function probesOf(at: Cursor): ProbedContainer['probes'] {
  const found = PROBES.filter((name) => at.get(name).exists).map((name) => [name, probe(at.get(name))] as const);
  return Object.fromEntries(found);
}

function probe(at: Cursor): Probe {
  return {
    handlers: handlers(at),
    initialDelaySeconds: at.get('initialDelaySeconds').integer() ?? 0,
    periodSeconds: at.get('periodSeconds').integer() ?? 10,
    failureThreshold: at.get('failureThreshold').integer() ?? 3,
    successThreshold: at.get('successThreshold').integer() ?? 1,
    ownGracePeriod: at.get('terminationGracePeriodSeconds').exists,
    origin: at.origin,
  };
}

function handlers(at: Cursor): Handler[] {
  return (['httpGet', 'tcpSocket', 'grpc', 'exec'] as const)
    .filter((kind) => at.get(kind).exists)
    .map((kind) => {
      const handler = at.get(kind);
      const port = kind === 'exec' ? undefined : handler.get('port').integerOrString();
      const host = kind === 'httpGet' || kind === 'tcpSocket' ? handler.get('host').string() : undefined;
      return {
        kind,
        ...(port !== undefined && { port }),
        ...(host !== undefined && { host }),
        asks: asked(kind, handler),
        origin: handler.origin,
      };
    });
}

function asked(kind: Handler['kind'], at: Cursor): string {
  if (kind === 'httpGet') return at.get('path').string() ?? '/';
  if (kind === 'exec') return at.get('command').strings().join(' ');
  return kind === 'grpc' ? (at.get('service').string() ?? '') : '';
}
