/**
 * Where sessions are, for all gateways: `session:<id>` says whose it is, on which node, which pod shows it, and carries the fence that only rises;
 * `session:user:<user>` counts a user's sessions over all pods; `session::all` lists all that may be alive. A session id has no colon, so none of
 * them can meet.
 *
 * Nobody tells a gateway of a shell that ends while no browser shows it. So a session counts against its user's cap for a time only, which the gateway
 * that shows it renews: once its tab is closed, as long as nodes keep a shell that nobody looks at.
 */
import { withDeadline } from './deadline.ts';
import { readRecord, writeRecord, type SessionRecord } from './session-record.ts';
import type { TicketClaims } from './tickets.ts';

/** Redis as far as the directory needs it (ioredis). */
export interface DirectoryStore {
  multi(): DirectoryTransaction;
  hgetall(key: string): Promise<Record<string, string>>;
}
interface DirectoryTransaction {
  hgetall(key: string): this;
  hincrby(key: string, field: string, by: number): this;
  hset(key: string, fields: Record<string, string | number>): this;
  pexpire(key: string, ms: number): this;
  del(key: string): this;
  zremrangebyscore(key: string, min: number, max: number): this;
  zadd(key: string, score: number, member: string): this;
  zadd(key: string, mode: 'GT' | 'XX', score: number, member: string): this;
  zrange(key: string, start: number, stop: string): this;
  zrem(key: string, member: string): this;
  zcard(key: string): this;
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

export type Claim = { readonly fence: number; readonly known: boolean } | { readonly refused: 'cap' | 'denied' };

export interface Directory {
  /**
   * Raises the fence of a session for a new connection, and records it before its node is asked: a shell may come to be that nobody hears of any
   * more, and is to be found then. Rejects when Redis does not answer in time.
   */
  claim(record: SessionRecord): Promise<Claim>;
  /**
   * A node refused the fence `given` that `claim` had answered, since it knows `seen`. True where Redis had forgotten that one, as after a failover that
   * lost writes: the next claim is above it. False where a newer connection has it.
   */
  raise(session: string, given: number, seen: number): Promise<boolean>;
  /**
   * The session is open here, under this fence. Recorded again where its record has gone since `claim`: an operator's kill found no shell yet, or Redis has
   * forgotten it. Nobody would else find the shell to end it.
   */
  opened(record: SessionRecord, fence: number): Promise<void>;
  /** How often `renew` has to be called, milliseconds. */
  readonly renewEvery: number;
  /** These are still shown here: they go on to count. */
  renew(shown: readonly Pick<TicketClaims, 'ses' | 'sub'>[]): Promise<void>;
  find(session: string): Promise<SessionRecord | undefined>;
  /** All that may be alive, some at a time. */
  all(): AsyncIterable<SessionRecord[]>;
  /** The shell has ended, or never began. */
  remove(session: string, user: string): Promise<void>;
}

export interface DirectoryOptions {
  readonly store: DirectoryStore;
  readonly sessionsPerUser: number;
  /** Longest life of a session, milliseconds. */
  readonly absolute: number;
  /** How long nodes keep a shell that nobody looks at, milliseconds. */
  readonly detached: number;
  /** How long Redis may take, milliseconds. */
  readonly deadline: number;
}

const ALL = 'session::all';
/** Field of a session's hash: 1 once a node has answered for it, 0 while it is claimed only. */
const OPEN = 'open';
/** A claim that is not followed by a session is forgotten after this, milliseconds. */
const PROVISIONAL = 60_000;
const RENEWAL = 60_000;
const MARGIN = 600_000;
/** Records that are read at once. */
const BATCH = 200;

export function createDirectory(options: DirectoryOptions): Directory {
  const { store, sessionsPerUser, absolute, detached, deadline } = options;
  const renewEvery = Math.min(RENEWAL, detached);
  const sessionKey = (session: string) => `session:${session}`;
  const userKey = (user: string) => `session:user:${user}`;
  /** Until when a session counts that is shown now. One renewal may fail. */
  const counted = () => Date.now() + detached + 2 * renewEvery;

  async function run(transaction: DirectoryTransaction): Promise<unknown[]> {
    const results = await withDeadline(transaction.exec(), deadline);
    if (results === null) throw new Error('the transaction was discarded');
    return results.map(([error, result]) => {
      if (error !== null) throw error;
      return result;
    });
  }

  async function claim(record: SessionRecord): Promise<Claim> {
    const { session, node, bearer } = record;
    const user = bearer.sub;
    const now = Date.now();
    const results = await run(
      store
        .multi()
        .hgetall(sessionKey(session))
        .hincrby(sessionKey(session), 'fence', 1)
        .pexpire(sessionKey(session), absolute + MARGIN)
        .zremrangebyscore(userKey(user), 0, now)
        .zadd(userKey(user), 'GT', now + PROVISIONAL, session)
        .zcard(userKey(user))
        .pexpire(userKey(user), absolute + MARGIN),
    );
    const before = results[0] as Record<string, string>;
    const isNew = results[4] === 1;
    const denied = before['user'] !== undefined && (before['user'] !== user || before['node'] !== node);
    const full = isNew && Number(results[5]) > sessionsPerUser;
    if (denied || full) {
      if (isNew) await run(store.multi().zrem(userKey(user), session));
      return { refused: denied ? 'denied' : 'cap' };
    }
    const known = before['user'] !== undefined && before[OPEN] !== '0';
    await run(
      store
        .multi()
        .hset(sessionKey(session), { ...writeRecord(record), [OPEN]: known ? 1 : 0 })
        .zadd(ALL, 'GT', counted(), session)
        .pexpire(ALL, absolute + MARGIN),
    );
    return { fence: Number(results[1]), known };
  }

  async function raise(session: string, given: number, seen: number): Promise<boolean> {
    // The same one twice is what only a store that has forgotten gives out.
    if (seen <= given) return true;
    const [now] = await run(
      store
        .multi()
        .hincrby(sessionKey(session), 'fence', seen - given)
        .pexpire(sessionKey(session), absolute + MARGIN),
    );
    return Number(now) - (seen - given) < seen;
  }

  async function* all(): AsyncGenerator<SessionRecord[]> {
    const results = await run(store.multi().zremrangebyscore(ALL, 0, Date.now()).zrange(ALL, 0, '-1'));
    const sessions = results[1] as string[];
    for (let at = 0; at < sessions.length; at += BATCH) {
      const some = sessions.slice(at, at + BATCH);
      const hashes = await run(some.reduce((reads, session) => reads.hgetall(sessionKey(session)), store.multi()));
      yield some.flatMap((session, index) => readRecord(session, hashes[index]) ?? []);
    }
  }

  return {
    claim,
    raise,
    renewEvery,
    all,
    async opened(record, fence) {
      const { session, bearer } = record;
      const [before] = await run(
        store
          .multi()
          .hgetall(sessionKey(session))
          .hset(sessionKey(session), { [OPEN]: 1 })
          .pexpire(sessionKey(session), absolute + MARGIN)
          .zadd(userKey(bearer.sub), counted(), session)
          .zadd(ALL, Date.now() + absolute, session)
          .pexpire(ALL, absolute + MARGIN),
      );
      if (readRecord(session, before) !== undefined) return;
      await run(store.multi().hset(sessionKey(session), { ...writeRecord(record), fence }));
    },
    async renew(shown) {
      if (shown.length === 0) return;
      const [until, end] = [counted(), Date.now() + absolute];
      // Only those that are there: what has ended was removed, and is perhaps shown for a moment yet. One whose opening could not be noted is noted here.
      await run(
        shown.reduce(
          (writes, { ses, sub }) => writes.zadd(userKey(sub), 'XX', until, ses).zadd(ALL, 'XX', end, ses),
          store.multi(),
        ),
      );
    },
    async find(session) {
      return readRecord(session, await withDeadline(store.hgetall(sessionKey(session)), deadline));
    },
    async remove(session, user) {
      await run(store.multi().del(sessionKey(session)).zrem(userKey(user), session).zrem(ALL, session));
    },
  };
}
