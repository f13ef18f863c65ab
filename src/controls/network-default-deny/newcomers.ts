import type { Reachability } from '../../proofs/reachability/index.ts';
import { openingOf, type Opening } from './openings.ts';

/** How a workload that is added to a namespace tomorrow would start, where it is not closed. */
export type Newcomer = Omit<Opening, 'workloads' | 'onHost' | 'ports'>;

/**
 * Asks every namespace that runs something for a pod with no labels at all: what isolates it is about the whole namespace, and not about
 * the workloads that happen to be there. Where those are open for the same reason, that is said of them alone.
 */
export function newcomers(reach: Reachability, openings: readonly Opening[]): Newcomer[] {
  const said = new Set(openings.map(keyOf));
  return [...reach.classes.byNamespace].flatMap(([namespace, present]) => {
    const origin = present[0]?.namespace.origin ?? present.flatMap(({ members }) => members)[0]?.origin;
    const pods = reach.loosePods({
      id: `${namespace}/*[Pod]`,
      namespace,
      labels: {},
      hostNetwork: false,
      ports: [],
      ...(origin !== undefined && { origin }),
    });
    return (['ingress', 'egress'] as const).flatMap((direction) => {
      const opening = openingOf(reach, pods, direction);
      if (opening === undefined || said.has(keyOf(opening))) return [];
      const { onHost: _onHost, ports: _ports, ...newcomer } = opening;
      return [newcomer];
    });
  });
}

function keyOf({ namespace, direction, because }: Omit<Opening, 'workloads'>): string {
  return JSON.stringify([namespace, direction, because]);
}
