import { digestOf, GENESIS } from './digest.ts';
import type { AuditEvent, ChainHead } from './types.ts';

export interface ChainExpectation {
  /** The end of the part that was verified before; default: the beginning of the trail. */
  readonly from?: ChainHead;
  /** An end that was seen before and must still be in it: without one, a trail that was cut short looks whole. */
  readonly includes?: ChainHead;
}

export type ChainVerdict =
  | { readonly state: 'sound'; readonly count: number; readonly head: ChainHead }
  | { readonly state: 'broken'; readonly seq: number; readonly because: string };

const LONGEST_LINE = 65_536;

/** Follows the chain over events or their JSON lines. An empty part is sound and proves nothing: look at `count`. */
export async function verifyChain(
  events: AsyncIterable<string | AuditEvent> | Iterable<string | AuditEvent>,
  { from = { seq: 0, hash: GENESIS }, includes }: ChainExpectation = {},
): Promise<ChainVerdict> {
  let head = from;
  let count = 0;
  let met = includes === undefined || (includes.seq === from.seq && includes.hash === from.hash);
  for await (const given of events) {
    const seq = head.seq + 1;
    const event = parse(given);
    if (event === undefined) return { state: 'broken', seq, because: 'the line is no event' };
    const because = faultOf(event, head);
    if (because !== undefined) return { state: 'broken', seq, because };
    head = { seq, hash: event.hash };
    count += 1;
    if (includes?.seq === seq) {
      if (includes.hash !== event.hash) return { state: 'broken', seq, because: 'another event stood here before' };
      met = true;
    }
  }
  if (!met)
    return {
      state: 'broken',
      seq: head.seq + 1,
      because: `the trail ends before event ${includes?.seq ?? 0}, which was there`,
    };
  return { state: 'sound', count, head };
}

function faultOf(event: AuditEvent, before: ChainHead): string | undefined {
  if (event.v !== 1) return `it has version ${String(event.v)}`;
  if (event.seq !== before.seq + 1) return `event ${event.seq} stands where ${before.seq + 1} is due`;
  if (event.prev !== before.hash) return 'it does not name the event before it';
  const { hash, ...rest } = event;
  return hash === digestOf(rest) ? undefined : 'its content does not have its hash';
}

function parse(given: string | AuditEvent): AuditEvent | undefined {
  if (typeof given !== 'string') return given;
  if (given.length > LONGEST_LINE) return undefined;
  try {
    const event: unknown = JSON.parse(given);
    if (typeof event !== 'object' || event === null) return undefined;
    return namesIn(given) === membersOf(event) ? (event as AuditEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** Names of members as they stand in the text: of two alike the parser passes over the first, which a reader may take for what happened. */
function namesIn(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((total: number, each) => total + membersOf(each), own);
}
