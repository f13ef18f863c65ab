/**
 * What a client missed, from the outbox itself, so that it does not matter which replica it comes back to. Best effort: at most a hundred,
 * at most a day old, as long as retention kept the one it names. Some may come twice, none in between is left out.
 */
import type { Queryable } from '../stores/database.ts';
import { one } from '../stores/database.ts';
import { GAP, type Frame } from './message.ts';

export const REPLAY_SQL = {
  anchor: `SELECT coalesce(published_at, created_at) AS at FROM outbox WHERE id = $1 AND user_id = $2 AND created_at > now() - interval '1 day'`,
  since: `SELECT id, type, data, created_at, request_id, traceparent FROM outbox
WHERE user_id = $1 AND id <> $2 AND (published_at >= $3 OR published_at IS NULL) ORDER BY published_at NULLS LAST, seq LIMIT 101`,
} as const;

const MAX = 100;

interface Row {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly created_at: Date;
  readonly request_id: string | null;
  readonly traceparent: string | null;
}

/** Frames to send before the live ones. A gap stands first when the last one seen is not known any more, and last when there were too many. */
export async function missedSince(db: Queryable, user: string, lastId: string): Promise<Frame[]> {
  const anchor = await one<{ at: Date }>(db, REPLAY_SQL.anchor, [lastId, user]);
  if (anchor === undefined) return [GAP];
  // Times of PostgreSQL are finer than a Date: begin at its millisecond.
  const { rows } = await db.query<Row>(REPLAY_SQL.since, [user, lastId, anchor.at]);
  const frames: Frame[] = rows.slice(0, MAX).map((row) => ({
    id: row.id,
    type: row.type,
    data: row.data,
    at: row.created_at.toISOString(),
    requestId: row.request_id,
    traceparent: row.traceparent,
  }));
  return rows.length > MAX ? [...frames, GAP] : frames;
}
