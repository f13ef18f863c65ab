import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event } from 'js-yaml';
import { MAX_DEPTH } from './yaml-stream.ts';

/** Most nodes a document may have once every alias is replaced by what it stands for. */
export const MAX_EXPANDED_NODES = 1_000_000;

/** Most lines, entries and brackets together that a file may have; a file of twice the size of any CRD bundle has a fifth. */
export const MAX_MARKS = 500_000;

/** True when a text would make more nodes than a parser should hold in memory at once. Costs nothing for files of usual size. */
export function hasTooManyMarks(text: string): boolean {
  if (text.length <= MAX_MARKS) return false;
  let marks = 0;
  for (const mark of ['\n', '\r', ',', '[', '{']) {
    for (let at = text.indexOf(mark); at >= 0 && marks <= MAX_MARKS; at = text.indexOf(mark, at + 1)) marks += 1;
  }
  return marks > MAX_MARKS;
}

interface Extent {
  nodes: number;
  depth: number;
}

interface Frame extends Extent {
  readonly anchor: string | undefined;
}

/** Offset where a node starts, its quote included; -1 for an empty one. */
export function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return event.valueStart < 0 ? event.anchorStart : event.valueStart - (quoted ? 1 : 0);
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    default:
      return -1;
  }
}

/**
 * Measures a document as if its aliases were written out, without writing them out.
 * Answers a problem for recursion, for more than {@link MAX_EXPANDED_NODES} nodes and for more than 256 levels.
 */
export function aliasProblem(
  document: readonly Event[],
  source: string,
): { message: string; position: number } | undefined {
  if (!document.some((event) => event.type === EVENT_ID.ALIAS)) return undefined;
  const anchors = new Map<string, Extent>();
  const frames: Frame[] = [];
  for (const event of document) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      const done = frames.pop();
      if (done === undefined) break;
      if (done.anchor !== undefined) anchors.set(done.anchor, done);
      add(frames, done);
    } else if (event.type === EVENT_ID.ALIAS) {
      const name = source.slice(event.anchorStart, event.anchorEnd);
      const position = event.anchorStart;
      if (frames.some((frame) => frame.anchor === name))
        return { message: `the alias *${name} stands inside what it refers to`, position };
      add(frames, anchors.get(name) ?? { nodes: 1, depth: 0 });
      if (tooLarge(frames)) return { message: `the alias *${name} expands to too much`, position };
    } else {
      const anchor = event.anchorStart < 0 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
      if (event.type !== EVENT_ID.SCALAR) frames.push({ anchor, nodes: 1, depth: 1 });
      else if (anchor !== undefined) anchors.set(anchor, { nodes: 1, depth: 0 });
      if (event.type === EVENT_ID.SCALAR) add(frames, { nodes: 1, depth: 0 });
    }
  }
  return undefined;
}

function add(frames: readonly Frame[], child: Extent): void {
  const parent = frames.at(-1);
  if (parent === undefined) return;
  parent.nodes += child.nodes;
  parent.depth = Math.max(parent.depth, child.depth + 1);
}

function tooLarge(frames: readonly Frame[]): boolean {
  const innermost = frames.at(-1);
  if (innermost === undefined) return false;
  return innermost.nodes > MAX_EXPANDED_NODES || innermost.depth + frames.length - 1 > MAX_DEPTH;
}

/** The key that stands at `second` and where the same mapping had it first. */
export function firstOfDuplicate(
  document: readonly Event[],
  source: string,
  second: number,
): { key: string; first: number } | undefined {
  const frames: { keys: Map<string, number> | undefined; atKey: boolean }[] = [];
  for (const event of document) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    const parent = frames.at(-1);
    if (event.type === EVENT_ID.POP) {
      frames.pop();
      continue;
    }
    if (parent?.keys !== undefined && parent.atKey && event.type === EVENT_ID.SCALAR) {
      const key = getScalarValue(source, event);
      const first = parent.keys.get(key);
      if (first !== undefined && event.valueStart === second) return { key, first };
      if (first === undefined) parent.keys.set(key, event.valueStart);
    }
    if (parent !== undefined) parent.atKey = !parent.atKey;
    if (event.type === EVENT_ID.MAPPING) frames.push({ keys: new Map(), atKey: true });
    if (event.type === EVENT_ID.SEQUENCE) frames.push({ keys: undefined, atKey: false });
  }
  return undefined;
}
