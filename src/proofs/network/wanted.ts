import type { PlatformView } from '../../model/platform.ts';
import { oncePerPlatform } from '../../model/once.ts';
import { ownersOf } from '../identity/index.ts';
import { declaredFlows, podsId, type Flow, type PodClass, type Reachability } from '../reachability/index.ts';
import { needsOf } from './needs.ts';

/** What is meant to pass: what the spec declares, and what the platform cannot do without. */
export function wantedFlows(view: PlatformView, reach: Reachability): Flow[] {
  return [
    ...declaredFlows(view, reach).flatMap(({ flows }) => flows),
    ...needsOf(view, reach).filter(({ kind }) => kind !== 'ingress'),
  ];
}

/** Whether two workloads belong to one service or store, whose members talk among themselves. */
export function belongTogether(view: PlatformView): (from: PodClass, to: PodClass) => boolean {
  const owners = byId(view);
  return (from, to) => {
    const owner = owners.get(from.members[0]?.id ?? '');
    return owner !== undefined && owner === owners.get(to.members[0]?.id ?? '');
  };
}

const byId = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, string> =>
    new Map([...ownersOf(view)].map(([workload, owner]) => [podsId(workload), owner])),
);

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
