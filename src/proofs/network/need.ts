import { containers, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Endpoint, Flow, PodClass, ServiceTarget } from '../reachability/index.ts';

/** A flow that something in the cluster needs. */
export interface Need extends Flow {
  readonly kind: 'dns' | 'scrape' | 'webhook' | 'ingress' | 'balancer';
  /** The pods that are cut off when it does not pass. */
  readonly of: PodClass;
  /** What asks for it: `ServiceMonitor shop/api`. */
  readonly by: string;
}

/** A need of the pods that a Service leads to. */
export function need(
  kind: Need['kind'],
  by: string,
  sender: string,
  from: readonly Endpoint[],
  { pods, protocol, port }: Pick<ServiceTarget, 'pods' | 'protocol' | 'port'>,
  { origin }: Pick<KubeObject, 'origin'>,
): Need {
  return {
    kind,
    of: pods,
    by,
    name: `${sender} -> ${nameOf(pods)} : ${protocol} ${port}`,
    from,
    to: [{ kind: 'pods', pods }],
    protocol,
    ports: [port],
    origin,
  };
}

/** The first workload of pods that are alike. */
export function nameOf({ members, namespace }: PodClass): string {
  return members[0]?.id ?? `pods of ${namespace.name}`;
}

/** Whether a container of the workload runs one of the programs, by the last part of its image's name. */
export function runs(workload: Workload, program: RegExp): boolean {
  return containers(workload).some(({ at }) =>
    program.test(
      (at.get('image').string() ?? '')
        .replace(/[:@].*$/, '')
        .split('/')
        .at(-1) ?? '',
    ),
  );
}
