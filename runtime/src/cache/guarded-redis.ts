import { within } from '../shared/within.ts';
import type { CacheRedis } from './types.ts';

/** So many commands in a row without an answer, and Redis is left alone for a while. */
const TRIPS_AFTER = 5;
const LEFT_ALONE_MS = 1000;

/** Redis was not asked, because it has not been answering. */
export class RedisLeftAlone extends Error {
  constructor() {
    super('the cache is left alone for a moment, since it did not answer');
    this.name = 'RedisLeftAlone';
  }
}

/**
 * Redis behind a deadline per command, and a breaker: a server that hangs must delay nobody, and must not collect a queue of commands
 * in the client that nobody waits for any more.
 */
export class GuardedRedis {
  readonly #redis: CacheRedis;
  readonly #deadlineMs: number;
  #failures = 0;
  #closedUntil = 0;

  constructor(redis: CacheRedis, deadlineMs: number) {
    this.#redis = redis;
    this.#deadlineMs = deadlineMs;
  }

  /** Null for what is no text as well: it is no entry, and is to be written over. */
  get(key: string): Promise<string | null> {
    return this.#ask('GET', () => this.#redis.get(key).catch(nullIfNoText));
  }

  eval(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#ask('EVAL', () => this.#redis.eval(script, keys.length, ...keys, ...args));
  }

  async del(...keys: string[]): Promise<void> {
    await this.#ask('DEL', () => this.#redis.del(...keys));
  }

  async #ask<T>(what: string, command: () => Promise<T>): Promise<T> {
    const now = performance.now();
    if (now < this.#closedUntil) throw new RedisLeftAlone();
    if (this.#failures >= TRIPS_AFTER) this.#closedUntil = now + LEFT_ALONE_MS;
    try {
      const answer = await within(`${what} of the cache`, this.#deadlineMs, command());
      this.#failures = 0;
      this.#closedUntil = 0;
      return answer;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures >= TRIPS_AFTER) this.#closedUntil = performance.now() + LEFT_ALONE_MS;
      throw error;
    }
  }
}

function nullIfNoText(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}
