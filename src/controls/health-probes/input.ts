import type { Query, Subject } from '../../model/control.ts';
import { isInjected } from '../../model/image.ts';
import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesSelecting } from '../../model/service-pods.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import { portsOf, probesOf, type Port, type Probes } from '../../proofs/probes/index.ts';
import { deadPorts, type DeadPort } from './services.ts';

export interface ProbedContainer {
  readonly workload: string;
  readonly container: string;
  readonly role: 'main' | 'init' | 'sidecar';
  readonly ports: readonly Port[];
  /** Ports that other containers of the pod declare: they share its network. */
  readonly podPorts: readonly Port[];
  readonly hostNetwork: boolean;
  readonly probes: Probes;
  /** An injector adds a readiness probe that is not written here. */
  readonly isInjected?: true;
  /** A Service that sends traffic to one of its ports. */
  readonly service?: string;
  /** Services that send to its pods whether they are ready or not. */
  readonly deaf?: readonly At<string>[];
  readonly origin: Origin;
}

/** The containers of a service, and what leads to none of them. */
export interface Probed {
  readonly containers: readonly ProbedContainer[];
  /** Absent where every port of its Services leads somewhere. */
  readonly deadPorts?: readonly DeadPort[];
}

export function probed(subject: Subject): Query<Probed> {
  return (view) => {
    const workloads = workloadsOf(view, subject).filter(isLongRunning);
    const dead = workloads.flatMap((workload) => deadPorts(view, workload));
    return {
      containers: workloads.flatMap((workload) => containersOf(view, workload)),
      ...(dead.length > 0 && { deadPorts: dead }),
    };
  };
}

function containersOf(view: PlatformView, workload: Workload): ProbedContainer[] {
  const all = containers(workload);
  const podPorts = all.flatMap(({ at }) => portsOf(at));
  const services = servicesSelecting(view, workload);
  const hostNetwork = podSpec(workload).get('hostNetwork').boolean() ?? false;
  return all.map(({ name, at, role }) => {
    const ports = portsOf(at);
    const sending = services.filter((one) => targets(one, ports, podPorts));
    const service = sending[0]?.name;
    const deaf = sending.flatMap(deafened);
    return {
      workload: workloadName(workload),
      container: name,
      role,
      ports,
      podPorts,
      hostNetwork,
      probes: probesOf(at),
      ...(isInjected(at.get('image').string()) && { isInjected: true as const }),
      ...(service !== undefined && { service }),
      ...(deaf.length > 0 && { deaf }),
      origin: at.origin,
    };
  });
}

/** Members of a cluster find each other by a headless Service before they are ready; any other one is for clients. */
function deafened(service: KubeObject): At<string>[] {
  const spec = cursor(service).get('spec');
  const at = spec.get('publishNotReadyAddresses');
  if (at.boolean() !== true || spec.get('clusterIP').string() === 'None') return [];
  return [at.at(`Service ${service.namespace ?? 'default'}/${service.name}`)];
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
