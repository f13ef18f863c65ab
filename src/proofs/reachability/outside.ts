import { ALL_V4, ALL_V6, type Addresses } from './addresses.ts';
import { append } from './classes.ts';
import { outsideOf } from './compile.ts';
import { evaluateSide, rulesOf, type SelectedRule, type Side } from './evaluate.ts';
import { intersect, subtract, union, unionAll } from './intervals.ts';
import { everyOrdered } from './order.ts';
import type { Profile } from './profiles.ts';
import type { Reachability } from './reach.ts';

export interface OutsideSide {
  readonly addresses: Addresses;
  readonly side: Side;
}

const EVERYWHERE = union(ALL_V4, ALL_V6);

/** What a profile makes of the addresses outside of the cluster, those with the same answer together. */
export function outsideSides(reach: Reachability, { direction, members: [subject] }: Profile): OutsideSide[] {
  const { general, byBlock, bounds } = blocksOf(reach, { direction, members: [subject] });
  const destination = direction === 'egress' ? undefined : subject;
  const found = new Map<string, { side: Side; parts: Addresses[] }>();
  for (const { active, addresses } of sweep(
    subtract(EVERYWHERE, reach.clusterAddresses),
    [...byBlock.keys()],
    bounds,
  )) {
    const rules = [...general, ...active.flatMap((block) => byBlock.get(block) ?? [])];
    const peer = { as: 'address', addresses } as const;
    const side = evaluateSide({ subject, direction, peer, destination, rules }, reach.world);
    const key = `${side.accept.join()} ${side.deny.join()}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { side, parts: [addresses] });
    else known.parts.push(addresses);
  }
  return [...found.values()].map(({ side, parts }) => ({ side, addresses: unionAll(parts) }));
}

interface Blocks {
  /** Rules of NetworkPolicies about everybody, or about names. */
  readonly general: readonly SelectedRule[];
  /** Those about blocks of addresses. */
  readonly byBlock: ReadonlyMap<Addresses, readonly SelectedRule[]>;
  /** Blocks of the outer tiers, whose rules are asked in any case. */
  readonly bounds: readonly Addresses[];
}

function blocksOf(reach: Reachability, { direction, members: [pods] }: Profile): Blocks {
  const general: SelectedRule[] = [];
  const byBlock = new Map<Addresses, SelectedRule[]>();
  for (const selected of rulesOf(reach.world.lookup.namespaced(pods, direction), direction)) {
    const { peers } = selected.rule;
    // Which addresses a name leads to is not known, so such a rule may be about any.
    if (peers === undefined || peers.domains.length > 0) general.push(selected);
    else if (outsideOf(peers).length > 0) append(byBlock, outsideOf(peers), selected);
  }
  const tiers = everyOrdered(reach.world.lookup.tiers(pods)).flatMap(({ policy }) => policy[direction] ?? []);
  return { general, byBlock, bounds: tiers.flatMap(({ peers }) => (peers === undefined ? [] : [outsideOf(peers)])) };
}

/** Walks the bounds of all blocks in order: each part that lies wholly within the active blocks and wholly outside of the others. */
function* sweep(
  whole: Addresses,
  blocks: readonly Addresses[],
  bounds: readonly Addresses[],
): Generator<{ active: Addresses[]; addresses: Addresses }> {
  const toggles = new Map<bigint, Addresses[]>();
  for (const block of [...blocks, ...bounds]) for (const bound of block) append(toggles, bound, block);
  const edges = [...new Set([0n, ...toggles.keys(), EVERYWHERE.at(-1) as bigint])].sort((a, b) => (a < b ? -1 : 1));
  const active = new Set<Addresses>();
  let position = 0;
  for (const [index, from] of edges.entries()) {
    for (const block of toggles.get(from) ?? []) if (!active.delete(block)) active.add(block);
    const to = edges[index + 1];
    if (to === undefined) return;
    while (position < whole.length && (whole[position + 1] as bigint) <= from) position += 2;
    const addresses = intersect(whole.slice(position, position + 2 * 8), [from, to]);
    if (addresses.length > 0) yield { active: [...active], addresses };
  }
}
