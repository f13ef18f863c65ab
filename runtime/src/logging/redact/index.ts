/** The redactor: what may stand in a log, from anything. */
import { secretKeys } from './keys.ts';
import { textRedactor } from './text.ts';
import type { Plain } from './plain.ts';
import { beginWalk } from './walk.ts';

export interface RedactionOptions {
  /** Further secret names; case and separators do not count. */
  readonly keys?: readonly string[];
  /** Names that are to stay readable though they look like secrets. */
  readonly allow?: readonly string[];
  /** Further patterns inside strings; keep them linear. */
  readonly patterns?: readonly RegExp[];
  /** Levels of nesting, 12 by default. */
  readonly maxDepth?: number;
  /** Properties and items of one line together, 2,000 by default. */
  readonly maxNodes?: number;
  /** Characters of one string, 8,192 by default. */
  readonly maxString?: number;
}

export interface Redactor {
  text(text: string): string;
  /** A safe copy of anything, under the name `key`; never throws. */
  value(value: unknown, key?: string): Plain;
  /** Whether what stands under this name is a secret. */
  isSecretKey(key: string): boolean;
}

const MAX_ITEMS = 200;

export function createRedactor(options: RedactionOptions = {}): Redactor {
  const keys = secretKeys(options);
  const text = textRedactor(keys, options.patterns ?? [], options.maxString ?? 8192);
  const bounds = { maxDepth: options.maxDepth ?? 12, maxNodes: options.maxNodes ?? 2000, maxItems: MAX_ITEMS };
  return {
    text,
    isSecretKey: (key) => keys.isSecret(key),
    value: (value, key) => {
      const walk = beginWalk(keys, text, bounds);
      return key === undefined ? walk.copy(value) : (walk.property(key, value) ?? null);
    },
  };
}

/** Copies alike and redacts nothing. */
export function openRedactor(): Redactor {
  const keys = { isSecret: () => false, isSecretParameter: () => false, isVague: () => false };
  const bounds = { maxDepth: 12, maxNodes: 2000, maxItems: MAX_ITEMS };
  const text = (value: string): string => value;
  return {
    text,
    isSecretKey: () => false,
    value: (value) => beginWalk(keys, text, bounds).copy(value),
  };
}
