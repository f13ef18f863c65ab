import { hash } from 'node:crypto';

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
  return write(value, undefined);
}

/**
 * The digest of what a control has read: its values, never where they stood.
 * Members called `origin` are left out at every depth, so a comment or a moved file is not drift.
 */
export function inputDigest(value: unknown): Digest {
  return sha256(write(value, 'origin'));
}

function write(value: unknown, leftOut: string | undefined): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return writeArray(value, leftOut);
  if (value instanceof Map || value instanceof Set)
    throw new TypeError('canonical JSON takes plain objects and arrays only');
  if (typeof value === 'object') return writeObject(value, leftOut);
  throw new TypeError(`canonical JSON cannot hold ${typeof value} ${String(value)}`);
}

function writeArray(items: readonly unknown[], leftOut: string | undefined): string {
  let members = '';
  for (let index = 0; index < items.length; index += 1)
    members += `${index === 0 ? '' : ','}${write(items[index] ?? null, leftOut)}`;
  return `[${members}]`;
}

function writeObject(value: object, leftOut: string | undefined): string {
  let members = '';
  for (const key of sortedKeys(value)) {
    const member: unknown = value[key as keyof typeof value];
    if (member === undefined || key === leftOut) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${write(member, leftOut)}`;
  }
  return `{${members}}`;
}

/** Most objects have their keys in order, or nearly none: to look costs less than to sort. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  for (let index = 1; index < keys.length; index += 1) {
    if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return keys.sort();
  }
  return keys;
}
