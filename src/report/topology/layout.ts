import { compareText } from '../order.ts';
import { assignColumns } from './columns.ts';
import type { Topology, TopologyLink, TopologyNode } from './model.ts';

export const NODE = { width: 164, height: 42 } as const;
const GAP = { column: 76, row: 16, lane: 12 } as const;
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

/** A place in a column: a node, or a lane that links to one target share on their way past the column. */
interface Slot {
  readonly id: string;
  readonly node?: TopologyNode;
  readonly column: number;
}

/**
 * Places nodes in columns and leads links around them. Links that pass a column share one lane for each target, so a store
 * that everything uses is reached by one line, not by a sheaf. Deterministic: the same topology gives the same picture.
 */
export function layoutTopology(topology: Topology): TopologyLayout {
  const slots = withLanes(topology, assignColumns(topology));
  const chains = topology.links.map((link) => chainOf(link, columnIndex(slots)));
  const ordered = orderColumns(slots, neighboursOf(chains));
  const height = Math.max(0, ...ordered.map(columnHeight)) + 2 * MARGIN;
  const tops = placeColumns(ordered, height);
  return {
    width: Math.max(0, ordered.length * (NODE.width + GAP.column) - GAP.column) + 2 * MARGIN,
    height,
    nodes: ordered
      .flat()
      .flatMap((slot) =>
        slot.node === undefined ? [] : { node: slot.node, x: columnX(slot.column), y: tops.get(slot.id) ?? 0 },
      ),
    links: topology.links.map((link, index) => ({
      link,
      points: route(chains[index] ?? [], tops, columnIndex(slots)),
    })),
  };
}

function withLanes(topology: Topology, columns: readonly (readonly TopologyNode[])[]): Slot[][] {
  const slots: Slot[][] = columns.map((nodes, column) => nodes.map((node) => ({ id: node.id, node, column })));
  const index = columnIndex(slots);
  const lanes = new Set<string>();
  for (const link of topology.links) {
    const to = index.get(link.to) ?? 0;
    for (let column = (index.get(link.from) ?? 0) + 1; column < to; column += 1) {
      const id = laneId(link.to, column);
      if (lanes.has(id)) continue;
      lanes.add(id);
      slots[column]?.push({ id, column });
    }
  }
  return slots;
}

/** The slots a link passes, first to last. A link that goes back or stays in its column has no lanes. */
function chainOf(link: TopologyLink, index: ReadonlyMap<string, number>): string[] {
  const from = index.get(link.from) ?? 0;
  const between = Math.max(0, (index.get(link.to) ?? 0) - from - 1);
  const lanes = Array.from({ length: between }, (_, step) => laneId(link.to, from + 1 + step));
  return [link.from, ...lanes, link.to];
}

function neighboursOf(chains: readonly (readonly string[])[]): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const add = (a: string, b: string): void => void neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (const chain of chains) {
    for (const [step, id] of chain.slice(1).entries()) {
      const before = chain[step] ?? id;
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
    for (const slot of column) {
      tops.set(slot.id, y);
      y += slotHeight(slot) + GAP.row;
    }
  }
  return tops;
}

function route(
  chain: readonly string[],
  tops: ReadonlyMap<string, number>,
  index: ReadonlyMap<string, number>,
): Point[] {
  const [from = '', ...rest] = chain;
  const to = rest.at(-1) ?? from;
  const fromColumn = index.get(from) ?? 0;
  const toColumn = index.get(to) ?? 0;
  const middle = (id: string): number => (tops.get(id) ?? 0) + NODE.height / 2;
  if (toColumn <= fromColumn) {
    const side = toColumn === fromColumn ? NODE.width : 0;
    return [
      { x: columnX(fromColumn) + side, y: middle(from) },
      { x: columnX(toColumn) + NODE.width, y: middle(to) },
    ];
  }
  const lanes = rest.slice(0, -1).flatMap((id, step) => {
    const x = columnX(fromColumn + 1 + step);
    const y = (tops.get(id) ?? 0) + GAP.lane / 2;
    return [
      { x, y },
      { x: x + NODE.width, y },
    ];
  });
  return [{ x: columnX(fromColumn) + NODE.width, y: middle(from) }, ...lanes, { x: columnX(toColumn), y: middle(to) }];
}

function columnIndex(columns: readonly (readonly Slot[])[]): Map<string, number> {
  return new Map(columns.flatMap((column) => column.map((slot) => [slot.id, slot.column] as const)));
}

function columnX(column: number): number {
  return MARGIN + column * (NODE.width + GAP.column);
}

function columnHeight(column: readonly Slot[]): number {
  return column.reduce((sum, slot) => sum + slotHeight(slot) + GAP.row, -GAP.row);
}

function slotHeight(slot: Slot): number {
  return slot.node === undefined ? GAP.lane : NODE.height;
}

function laneId(target: string, column: number): string {
  return `lane ${column} ${target}`;
}
