import { hash } from 'node:crypto';
import { isOrigin } from './origin.ts';

/** `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`;

/** SHA-256 of bytes or UTF-8 text. */
export function sha256(data: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', data, 'hex')}`;
}

/**
 * JSON with sorted keys and no white space (RFC 8785 for the values that occur here). `undefined` members are dropped.
 * Throws on what JSON cannot hold: functions, symbols, bigints, non-finite numbers.
 */
export function canonicalJson(value: unknown): string {
  return write(value, false);
}

/**
 * The digest of what a control has read: its values, never where they stood.
 * Origins are left out at every depth, under `origin` or a name that ends so, and a comment or a moved file is not drift. What else
 * bears that name counts: a label, say.
 */
export function inputDigest(value: unknown): Digest {
  return sha256(write(value, true));
}

/** V8 writes a copy whose keys are in order in half the time that it takes to put the text together here. */
function write(value: unknown, placeless: boolean): string {
  const copying = { placeless, exact: true };
  const copy = ordered(value, copying);
  return copying.exact ? JSON.stringify(copy) : written(value, placeless);
}

interface Copying {
  /** Origins are left out. */
  readonly placeless: boolean;
  /** False once a key was met that an object does not keep where it is put. */
  exact: boolean;
}

function ordered(value: unknown, copying: Copying): unknown {
  if (typeof value !== 'object' || value === null) return scalar(value);
  if (Array.isArray(value)) return value.map((item: unknown) => ordered(item ?? null, copying));
  const copy: Record<string, unknown> = {};
  for (const key of sortedKeys(plain(value))) {
    const member: unknown = value[key as keyof typeof value];
    if (member === undefined || (copying.placeless && isPlace(key, member))) continue;
    if (isMoved(key)) copying.exact = false;
    copy[key] = ordered(member, copying);
  }
  return copy;
}

function isPlace(key: string, member: unknown): boolean {
  return (key === 'origin' || key.endsWith('Origin')) && isOrigin(member);
}

/** Keys that are indexes come first in any object, by number; `__proto__` is no member at all. */
function isMoved(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || key === '__proto__';
}

function written(value: unknown, placeless: boolean): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(scalar(value));
  if (Array.isArray(value))
    return `[${Array.from(value, (item: unknown) => written(item ?? null, placeless)).join(',')}]`;
  const members = sortedKeys(value).flatMap((key) => {
    const member: unknown = value[key as keyof typeof value];
    if (member === undefined || (placeless && isPlace(key, member))) return [];
    return [`${JSON.stringify(key)}:${written(member, placeless)}`];
  });
  return `{${members.join(',')}}`;
}

function scalar(value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`canonical JSON cannot hold ${typeof value} ${String(value)}`);
}

function plain(value: object): object {
  if (value instanceof Map || value instanceof Set)
    throw new TypeError('canonical JSON takes plain objects and arrays only');
  return value;
}

/** Most objects are small and nearly in order. `sort` copies the keys to and fro, which for all of a platform adds up. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  if (keys.length > MANY) return keys.sort();
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index]!;
    let free = index;
    for (; free > 0 && keys[free - 1]! > key; free -= 1) keys[free] = keys[free - 1]!;
    keys[free] = key;
  }
  return keys;
}

const MANY = 24;
