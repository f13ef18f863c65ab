import { EVENT_ID, getScalarValue, type Event } from 'js-yaml';
import type { Pointer } from '../../model/origin.ts';
import { startOf } from './yaml-guards.ts';
import { events } from './yaml-stream.ts';

/** A node of a document with the offsets of its parts; built from the events of the parser that read the values, so both agree. */
export interface PlacedNode {
  /** Offset of the value in the document's text; -1 where it is empty. */
  start: number;
  readonly items?: PlacedNode[];
  readonly pairs?: Map<string, PlacedPair>;
}

interface PlacedPair {
  readonly keyStart: number;
  readonly value: PlacedNode;
}

/** The root of a document, aliases resolved to what they stand for; `undefined` for an empty one. */
export function placeDocument(document: readonly Event[], source: string): PlacedNode | undefined {
  const anchors = new Map<string, PlacedNode>();
  const stack: { node: PlacedNode; key?: { text: string; start: number } }[] = [];
  let root: PlacedNode | undefined;
  for (const event of document) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      stack.pop();
      continue;
    }
    const node = nodeOf(event, source, anchors);
    const parent = stack.at(-1);
    if (parent === undefined) root ??= node;
    else if (parent.node.items !== undefined) parent.node.items.push(node);
    else if (parent.key === undefined) parent.key = keyOf(event, source);
    else {
      parent.node.pairs?.set(parent.key.text, { keyStart: parent.key.start, value: node });
      delete parent.key;
    }
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) stack.push({ node });
  }
  return root;
}

/** As {@link placeDocument}, of a text that holds one document; `undefined` as well where it cannot be parsed. */
export function placeText(text: string): PlacedNode | undefined {
  try {
    return placeDocument(events(text), text);
  } catch {
    return undefined;
  }
}

/**
 * Offset of what the pointer names: the key of a pair, the item of a list. Keys that came by `<<` are found where they were written.
 * A pointer that leads nowhere answers its deepest ancestor that exists.
 */
export function offsetOf(root: PlacedNode, pointer: Pointer): number {
  let node = root;
  let offset = root.start;
  for (const part of pointer) {
    const step = child(node, part, 0);
    if (step === undefined) break;
    node = step.node;
    offset = step.offset >= 0 ? step.offset : offset;
  }
  return offset;
}

function nodeOf(event: Event, source: string, anchors: Map<string, PlacedNode>): PlacedNode {
  if (event.type === EVENT_ID.ALIAS) {
    const target = anchors.get(source.slice(event.anchorStart, event.anchorEnd));
    return target ?? { start: startOf(event) };
  }
  const start = startOf(event);
  const node: PlacedNode =
    event.type === EVENT_ID.MAPPING
      ? { start, pairs: new Map() }
      : event.type === EVENT_ID.SEQUENCE
        ? { start, items: [] }
        : { start };
  if ('anchorStart' in event && event.anchorStart >= 0)
    anchors.set(source.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

function keyOf(event: Event, source: string): { text: string; start: number } {
  return { text: event.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : '', start: startOf(event) };
}

interface Step {
  readonly node: PlacedNode;
  readonly offset: number;
}

function child(node: PlacedNode, part: string | number, depth: number): Step | undefined {
  if (node.items !== undefined) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { node: item, offset: item.start };
  }
  const own = node.pairs?.get(String(part));
  if (own !== undefined) return { node: own.value, offset: own.keyStart };
  const source = depth > MAX_MERGES ? undefined : node.pairs?.get('<<')?.value;
  if (source === undefined) return undefined;
  for (const merged of source.items ?? [source]) {
    const step = child(merged, part, depth + 1);
    if (step !== undefined) return step;
  }
  return undefined;
}

/** Longest chain of `<<` that is followed; ends those that lead back to themselves. */
const MAX_MERGES = 32;
