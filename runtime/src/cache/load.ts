import { within } from '../shared/within.ts';
import type { CacheOptions, Load } from './types.ts';

/** What a load brought, undefined for "there is none", and until when it counts as fresh. Unix ms. */
export interface Loaded {
  readonly value: unknown;
  readonly storedAt: number;
  readonly freshUntil: number;
}

/** Loads within the time that a load may take; its signal aborts when it is over, one way or the other. */
export async function loadOnce<T>(load: Load<T>, options: CacheOptions): Promise<Loaded> {
  const { loadTimeoutMs = 5000, freshMs, negativeMs = freshMs / 10, jitter = 0.1 } = options;
  const abort = new AbortController();
  try {
    const loading = Promise.resolve(load({ signal: abort.signal }));
    const value = await within('the source of the cache', loadTimeoutMs, loading);
    const storedAt = (options.now ?? Date.now)();
    const length = value === undefined ? negativeMs : freshMs * (1 - jitter * (options.random ?? Math.random)());
    return { value, storedAt, freshUntil: storedAt + Math.round(length) };
  } finally {
    abort.abort();
  }
}
