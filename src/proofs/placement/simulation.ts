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
  const zoneOf = nodesOf(world);
  return finalPlacements(world).reduce((extremes, counts) => widen(extremes, zoneOf, counts), {
    mostInZone: 0,
    mostOnNode: 0,
    mostRunning: 0,
  });
}

/**
 * Whether, from every placement of all pods, every node can be cordoned and emptied so that each evicted pod finds a node.
 * The cordoned node takes none, and stays a domain unless a constraint leaves tainted nodes out.
 */
export function everyDrainFindsRoom(world: World): boolean {
  const zoneOf = nodesOf(world);
  const whole = finalPlacements(world).filter((counts) => total(counts) === world.pods);
  return whole.every((counts) =>
    counts.every((evicted, cordoned) => replaces(world, zoneOf, counts.with(cordoned, 0), cordoned, evicted)),
  );
}

function replaces(
  world: World,
  zoneOf: readonly number[],
  counts: readonly number[],
  cordoned: number,
  left: number,
): boolean {
  if (left === 0) return true;
  return zoneOf
    .keys()
    .some(
      (node) =>
        node !== cordoned &&
        filter(world, zoneOf, counts, node, cordoned) &&
        replaces(world, zoneOf, counts.with(node, (counts[node] ?? 0) + 1), cordoned, left - 1),
    );
}

function nodesOf({ zones }: World): number[] {
  return zones.flatMap((count, zone) => Array<number>(count).fill(zone));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Pods on each node in every placement in which no more can be placed. */
function finalPlacements(world: World): (readonly number[])[] {
  const zoneOf = nodesOf(world);
  const finals: (readonly number[])[] = [];
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
    if (places.length === 0) finals.push(counts);
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
  return finals;
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

function filter(
  { rules }: World,
  zoneOf: readonly number[],
  counts: readonly number[],
  node: number,
  cordoned?: number,
): boolean {
  const at = (topology: 'zone' | 'node'): number =>
    tally(zoneOf, counts, topology).get(topology === 'zone' ? (zoneOf[node] ?? 0) : node) ?? 0;
  if (rules.apart.some(({ topology }) => at(topology) > 0)) return false;
  return rules.spread.every(
    (spread) =>
      skew(spread, zoneOf, counts, at(spread.topology), spread.taintsHonored ? cordoned : undefined) <= spread.maxSkew,
  );
}

function skew(
  spread: Spread,
  zoneOf: readonly number[],
  counts: readonly number[],
  here: number,
  leftOut: number | undefined,
): number {
  const domains = tally(zoneOf, counts, spread.topology, leftOut);
  const globalMinimum = domains.size < (spread.minDomains ?? 1) ? 0 : Math.min(...domains.values());
  return here + 1 - globalMinimum;
}

function tally(
  zoneOf: readonly number[],
  counts: readonly number[],
  topology: 'zone' | 'node',
  leftOut?: number,
): Map<number, number> {
  const domains = new Map<number, number>();
  for (const [node, count] of counts.entries()) {
    if (node === leftOut) continue;
    const domain = topology === 'zone' ? (zoneOf[node] ?? 0) : node;
    domains.set(domain, (domains.get(domain) ?? 0) + count);
  }
  return domains;
}
