/**
 * Where sessions are, for all gateways: `session:<id>` says whose it is, on which node, which pod shows it, and carries the fence that only rises;
 * `session:user:<user>` counts a user's sessions over all pods. A session id has no colon, so the two cannot meet.
 */
import { withDeadline } from './deadline.ts';

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
  zadd(key: string, mode: 'NX' | 'XX', score: number, member: string): this;
  zrem(key: string, member: string): this;
  zcard(key: string): this;
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

export interface SessionRecord {
  readonly user: string;
  readonly tenant?: string | undefined;
  readonly node: string;
  readonly nodeAddr: string;
  readonly pod: string;
}

export type Claim = { readonly fence: number; readonly known: boolean } | { readonly refused: 'cap' | 'denied' };

export interface Directory {
  /** Raises the fence of a session for a new connection. Rejects when Redis does not answer in time. */
  claim(session: string, user: string, node: string): Promise<Claim>;
  /** The session is open here. */
  record(session: string, record: SessionRecord): Promise<void>;
  find(session: string): Promise<SessionRecord | undefined>;
  /** The shell has ended, or never began. */
  remove(session: string, user: string): Promise<void>;
}

export interface DirectoryOptions {
  readonly store: DirectoryStore;
  readonly sessionsPerUser: number;
  /** Longest life of a session, milliseconds. */
  readonly absolute: number;
  /** How long Redis may take, milliseconds. */
  readonly deadline: number;
}

/** A claim that is not followed by a session is forgotten after this, milliseconds. */
const PROVISIONAL = 60_000;
const MARGIN = 600_000;

export function createDirectory({ store, sessionsPerUser, absolute, deadline }: DirectoryOptions): Directory {
  const sessionKey = (session: string) => `session:${session}`;
  const userKey = (user: string) => `session:user:${user}`;

  async function run(transaction: DirectoryTransaction): Promise<unknown[]> {
    const results = await withDeadline(transaction.exec(), deadline);
    if (results === null) throw new Error('the transaction was discarded');
    return results.map(([error, result]) => {
      if (error !== null) throw error;
      return result;
    });
  }

  async function claim(session: string, user: string, node: string): Promise<Claim> {
    const now = Date.now();
    const results = await run(
      store
        .multi()
        .hgetall(sessionKey(session))
        .hincrby(sessionKey(session), 'fence', 1)
        .pexpire(sessionKey(session), absolute + MARGIN)
        .zremrangebyscore(userKey(user), 0, now)
        .zadd(userKey(user), 'NX', now + PROVISIONAL, session)
        .zcard(userKey(user))
        .pexpire(userKey(user), absolute + MARGIN),
    );
    const before = results[0] as Record<string, string>;
    const isNew = results[4] === 1;
    const denied = before['user'] !== undefined && (before['user'] !== user || before['node'] !== node);
    const full = isNew && Number(results[5]) > sessionsPerUser;
    if (!denied && !full) return { fence: Number(results[1]), known: before['user'] !== undefined };
    if (isNew) await run(store.multi().zrem(userKey(user), session));
    return { refused: denied ? 'denied' : 'cap' };
  }

  return {
    claim,
    async record(session, { tenant = '', ...record }) {
      await run(
        store
          .multi()
          .hset(sessionKey(session), { ...record, tenant })
          .zadd(userKey(record.user), 'XX', Date.now() + absolute, session),
      );
    },
    async find(session) {
      const { user, node, nodeAddr, pod, tenant } = await withDeadline(store.hgetall(sessionKey(session)), deadline);
      if (user === undefined || node === undefined || nodeAddr === undefined || pod === undefined) return undefined;
      return { user, node, nodeAddr, pod, tenant: tenant === '' ? undefined : tenant };
    },
    async remove(session, user) {
      await run(store.multi().del(sessionKey(session)).zrem(userKey(user), session));
    },
  };
}
