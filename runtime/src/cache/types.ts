/** What a look-up came to. `bypass`: Redis did not answer in time, or the request may not be cached, and the value was loaded directly. */
export type CacheResult = 'hit' | 'stale' | 'miss' | 'bypass' | 'fallback';

/** The part of an ioredis client that is used. Give it `maxRetriesPerRequest` and `commandTimeout` of its own all the same. */
export interface CacheRedis {
  get(key: string): Promise<string | null>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  del(...keys: string[]): Promise<unknown>;
}

export interface CacheLog {
  warn(fields: object, message: string): void;
}

export interface CacheOptions {
  readonly redis: CacheRedis;
  /** Default `cache:`. */
  readonly prefix?: string;
  /** How long in ms a value is served without asking again. */
  readonly freshMs: number;
  /** How long in ms, from the same moment, it may still be served while it is asked again or cannot be. Longer than `freshMs`. */
  readonly staleMs: number;
  /** How long in ms "there is none" is remembered. Default: a tenth of `freshMs`. */
  readonly negativeMs?: number;
  /** How long a Redis command may take, in ms. Default: 50. A request waits for at most three of them, and after some failures for none. */
  readonly deadlineMs?: number;
  /** How long a load may take, in ms. Default: 5000. */
  readonly loadTimeoutMs?: number;
  /** How long a miss waits for another process that is loading the same, in ms. Default: 500. */
  readonly waitMs?: number;
  /** Largest serialised value that is kept, in bytes. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** The share of `freshMs`, 0 to 1, by which freshness ends early at random, so that what came together does not end together. Default: 0.1. */
  readonly jitter?: number;
  /** `cache_requests_total{result}`. */
  readonly count?: (result: CacheResult) => void;
  readonly log?: CacheLog;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** Loads a value; undefined means that there is none, which is remembered too. Must end when the signal aborts. */
export type Load<T> = (context: { readonly signal: AbortSignal }) => Promise<T | undefined>;

export interface Cached<T> {
  readonly value: T | undefined;
  readonly result: CacheResult;
  readonly ageSeconds: number;
  /** `Age` (RFC 9111, 5.1) and `Cache-Status` (RFC 9211). */
  readonly headers: Readonly<Record<'age' | 'cache-status', string>>;
}

export interface Cache {
  /** Throws `CacheUnavailable` when nothing can be loaded, nothing stale may be served and there is no fallback. */
  get<T>(key: string, load: Load<T>, options?: { readonly fallback?: () => T }): Promise<Cached<T>>;
  /** Forgets a value, and what a refresh under way would write. Throws when Redis did not answer: then it may still be served. */
  invalidate(key: string): Promise<void>;
  /** Resolves once the refreshes in the background are done: for draining. */
  settled(): Promise<void>;
}

/** Nothing to answer with: the upstream failed, and nothing that may still be served is kept. */
export class CacheUnavailable extends Error {
  constructor(key: string, cause: unknown) {
    super(`no answer for ${key}: its source failed, and nothing stale is left`, { cause });
    this.name = 'CacheUnavailable';
  }
}
