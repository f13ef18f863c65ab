/** W3C Trace Context (https://www.w3.org/TR/trace-context/), level 1 with the level 2 flag: reading, writing, and new ids. */
import { randomFillSync } from 'node:crypto';

export interface TraceContext {
  /** 32 hexadecimal digits in lower case, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits in lower case, not all zero. */
  readonly spanId: string;
  /** Bit 0: sampled; bit 1: the trace id is random. */
  readonly flags: number;
  /** `tracestate`, passed on as it came. */
  readonly state?: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,256})?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const KNOWN_FLAGS = 0x03;

/** Undefined for what the specification calls invalid; a higher version is read by its first four fields, `ff` and zero ids are refused. */
export function parseTraceparent(value: unknown): TraceContext | undefined {
  if (typeof value !== 'string' || value.length < 55 || value.length > 512) return undefined;
  const match = TRACEPARENT.exec(value.trim());
  if (match === null) return undefined;
  const [, version, traceId = NO_TRACE, spanId = NO_SPAN, flags = '00', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-0${flags & KNOWN_FLAGS}`;
}

const KEY = /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_MEMBERS = 32;
const MAX_STATE = 512;

/**
 * `tracestate`, several headers joined, in the order they came. Undefined, and then dropped as a whole, when a member is malformed, a key
 * comes twice or there are more than 32. Members that do not fit into 512 characters are left out from the end.
 */
export function parseTracestate(value: unknown): string | undefined {
  const text: unknown = Array.isArray(value) ? value.join(',') : value;
  if (typeof text !== 'string' || text.length > 8192) return undefined;
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > MAX_MEMBERS) return undefined;
  const keys = new Set<string>();
  for (const member of members) {
    const at = member.indexOf('=');
    if (at <= 0 || !KEY.test(member.slice(0, at)) || !VALUE.test(member.slice(at + 1))) return undefined;
    keys.add(member.slice(0, at));
  }
  if (keys.size < members.length) return undefined;
  while (members.join(',').length > MAX_STATE) members.pop();
  return members.length === 0 ? undefined : members.join(',');
}

/** Random bytes that are drawn at once: drawing costs the same for one as for thousands. */
const DRAWN = 16_384;
/** Bytes that are made text at once. Ids are slices of that text and keep it alive, so it stays small. */
const PIECE = 512;
const NO_ID = /* @__PURE__ */ Buffer.alloc(8);
let drawn: Buffer | undefined;
let from = DRAWN;
let pool = '';
let used = 0;

/** A trace id (16 bytes) or a span id (8) in hexadecimal: random, never all zero. */
export function randomHex(size: 8 | 16): string {
  const length = size * 2;
  if (used + length > pool.length) refill();
  const text = pool.slice(used, used + length);
  used += length;
  return text;
}

function refill(): void {
  drawn ??= Buffer.alloc(DRAWN);
  if (from >= DRAWN) {
    do randomFillSync(drawn);
    while (drawn.includes(NO_ID));
    from = 0;
  }
  pool = drawn.toString('hex', from, from + PIECE);
  from += PIECE;
  used = 0;
}
