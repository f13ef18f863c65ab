import type { Bond, Domains, PlacementInput, Spread, Topology } from './types.ts';

/**
 * The most of `pods` that one domain can hold when each was scheduled under `maxSkew`: `PodTopologySpread.Filter` of
 * kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering.go takes a pod where
 * `count + 1 - minimum <= maxSkew`. A domain with k pods therefore saw every other with at least `k - maxSkew`, so that
 * `k + (domains - 1)(k - maxSkew) <= pods`.
 */
export function mostUnderSkew(pods: number, maxSkew: number, domains: number): number {
  if (pods <= maxSkew) return pods;
  return Math.floor((pods + (domains - 1) * maxSkew) / domains);
}

/**
 * The most under a constraint when the number of domains is only known to be at least `domains.min`. Below `minDomains`
 * the scheduler takes the minimum for 0 (`minMatchNum`), which holds every domain at `maxSkew`; from there on more
 * domains only spread further.
 */
export function mostUnder(spread: Spread, pods: number, domains: Domains): number {
  const { maxSkew, minDomains = 1, others } = spread;
  if (others !== undefined && others.max === undefined) return pods;
  const counted = pods + (others?.max ?? 0);
  const few = domains.max !== undefined && domains.max < minDomains;
  const most = few ? maxSkew : mostUnderSkew(counted, maxSkew, Math.max(domains.min, minDomains));
  return Math.min(pods, most);
}

/** Pods that can run at all: the rest stays Pending. `undefined` where the number of domains is not known. */
export function runnable(input: PlacementInput): number {
  const limits = (['zone', 'node'] as const).flatMap((topology) => {
    const { max } = domainsOf(input, topology);
    if (max === undefined) return [];
    const apart = of(input.rules.apart, topology).length > 0 ? [max] : [];
    const short = of(input.rules.spread, topology)
      .filter(({ minDomains = 1, others }) => max < minDomains && others === undefined)
      .map(({ maxSkew }) => max * maxSkew);
    return [...apart, ...short];
  });
  return Math.min(input.replicas, ...limits);
}

/** The most pods that one domain can hold, in any placement that the scheduler can make. An upper bound. */
export function mostIn(input: PlacementInput, topology: Topology): number {
  const { rules, volumes, replicas } = input;
  const pods = runnable(input);
  if (volumes.kind === 'one-node' || of(rules.together, topology).length > 0) return pods;
  if (topology === 'zone' && of(rules.together, 'node').length > 0) return pods;
  const bounds = of(rules.spread, topology).map((spread) =>
    Math.min(pods, mostUnder(spread, replicas, domainsOf(input, topology))),
  );
  const apart = of(rules.apart, topology).length > 0 ? [Math.min(1, pods)] : [];
  // A node lies in one zone; what excludes two pods from a zone excludes them from a node as well.
  const above = topology === 'node' ? [mostIn(input, 'zone')] : [];
  return Math.min(pods, ...bounds, ...apart, ...above);
}

/**
 * The most that one zone can keep of the fewest pods after scaling down from the peak: pods are taken without regard to
 * zones (kubernetes pkg/controller/controller_utils.go `ActivePodsWithRanks` ranks them by readiness and by node).
 */
export function mostAfterScaleDown(input: PlacementInput): number {
  const { replicas, peak } = input;
  if (peak === replicas) return mostIn(input, 'zone');
  const zoned = of(input.rules.apart, 'zone').length > 0;
  if (peak === undefined && !zoned) return runnable(input);
  return Math.min(runnable(input), mostIn({ ...input, replicas: peak ?? replicas }, 'zone'));
}

export function domainsOf({ zones, nodes }: PlacementInput, topology: Topology): Domains {
  return topology === 'zone' ? zones : nodes;
}

export function of<T extends Spread | Bond>(rules: readonly T[], topology: Topology): readonly T[] {
  return rules.filter((rule) => rule.topology === topology);
}
