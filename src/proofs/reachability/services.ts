import type { PodClass } from './classes.ts';
import type { Protocol } from './ports.ts';
import type { Reachability } from './reach.ts';
import type { ServiceInput } from './types.ts';

/** Where a Service's port leads: pods, and their port. Policies act on it, not on the Service's own. */
export interface ServiceTarget {
  readonly pods: PodClass;
  readonly protocol: Protocol;
  readonly port: number;
  /** The Service's own port. */
  readonly servicePort: number;
}

/** Follows a Service, all its ports or the one of a name or number, to the pods it selects. A name leads each pod to its own number. */
export function serviceTargets(reach: Reachability, service: ServiceInput, port?: number | string): ServiceTarget[] {
  const ports = service.ports.filter((one) => port === undefined || one.port === port || one.name === port);
  return selectedBy(reach, service).flatMap((pods) =>
    ports.flatMap(({ protocol, target, port: servicePort }) =>
      numbersOf(pods, protocol, target).map((number) => ({ pods, protocol, port: number, servicePort })),
    ),
  );
}

/** The pods that a Service sends to. */
export function selectedBy(reach: Reachability, { namespace, selector }: ServiceInput): readonly PodClass[] {
  if (selector === undefined) return [];
  const wanted = Object.entries(selector);
  const pods = reach.classes.byNamespace.get(namespace) ?? [];
  return pods.filter(({ labels }) => wanted.every(([key, value]) => labels.labels[key] === value));
}

function numbersOf(pods: PodClass, protocol: Protocol, target: number | string): number[] {
  if (typeof target === 'number') return [target];
  const named = (pods.ports ?? []).filter((port) => port.name === target && port.protocol === protocol);
  return named.slice(0, 1).map(({ port }) => port);
}
