import type { PlatformView } from '../../model/platform.ts';
import { oncePerPlatform } from '../../model/once.ts';
import { ownersOf } from '../identity/index.ts';
import { declaredFlows, podsId, type Flow, type PodClass, type Reachability } from '../reachability/index.ts';
import { needsOf } from './needs.ts';

/** What is meant to pass: what the spec declares, and what the platform cannot do without. */
export function wantedFlows(view: PlatformView, reach: Reachability): Flow[] {
  return [
    ...declaredFlows(view, reach).flatMap(({ flows }) => flows),
    ...needsOf(view, reach).filter(({ kind }) => kind !== 'ingress' && kind !== 'balancer'),
  ];
}

/**
 * Whether two workloads belong to one service or store, whose members talk among themselves. Where a flow from it to itself is declared,
 * its members are held to that like anybody else.
 */
export function belongTogether(view: PlatformView): (from: PodClass, to: PodClass) => boolean {
  const owners = byId(view);
  const held = new Set(
    (view.spec.flows ?? []).filter(({ from, to }) => from === to).map(({ from }) => from.replace('/', ' ')),
  );
  return (from, to) => {
    const owner = owners.get(from.members[0]?.id ?? '');
    return owner !== undefined && !held.has(owner) && owner === owners.get(to.members[0]?.id ?? '');
  };
}

const byId = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, string> =>
    new Map([
      ...[...ownersOf(view)].map(([workload, owner]): [string, string] => [podsId(workload), owner]),
      ...operated(view),
    ]),
);

/** Pods that an operator makes belong to the service that names their resource. */
function operated({ spec }: PlatformView): [string, string][] {
  return spec.services.flatMap(({ name: service, workloads = [] }) =>
    workloads
      .filter(({ kind }) => kind === 'Prometheus' || kind === 'Alertmanager')
      .map(({ kind, namespace = 'default', name }): [string, string] => [
        `${namespace}/${name}[${kind}]`,
        `service ${service}`,
      ]),
  );
}

/** What members of one service say to each other, on the ports that they list: between its workloads, and within a StatefulSet. */
export function ownFlows(view: PlatformView, reach: Reachability): Flow[] {
  const owners = byId(view);
  const groups = new Map<string, PodClass[]>();
  for (const pods of reach.classes.all) {
    const owner = owners.get(pods.members[0]?.id ?? '') ?? '';
    groups.set(owner, [...(groups.get(owner) ?? []), pods]);
  }
  return [...groups.values()].flatMap((group) =>
    group.flatMap((from) =>
      group
        .filter((to) => from !== to || from.members[0]?.id.endsWith('[StatefulSet]') === true)
        .flatMap((to) =>
          (to.ports ?? []).map(({ protocol, port }): Flow => ({
            name: `${from.members[0]?.id} -> ${to.members[0]?.id} : ${protocol} ${port}`,
            from: [{ kind: 'pods', pods: from }],
            to: [{ kind: 'pods', pods: to }],
            protocol,
            ports: [port],
          })),
        ),
    ),
  );
}
