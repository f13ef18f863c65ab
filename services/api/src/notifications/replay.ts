/**
 * What a client missed, from the outbox itself, so that it does not matter which replica it comes back to. At most a hundred at a time, at
 * most a day old, as long as retention kept the one it names. Some may come twice, none in between is left out.
 */
import type { Queryable } from '../stores/database.ts';
import { one } from '../stores/database.ts';
import { GAP, joined, type Frame } from './message.ts';

export const REPLAY_SQL = {
  anchor: `SELECT coalesce(published_at, created_at) AS at FROM outbox WHERE id = $1 AND user_id = $2 AND created_at > now() - interval '1 day'`,
  since: `SELECT id, type, data, created_at, request_id, traceparent FROM outbox
WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) AND (published_at >= $3 OR (published_at IS NULL AND next_attempt_at < 'infinity')) ORDER BY published_at NULLS LAST, seq LIMIT 101`,
} as const;

const MAX = 100;
/** Milliseconds. */
const OLDEST = 86_400_000;

interface Row {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly created_at: Date;
  readonly request_id: string | null;
  readonly traceparent: string | null;
}

/**
 * Frames to send before the live ones. Where the place the client stands at is not known any more, a gap comes first; where there is more than
 * fits, a gap comes last, and whoever comes back after the last one before it gets the rest.
 */
export async function missedSince(db: Queryable, user: string, after: string | undefined): Promise<Frame[]> {
  const here = joined();
  if (after === undefined) return [here];
  const id = after.includes('T') ? null : after;
  const at = id === null ? instant(after) : (await one<{ at: Date }>(db, REPLAY_SQL.anchor, [id, user]))?.at;
  if (at === undefined) return [GAP, here];
  // Times of PostgreSQL are finer than a Date: begin at its millisecond.
  const { rows } = await db.query<Row>(REPLAY_SQL.since, [user, id, at]);
  const frames = rows.slice(0, MAX).map(frameOf);
  return [...frames, rows.length > MAX ? GAP : here];
}

function instant(text: string): Date | undefined {
  const at = new Date(text);
  return at.getTime() > Date.now() - OLDEST ? at : undefined;
}

function frameOf(row: Row): Frame {
  return {
    id: row.id,
    type: row.type,
    data: row.data,
    at: row.created_at.toISOString(),
    requestId: row.request_id,
    traceparent: row.traceparent,
  };
}
