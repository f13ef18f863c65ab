/** Objects whose content is not in plain properties, or is not for a log: collections, bytes, dates, addresses, headers, streams, sockets. */
import { types } from 'node:util';
import { REDACTED } from './shapes.ts';
import { attempt, put, type Plain, type Walk } from './plain.ts';

/** Undefined for an object that is to be read by its properties. */
export function opaqueCopy(walk: Walk, value: object): Plain | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Map || value instanceof URLSearchParams || value instanceof Headers || value instanceof FormData)
    return entriesCopy(walk, value as Iterable<[unknown, unknown]>);
  if (value instanceof Set) return walk.list(firstOf(walk, value));
  if (value instanceof URL || value instanceof RegExp) return walk.text(String(value));
  if (types.isBoxedPrimitive(value)) return walk.copy((value as { valueOf(): unknown }).valueOf());
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet)
    return `[${value.constructor.name}]`;
  return attempt(() => exchangeCopy(walk, value));
}

function entriesCopy(walk: Walk, entries: Iterable<[unknown, unknown]>): Plain {
  const isParameters = entries instanceof URLSearchParams;
  const out: { [key: string]: Plain } = {};
  let count = 0;
  for (const [key, value] of entries) {
    count += 1;
    if (count > walk.bounds.maxItems || walk.left <= 0) {
      out['[more]'] = true;
      break;
    }
    walk.left -= 1;
    const name = typeof key === 'object' && key !== null ? `[key ${count}]` : String(key);
    const isSecret = isParameters && walk.keys.isSecretParameter(name);
    put(walk, out, name, isSecret ? REDACTED : walk.property(name, value));
  }
  return out;
}

function firstOf(walk: Walk, values: Iterable<unknown>): unknown[] {
  const out: unknown[] = [];
  for (const value of values) {
    if (out.length > walk.bounds.maxItems) break;
    out.push(value);
  }
  return out;
}

/** What `Buffer.toJSON` makes. */
export function dumpedBuffer(value: object): string | undefined {
  const { type, data } = value as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? `[${data.length} bytes]` : undefined;
}

/** Requests, answers, sockets and other emitters: their inside is thousands of properties; what a reader wants is method, address and status. */
function exchangeCopy(walk: Walk, value: object): Plain | undefined {
  const { method, url, statusCode, emit, pipe, raw, log, socket, headers } = value as Record<string, unknown>;
  const isEmitter = typeof emit === 'function' || typeof pipe === 'function';
  const isExchange =
    isEmitter || (raw !== undefined && log !== undefined) || (socket !== undefined && headers !== undefined);
  if (!isExchange) return undefined;
  const out: { [key: string]: Plain } = { type: walk.text(value.constructor?.name ?? 'Object') };
  if (typeof method === 'string') out['method'] = walk.text(method);
  if (typeof url === 'string') out['url'] = walk.text(url);
  if (typeof statusCode === 'number') out['status'] = statusCode;
  return out;
}
