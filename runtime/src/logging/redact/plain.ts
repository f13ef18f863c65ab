/** What a redacted copy is made of, and what the makers of copies share. */
import { types } from 'node:util';
import type { SecretKeys } from './keys.ts';

export interface Bounds {
  readonly maxDepth: number;
  /** Properties and items of one line together. */
  readonly maxNodes: number;
  /** Properties of one object, items of one list. */
  readonly maxItems: number;
}

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** One walk: what it may still visit and where it is. */
export interface Walk {
  readonly keys: SecretKeys;
  text(text: string): string;
  /** A safe copy of anything. */
  copy(value: unknown): Plain;
  /** The same under a name; undefined for what JSON has no place for. */
  property(key: string, value: unknown): Plain | undefined;
  /** `tool` is the command that the values are arguments of. */
  list(values: readonly unknown[], tool?: unknown): Plain[];
  readonly bounds: Bounds;
  readonly ancestors: object[];
  /** The object whose properties are parameters of a URL. */
  query: object | undefined;
  /** Properties, items, and each 128 characters of text. */
  left: number;
}

/** Puts a copy in under a name that is safe to show and cannot become a prototype. */
export function put(walk: Walk, out: { [key: string]: Plain }, key: string, value: Plain | undefined): void {
  if (value === undefined) return;
  const shown = key.length < 12 && isPlain(key) ? key : walk.text(key.length > 256 ? key.slice(0, 256) : key);
  out[shown === '__proto__' ? '[__proto__]' : shown] = value;
}

/** What is below is a control that JSON escapes. */
function isPlain(key: string): boolean {
  for (let index = 0; index < key.length; index += 1) if (key.charCodeAt(index) > 126) return false;
  return true;
}

export function read(walk: Walk, value: object, key: string): Plain | undefined {
  try {
    return walk.property(key, (value as Record<string, unknown>)[key]);
  } catch {
    return '[unreadable]';
  }
}

/** A property of something hostile: undefined when reading it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Also errors of other realms; a proxy that refuses to say is none. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (attempt(() => value instanceof Error) ?? false);
}
