import type { Topology, TopologyLink, TopologyNode } from './model.ts';

/** A box or a lane, and the column it is in. */
interface Stop {
  readonly id: string;
  readonly column: number;
}

/** The stops of a link from its first box to its last, by way of a lane in each column between them. */
export type Chain = readonly Stop[];

/** For each link of the topology, in its order, the stops it makes. */
export function linkChains(topology: Topology, columns: readonly (readonly TopologyNode[])[]): Chain[] {
  const index = new Map(columns.flatMap((nodes, column) => nodes.map((node) => [node.id, column] as const)));
  const columnOf = (id: string): number => index.get(id) ?? 0;
  const bundles = bundleKeys(
    topology.links.map((link) => ({ link, direction: Math.sign(columnOf(link.to) - columnOf(link.from)) })),
  );
  return topology.links.map((link, position) => {
    const from = columnOf(link.from);
    const to = columnOf(link.to);
    const between = Array.from(
      { length: Math.max(0, Math.abs(to - from) - 1) },
      (_, passed) => from + Math.sign(to - from) * (passed + 1),
    );
    return [
      { id: link.from, column: from },
      ...between.map((column) => ({ id: `lane ${column} ${bundles[position] ?? ''}`, column })),
      { id: link.to, column: to },
    ];
  });
}

/** A link shares its lanes with the larger company: those that go to the same target, or those that come from the same source. */
function bundleKeys(links: readonly { readonly link: TopologyLink; readonly direction: number }[]): string[] {
  const toKey = (each: (typeof links)[number]): string => `${each.direction} to ${each.link.to}`;
  const fromKey = (each: (typeof links)[number]): string => `${each.direction} from ${each.link.from}`;
  const arriving = Map.groupBy(links, toKey);
  const leaving = Map.groupBy(links, fromKey);
  return links.map((each) => {
    const to = arriving.get(toKey(each))?.length ?? 0;
    const from = leaving.get(fromKey(each))?.length ?? 0;
    return to >= from ? toKey(each) : fromKey(each);
  });
}
