/**
 * Which rows one relay may publish now: the oldest that are due, and of each user only a run that begins with that user's first. So several relays
 * share the work, and a user hears in order. A user belongs to one relay at a time, by a lock of the transaction on their id.
 */
import type { OutboxRow, Queryable } from './relay.ts';

export const CLAIM_SQL = {
  due: `SELECT *, pg_try_advisory_xact_lock(hashtextextended(user_id, 0)) AS own FROM (
  SELECT id, seq, user_id, type, data, request_id, traceparent, tracestate, created_at FROM outbox
  WHERE published_at IS NULL AND next_attempt_at <= now() AND user_id NOT IN (
    SELECT user_id FROM outbox
    WHERE published_at IS NULL AND attempts > 0 AND next_attempt_at > now() AND next_attempt_at < 'infinity')
  ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED) AS due ORDER BY seq`,
  ahead: `SELECT DISTINCT user_id FROM outbox JOIN unnest($1::text[], $2::bigint[]) AS last (user_id, until) USING (user_id)
WHERE published_at IS NULL AND next_attempt_at < 'infinity' AND seq < until AND seq < $3 AND NOT id = ANY($4)`,
} as const;

export interface Claimed {
  /** To be published in this order. */
  readonly rows: readonly OutboxRow[];
  /** So many were due and not taken by anybody, whoever may publish them. */
  readonly due: number;
}

interface DueRow extends OutboxRow {
  readonly seq: string;
  readonly own: boolean;
}

export async function claim(sql: Queryable, batch: number): Promise<Claimed> {
  const { rows: due } = await sql.query<DueRow>(CLAIM_SQL.due, [batch]);
  const own = due.filter((row) => row.own);
  const last = new Map(own.map(({ user_id, seq }) => [user_id, seq]));
  if (last.size === 0) return { rows: [], due: due.length };
  // Only what is read after the lock was had shows what the relay that had it before has left.
  const { rows: ahead } = await sql.query<{ user_id: string }>(CLAIM_SQL.ahead, [
    [...last.keys()],
    [...last.values()],
    own.at(-1)?.seq,
    own.map(({ id }) => id),
  ]);
  const behind = new Set(ahead.map(({ user_id }) => user_id));
  return { rows: own.filter(({ user_id }) => !behind.has(user_id)), due: due.length };
}
