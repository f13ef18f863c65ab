import { compareText } from '../order.ts';
import { assignColumns } from './columns.ts';
import { linkChains, type Chain } from './lanes.ts';
import type { Topology, TopologyLink, TopologyNode } from './model.ts';

export const NODE = { width: 172, height: 42 } as const;
/** Columns stand 54 apart, so that five of them fit the page without scrolling. */
const GAP = { column: 54, row: 16 } as const;
/** Height of the lane that links take past a column. */
const LANE = 10;
const MARGIN = 12;
/** Sweeps over the columns; the order settles after a few (the barycenter method of Sugiyama, Tagawa and Toda, 1981). */
const SWEEPS = 8;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node with the upper left corner of its box. */
export interface PlacedNode extends Point {
  readonly node: TopologyNode;
}

/** A link with the points it passes, from the side of one box to the side of another. */
export interface RoutedLink {
  readonly link: TopologyLink;
  readonly points: readonly Point[];
}

export interface TopologyLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly RoutedLink[];
}

/** A place in a column: a node, or a lane that links take past the column. */
interface Slot {
  readonly id: string;
  readonly node?: TopologyNode;
  readonly column: number;
}

/**
 * Places nodes in columns and leads links around them. Links that pass a column share lanes, so a store that everything
 * uses is reached by one line, not by a sheaf. Deterministic: the same topology gives the same picture.
 */
export function layoutTopology(topology: Topology): TopologyLayout {
  const columns = assignColumns(topology);
  const chains = linkChains(topology, columns);
  const slots = slotsOf(columns, chains);
  const ordered = orderColumns(slots, neighboursOf(chains));
  const height = Math.max(0, ...ordered.map(columnHeight)) + 2 * MARGIN;
  const tops = placeColumns(ordered, height);
  const index = columnIndex(slots);
  return {
    width: Math.max(0, ordered.length * (NODE.width + GAP.column) - GAP.column) + 2 * MARGIN,
    height,
    nodes: ordered
      .flat()
      .flatMap((slot) =>
        slot.node === undefined ? [] : { node: slot.node, x: columnX(slot.column), y: tops.get(slot.id) ?? 0 },
      ),
    links: topology.links.map((link, position) => ({ link, points: route(chains[position] ?? [], tops, index) })),
  };
}

/** The columns' nodes, and below them the lanes that pass. */
function slotsOf(columns: readonly (readonly TopologyNode[])[], chains: readonly Chain[]): Slot[][] {
  const lanes = new Map(chains.flatMap((chain) => chain.slice(1, -1).map((stop) => [stop.id, stop.column] as const)));
  return columns.map((nodes, column) => [
    ...nodes.map((node) => ({ id: node.id, node, column })),
    ...[...lanes].filter(([, at]) => at === column).map(([id]) => ({ id, column })),
  ]);
}

function neighboursOf(chains: readonly Chain[]): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const add = (a: string, b: string): void => void neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (const chain of chains) {
    for (const [position, { id }] of chain.slice(1).entries()) {
      const before = chain[position]?.id ?? id;
      add(before, id);
      add(id, before);
    }
  }
  return neighbours;
}

/** Sorts each column by the mean position of its neighbours, there and back, so that few links cross. */
function orderColumns(columns: readonly Slot[][], neighbours: ReadonlyMap<string, readonly string[]>): Slot[][] {
  const ordered = columns.map((column) => [...column].sort((a, b) => compareText(a.id, b.id)));
  const position = new Map<string, number>();
  const remember = (column: readonly Slot[]): void => {
    for (const [row, slot] of column.entries()) position.set(slot.id, (row + 0.5) / column.length);
  };
  for (const column of ordered) remember(column);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const column of sweep % 2 === 0 ? ordered : ordered.toReversed()) {
      const weight = new Map(column.map((slot) => [slot.id, meanPosition(slot.id, neighbours, position)]));
      column.sort((a, b) => (weight.get(a.id) ?? 0) - (weight.get(b.id) ?? 0) || compareText(a.id, b.id));
      remember(column);
    }
  }
  return ordered;
}

function meanPosition(
  id: string,
  neighbours: ReadonlyMap<string, readonly string[]>,
  position: ReadonlyMap<string, number>,
): number {
  const around = neighbours.get(id) ?? [];
  if (around.length === 0) return position.get(id) ?? 0;
  return around.reduce((sum, other) => sum + (position.get(other) ?? 0), 0) / around.length;
}

/** The upper edge of every slot; each column is centred. */
function placeColumns(columns: readonly (readonly Slot[])[], height: number): Map<string, number> {
  const tops = new Map<string, number>();
  for (const column of columns) {
    let y = (height - columnHeight(column)) / 2;
    for (const [row, slot] of column.entries()) {
      tops.set(slot.id, y);
      y += slotHeight(slot) + gapBetween(slot, column[row + 1]);
    }
  }
  return tops;
}

/** Boxes are left and reached at the side that faces the other end; within a column both ends are on the right. */
function route(chain: Chain, tops: ReadonlyMap<string, number>, index: ReadonlyMap<string, number>): Point[] {
  const from = chain[0]?.column ?? 0;
  const to = chain.at(-1)?.column ?? 0;
  const [near, far] = to < from ? [0, NODE.width] : [NODE.width, 0];
  return chain.flatMap(({ id }, position) => {
    const x = columnX(index.get(id) ?? 0);
    const top = tops.get(id) ?? 0;
    if (position === 0) return { x: x + near, y: top + NODE.height / 2 };
    if (position === chain.length - 1) return { x: x + (from === to ? NODE.width : far), y: top + NODE.height / 2 };
    return [
      { x: x + far, y: top + LANE / 2 },
      { x: x + near, y: top + LANE / 2 },
    ];
  });
}

function columnIndex(columns: readonly (readonly Slot[])[]): Map<string, number> {
  return new Map(columns.flatMap((column) => column.map((slot) => [slot.id, slot.column] as const)));
}

function columnX(column: number): number {
  return MARGIN + column * (NODE.width + GAP.column);
}

function columnHeight(column: readonly Slot[]): number {
  return column.reduce((sum, slot, row) => sum + slotHeight(slot) + gapBetween(slot, column[row + 1]), 0);
}

/** Lanes lie close together, boxes stand apart; nothing follows the last. */
function gapBetween(slot: Slot, next: Slot | undefined): number {
  if (next === undefined) return 0;
  if (slot.node === undefined && next.node === undefined) return 0;
  return GAP.row;
}

function slotHeight(slot: Slot): number {
  return slot.node === undefined ? LANE : NODE.height;
}
