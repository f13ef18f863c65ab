/** Ids into and out of what carries a message: records of headers, NATS headers, `Headers`, maps. */
import { formatTraceparent, parseTraceparent, parseTracestate } from '../shared/trace-context.ts';
import type { Active } from '../shared/active.ts';
import { formatBaggage, parseBaggage } from './baggage.ts';
import { current, newCorrelation, type Correlation } from './context.ts';

/** Something with headers to read. */
export type Carrier =
  | Readonly<Record<string, string | readonly string[] | number | undefined>>
  | { get(name: string): unknown };
/** Something that takes headers: NATS `MsgHdrs`, `Headers`, `Map`. Of one that lists its names those of other cases are replaced as well. */
export interface Settable {
  set(name: string, value: string): unknown;
  keys?(): Iterable<string>;
  delete?(name: string): unknown;
}

/** A copy of the headers with the ids of `correlation`; those that were there under these names are replaced, whatever their case. */
export function inject<T extends Readonly<Record<string, string | string[] | number | undefined>>>(
  headers?: T,
  correlation: Correlation | undefined = current(),
): Record<string, string | string[] | number> {
  const out: Record<string, string | string[] | number> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined && (correlation === undefined || !NAMES.has(name.toLowerCase()))) out[name] = value;
  }
  if (correlation !== undefined) for (const [name, value] of idsOf(correlation)) out[name.toLowerCase()] = value;
  return out;
}

/** Sets the ids on a carrier; does nothing outside of a context. */
export function injectInto(carrier: Settable, correlation: Correlation | undefined = current()): void {
  if (correlation === undefined) return;
  for (const name of Array.from(carrier.keys?.() ?? [])) if (NAMES.has(name.toLowerCase())) carrier.delete?.(name);
  for (const [name, value] of idsOf(correlation)) carrier.set(name, value);
}

const NAMES = new Set(['x-request-id', 'traceparent', 'tracestate', 'baggage']);

function idsOf({ requestId, trace, baggage }: Correlation): [string, string][] {
  return [
    ['X-Request-Id', requestId],
    ['traceparent', formatTraceparent(trace)],
    ...(trace.state === undefined ? [] : [['tracestate', trace.state] as [string, string]]),
    ...(baggage === undefined ? [] : [['baggage', formatBaggage(baggage)] as [string, string]]),
  ];
}

/**
 * The correlation that a message of one's own platform carries. What is absent or malformed is made anew: a message without ids is worked
 * on with ids all the same. For requests from outside the plugin decides whom to believe.
 */
export function extract(carrier: Carrier | undefined | null, allowedBaggage: readonly string[] = []): Active {
  const read = (name: string): unknown => valueOf(carrier, name);
  const trace = parseTraceparent(read('traceparent'));
  const state = trace === undefined ? undefined : parseTracestate(read('tracestate'));
  const baggage = parseBaggage(read('baggage'), new Set(allowedBaggage));
  return newCorrelation({
    requestId: read('X-Request-Id'),
    trace: trace === undefined || state === undefined ? trace : { ...trace, state },
    ...(baggage === undefined ? {} : { baggage }),
  });
}

function valueOf(carrier: Carrier | undefined | null, name: string): unknown {
  if (carrier === undefined || carrier === null) return undefined;
  if (typeof carrier.get === 'function') {
    if (!(Symbol.iterator in carrier)) return carrier.get(name) || carrier.get(name.toLowerCase());
    // NATS compares names as they are written, and gives the first of several values only.
    return recordValue(Object.fromEntries(carrier as Iterable<[string, unknown]>), name);
  }
  return recordValue(carrier as Readonly<Record<string, unknown>>, name);
}

function recordValue(record: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.hasOwn(record, name)
    ? name
    : Object.keys(record).find((each) => each.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : record[key];
  // Two of an id are no id; several `tracestate` are one list.
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
