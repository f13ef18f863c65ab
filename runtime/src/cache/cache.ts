import { randomUUID } from 'node:crypto';
import { pause } from '../shared/pause.ts';
import { parseEntry, serialise, type Entry } from './entry.ts';
import { GuardedRedis, RedisLeftAlone } from './guarded-redis.ts';
import { demandKey } from './keys.ts';
import { demandTimes } from './limits.ts';
import { loadOnce, type Loaded } from './load.ts';
import { COOL_DOWN, STORE, TAKE_LEASE } from './scripts.ts';
import { statusOf } from './status.ts';
import { CacheUnavailable, type Cache, type CacheOptions, type Cached, type CacheResult, type Load } from './types.ts';

const POLL_MS = 25;
const COOL_DOWN_MS = 5000;
const NEVER = new AbortController().signal;

/**
 * Stale-while-revalidate in Redis, shared by the pods. One GET answers a request whose value is known, fresh or stale; a stale one is refreshed behind
 * its back by one process at a time. Redis being away or hanging costs a request one deadline, then nothing.
 */
export function createCache(options: CacheOptions): Cache {
  const cache = new StaleCache(options);
  return {
    get: (key, load, more = {}) => cache.get(key, load, more.fallback),
    invalidate: (key) => cache.invalidate(key),
    settled: () => cache.settled(),
  };
}

class StaleCache {
  readonly #options: CacheOptions;
  readonly #redis: GuardedRedis;
  readonly #prefix: string;
  readonly #loading = new Map<string, Promise<Loaded>>();
  readonly #background = new Set<Promise<unknown>>();

  constructor(options: CacheOptions) {
    demandTimes(options);
    this.#options = options;
    this.#redis = new GuardedRedis(options.redis, options.deadlineMs ?? 50);
    this.#prefix = options.prefix ?? 'cache:';
  }

  async get<T>(key: string, load: Load<T>, fallback: (() => T) | undefined): Promise<Cached<T>> {
    const name = this.#nameOf(key);
    const known = await this.#read(name);
    if (known === 'unreadable')
      return this.#answer(
        'bypass',
        key,
        this.#once(name, () => loadOnce(load, this.#options)),
        fallback,
      );
    const now = this.#now();
    if (known !== undefined && now < known.staleUntil) {
      const fresh = now < known.freshUntil;
      if (!fresh) this.#inBackground(() => this.#refresh(name, known, load));
      return this.#cached<T>(fresh ? 'hit' : 'stale', { value: known.v, ...known });
    }
    return this.#answer(
      'miss',
      key,
      this.#once(name, () => this.#fill(name, known, load)),
      fallback,
    );
  }

  async invalidate(key: string): Promise<void> {
    const name = this.#nameOf(key);
    // Whoever asks from here on waits for no load that began before.
    this.#loading.delete(name);
    await this.#redis.del(name, leaseOf(name));
  }

  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled(this.#background);
  }

  async #answer<T>(
    result: CacheResult,
    key: string,
    loading: Promise<Loaded>,
    fallback: (() => T) | undefined,
  ): Promise<Cached<T>> {
    try {
      return this.#cached<T>(result, await loading);
    } catch (error) {
      if (fallback === undefined) throw new CacheUnavailable(key, error);
      const now = this.#now();
      return this.#cached<T>('fallback', { value: fallback(), storedAt: now, freshUntil: now });
    }
  }

  #cached<T>(result: CacheResult, { value, storedAt, freshUntil }: Loaded): Cached<T> {
    this.#options.count?.(result);
    const now = this.#now();
    const ageSeconds = Math.max(0, Math.floor((now - storedAt) / 1000));
    const headers = {
      age: String(ageSeconds),
      'cache-status': statusOf(result, Math.floor((freshUntil - now) / 1000)),
    };
    return { value: value as T | undefined, result, ageSeconds, headers };
  }

  async #read(name: string): Promise<Entry | undefined | 'unreadable'> {
    try {
      return parseEntry(await this.#redis.get(name), this.#options);
    } catch (error) {
      if (!(error instanceof RedisLeftAlone)) this.#warn('cache not read', error);
      return 'unreadable';
    }
  }

  /** Requests of this process for one value wait for one load. */
  #once(name: string, work: () => Promise<Loaded>): Promise<Loaded> {
    const present = this.#loading.get(name);
    if (present !== undefined) return present;
    const loading = work().finally(() => {
      if (this.#loading.get(name) === loading) this.#loading.delete(name);
    });
    this.#loading.set(name, loading);
    return loading;
  }

  /** A miss: one process of all loads, the others look for a moment whether it has; nobody waits for longer. */
  async #fill<T>(name: string, old: Entry | undefined, load: Load<T>): Promise<Loaded> {
    const token = randomUUID();
    const taken = await this.#take(name, token, old);
    if (typeof taken === 'object') return taken;
    if (taken === 'held') {
      const other = await this.#awaitOther(name);
      return other ?? loadOnce(load, this.#options);
    }
    return taken === 'taken' ? this.#loadLeased(name, token, old, load, 1) : loadOnce(load, this.#options);
  }

  /** Behind the back of whoever got the stale value. A load that fails keeps the lease for a pause: the value stays stale. */
  async #refresh<T>(name: string, old: Entry, load: Load<T>): Promise<void> {
    if (this.#loading.has(name)) return;
    const token = randomUUID();
    const refreshed = this.#once(name, async () => {
      if ((await this.#take(name, token, old)) !== 'taken') return { value: old.v, ...old };
      return this.#loadLeased(name, token, old, load, Math.min(COOL_DOWN_MS, this.#options.freshMs));
    });
    await refreshed.catch((error: unknown) => this.#warn('stale value not refreshed', error));
  }

  /** What was loaded is kept behind the back of whoever waits for it: they have their answer, whatever Redis says. */
  async #loadLeased<T>(
    name: string,
    token: string,
    old: Entry | undefined,
    load: Load<T>,
    pauseMs: number,
  ): Promise<Loaded> {
    try {
      const loaded = await loadOnce(load, this.#options);
      this.#inBackground(() => this.#store(name, token, old, loaded));
      return loaded;
    } catch (error) {
      this.#inBackground(() => this.#keepLease(name, token, pauseMs));
      throw error;
    }
  }

  async #keepLease(name: string, token: string, ms: number): Promise<void> {
    await this.#redis.eval(COOL_DOWN, [leaseOf(name)], [token, Math.ceil(ms)]);
  }

  async #take(name: string, token: string, old: Entry | undefined): Promise<'taken' | 'held' | 'unknown' | Loaded> {
    const leaseMs = Math.ceil((this.#options.loadTimeoutMs ?? 5000) + 4 * (this.#options.deadlineMs ?? 50));
    try {
      const answer = await this.#redis.eval(TAKE_LEASE, [name, leaseOf(name)], [token, leaseMs, old?.ver ?? 0]);
      const newer = typeof answer === 'string' ? parseEntry(answer, this.#options) : undefined;
      return newer === undefined ? (answer === 1 ? 'taken' : 'held') : { value: newer.v, ...newer };
    } catch (error) {
      // A Redis that reads and does not write (full, or a replica) leaves values stale: somebody has to hear of it.
      if (!(error instanceof RedisLeftAlone)) this.#warn('cache not written', error);
      return 'unknown';
    }
  }

  async #awaitOther(name: string): Promise<Loaded | undefined> {
    const until = performance.now() + (this.#options.waitMs ?? 500);
    while (performance.now() < until) {
      await pause(POLL_MS, NEVER);
      const entry = await this.#read(name);
      if (entry === 'unreadable') return undefined;
      if (entry !== undefined && this.#now() < entry.freshUntil) return { value: entry.v, ...entry };
    }
    return undefined;
  }

  async #store(
    name: string,
    token: string,
    old: Entry | undefined,
    { value, storedAt, freshUntil }: Loaded,
  ): Promise<void> {
    const { staleMs, maxBytes = 1_048_576 } = this.#options;
    const staleUntil = value === undefined ? freshUntil : storedAt + staleMs;
    const ver = Math.max(storedAt, (old?.ver ?? 0) + 1);
    let text: string;
    try {
      text = serialise({ v: value, storedAt, freshUntil, staleUntil, ver }, maxBytes);
    } catch (error) {
      this.#warn('value not kept', error);
      return this.#keepLease(name, token, 1);
    }
    const left = Math.max(1, Math.ceil(staleUntil - this.#now()));
    await this.#redis.eval(STORE, [name, leaseOf(name)], [token, text, left, ver]);
  }

  #inBackground(work: () => Promise<unknown>): void {
    const running = work()
      .catch((error: unknown) => this.#warn('cache not written', error))
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  #warn(message: string, error: unknown): void {
    this.#options.log?.warn({ err: error instanceof Error ? error.message : String(error) }, message);
  }

  #nameOf(key: string): string {
    demandKey(key);
    return `${this.#prefix}{${key}}`;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function leaseOf(name: string): string {
  return `${name}:lease`;
}
