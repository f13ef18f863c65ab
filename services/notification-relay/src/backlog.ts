/** What the outbox holds and nobody has published: the only thing that tells of a relay that publishes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';

export const BACKLOG_SQL = `SELECT count(*) FILTER (WHERE NOT set_aside)::int AS waiting,
count(*) FILTER (WHERE set_aside)::int AS set_aside,
coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE NOT set_aside)), 0)::float8 AS oldest_seconds
FROM (SELECT created_at, next_attempt_at = 'infinity' AS set_aside FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 10000) AS unpublished`;

/** At most 10,000 rows are counted. */
export interface Backlog {
  readonly waiting: number;
  /** Not tried any more: they wait for people. */
  readonly set_aside: number;
  /** Of those that wait. */
  readonly oldest_seconds: number;
}

export interface WatchOptions {
  readonly read: () => Promise<Backlog | undefined>;
  readonly onRead: (backlog: Backlog) => void;
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Resolves once the signal has come. */
export async function watchBacklog({ read, onRead, onFailure, everyMs, signal }: WatchOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      const backlog = await read();
      if (backlog !== undefined) onRead(backlog);
    } catch (error) {
      onFailure(error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
