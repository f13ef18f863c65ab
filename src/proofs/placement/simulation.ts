/**
 * A second implementation for the property tests, which shares no arithmetic with the engine: it schedules pod after
 * pod on every node that the filter of kube-scheduler would take and explores every placement that can come about.
 */
import type { PlacementRules, Spread } from './types.ts';

export interface World {
  /** Nodes in each zone. */
  readonly zones: readonly number[];
  readonly pods: number;
  readonly rules: Pick<PlacementRules, 'spread' | 'apart'>;
}

export interface Explored {
  readonly mostInZone: number;
  readonly mostOnNode: number;
  readonly mostRunning: number;
}

/** The extremes over every final placement. */
export function explorePlacements(world: World): Explored {
  const zoneOf = world.zones.flatMap((count, zone) => Array<number>(count).fill(zone));
  let extremes = { mostInZone: 0, mostOnNode: 0, mostRunning: 0 };
  const seen = new Set<string>();
  const visit = (counts: readonly number[], left: number): void => {
    const key = `${left}|${counts.join()}`;
    if (seen.has(key)) return;
    seen.add(key);
    const places =
      left === 0
        ? []
        : zoneOf
            .keys()
            .filter((node) => filter(world, zoneOf, counts, node))
            .toArray();
    if (places.length === 0) extremes = widen(extremes, zoneOf, counts);
    for (const node of places)
      visit(
        counts.map((count, index) => (index === node ? count + 1 : count)),
        left - 1,
      );
  };
  visit(
    zoneOf.map(() => 0),
    world.pods,
  );
  return extremes;
}

function widen(before: Explored, zoneOf: readonly number[], counts: readonly number[]): Explored {
  const perZone = tally(zoneOf, counts, 'zone');
  return {
    mostInZone: Math.max(before.mostInZone, ...perZone.values()),
    mostOnNode: Math.max(before.mostOnNode, ...counts),
    mostRunning: Math.max(
      before.mostRunning,
      counts.reduce((sum, count) => sum + count, 0),
    ),
  };
}

function filter({ rules }: World, zoneOf: readonly number[], counts: readonly number[], node: number): boolean {
  const at = (topology: 'zone' | 'node'): number =>
    tally(zoneOf, counts, topology).get(topology === 'zone' ? (zoneOf[node] ?? 0) : node) ?? 0;
  if (rules.apart.some(({ topology }) => at(topology) > 0)) return false;
  return rules.spread.every((spread) => skew(spread, zoneOf, counts, at(spread.topology)) <= spread.maxSkew);
}

function skew(spread: Spread, zoneOf: readonly number[], counts: readonly number[], here: number): number {
  const domains = tally(zoneOf, counts, spread.topology);
  const globalMinimum = domains.size < (spread.minDomains ?? 1) ? 0 : Math.min(...domains.values());
  return here + 1 - globalMinimum;
}

function tally(zoneOf: readonly number[], counts: readonly number[], topology: 'zone' | 'node'): Map<number, number> {
  const domains = new Map<number, number>();
  for (const [node, count] of counts.entries()) {
    const domain = topology === 'zone' ? (zoneOf[node] ?? 0) : node;
    domains.set(domain, (domains.get(domain) ?? 0) + count);
  }
  return domains;
}
