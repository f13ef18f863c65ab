/** A PostgreSQL pool that follows its password: the new one is probed on a pool of its own, then that pool serves, and the old one drains. */
import { setTimeout as sleep } from 'node:timers/promises';
import { heard } from '../shared/heard.ts';
import { within } from '../shared/within.ts';
import { followSecret, type RotationOptions } from './rotation.ts';
import type { Secret } from './secret.ts';

/** What is needed of a connection of `pg.Pool`. */
export interface PooledConnection {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is needed of `pg.Pool`. */
export interface PoolLike {
  query(...args: never[]): unknown;
  connect(...args: never[]): unknown;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Told of each new connection. */
  on(event: 'connect', listener: (connection: PooledConnection) => void): unknown;
  readonly waitingCount: number;
}

export interface PoolRotation<P extends PoolLike> extends RotationOptions {
  /** A new pool with this secret; see `loginOf` for secrets that name their user. */
  readonly create: (secret: Secret) => P;
  /** Rejects if the pool does not work. Default: `select 1`. */
  readonly probe?: (pool: P) => Promise<unknown>;
}

export interface RotatingPool<P extends PoolLike> {
  /** The pool of now; do not keep it. */
  readonly pool: P;
  readonly query: P['query'];
  readonly connect: P['connect'];
  /** Ends all pools once what runs on them has ended. */
  end(): Promise<void>;
}

/** Rejects if the first pool fails its probe, unless it is taken untried. */
export async function rotatingPool<P extends PoolLike>(options: PoolRotation<P>): Promise<RotatingPool<P>> {
  const { create, probeTimeoutMs = 5000 } = options;
  const probe = options.probe ?? ((pool: P) => (pool.query as (sql: string) => Promise<unknown>)('select 1'));
  const retiring = new Set<Promise<void>>();
  const first = options.secret.current;
  let pool = options.startUntried === true ? opened(first) : await probed(first);

  function opened(secret: Secret): P {
    const next = create(secret);
    // An idle connection that dies is not news: the pool makes another.
    next.on('error', () => undefined);
    next.on('connect', (connection) => void heard(connection));
    return next;
  }
  async function probed(secret: Secret): Promise<P> {
    const next = opened(secret);
    try {
      await within('the probe', probeTimeoutMs, Promise.resolve(probe(next)));
      return next;
    } catch (error) {
      next.end().catch(() => undefined);
      throw error;
    }
  }
  const stop = followSecret(options, first, async (secret) => {
    const old = pool;
    pool = await probed(secret);
    const retired = drained(old).finally(() => retiring.delete(retired));
    retiring.add(retired);
  });
  return {
    get pool() {
      return pool;
    },
    get query() {
      return pool.query.bind(pool) as P['query'];
    },
    get connect() {
      return pool.connect.bind(pool) as P['connect'];
    },
    async end() {
      await stop();
      await Promise.all([...retiring, drained(pool)]);
    },
  };
}

/** `pg.Pool.end` forgets those who wait for a connection, so these are served first; it waits for those who have one. */
async function drained(pool: PoolLike): Promise<void> {
  while (pool.waitingCount > 0) await sleep(10);
  await pool.end();
}

/**
 * The login of a secret: `{"username": …, "password": …}`, as secret stores write it, or the password alone with `user`. With two
 * login roles for one group role, the secret says which of them is in use.
 */
export function loginOf(secret: Secret, user: string): { readonly user: string; readonly password: string } {
  const text = secret.reveal();
  if (!text.startsWith('{')) return { user, password: text };
  try {
    const { username, password } = JSON.parse(text) as { username?: unknown; password?: unknown };
    if (typeof username === 'string' && typeof password === 'string') return { user: username, password };
  } catch {
    // A password may begin with a brace.
  }
  return { user, password: text };
}
