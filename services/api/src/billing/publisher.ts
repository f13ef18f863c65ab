/**
 * Sends what stands in `event_outbox` to JetStream, at least once. A row is marked when the stream has acknowledged it and not before, so
 * a NATS that is down, hangs, or forgets leaves the row for the next round. Replicas do not get into each other's way (SKIP LOCKED); a second
 * publish carries the same message id, and the consumer keeps ids for good.
 */
import { before } from '@launchgate/service-common/deadline';
import type { Database } from '../stores/database.ts';

export const PUBLISHER_SQL = {
  claim: `SELECT id, subject, payload, request_id, traceparent, tracestate FROM event_outbox
WHERE published_at IS NULL ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED`,
  done: 'UPDATE event_outbox SET published_at = now() WHERE id = ANY($1::uuid[])',
  backlog: `SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
FROM (SELECT created_at FROM event_outbox WHERE published_at IS NULL ORDER BY seq LIMIT 10000) AS unpublished`,
} as const;

export interface OutboxRow {
  readonly id: string;
  readonly subject: string;
  readonly payload: unknown;
  readonly request_id: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export interface PublisherOptions {
  readonly db: Database;
  /** Resolves once the stream has stored the message; rejects or is given up after `publishMs`. */
  readonly publish: (row: OutboxRow) => Promise<void>;
  readonly batch?: number;
  /** Milliseconds between rounds when nobody calls `nudge`. */
  readonly everyMs?: number;
  readonly publishMs?: number;
  /** Longest pause after rounds that failed. */
  readonly maxBackoffMs?: number;
  readonly onRound?: (published: number, failed: number) => void;
  readonly onError?: (error: unknown) => void;
}

export interface Publisher {
  nudge(): void;
  /** One round; answers how many were published. */
  round(): Promise<{ published: number; failed: number }>;
  start(): void;
  /** Ends after the round that is under way. */
  stop(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const {
    db,
    publish,
    batch = 100,
    everyMs = 2000,
    publishMs = 2000,
    maxBackoffMs = 15_000,
    onRound,
    onError,
  } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let failures = 0;
  let stopped = true;

  async function round(): Promise<{ published: number; failed: number }> {
    const result = await db.transaction(async (tx) => {
      const { rows } = await tx.query<OutboxRow>(PUBLISHER_SQL.claim, [batch]);
      const late = () => new Error(`not acknowledged within ${publishMs} ms`);
      const outcomes = await Promise.allSettled(rows.map((row) => before(publishMs, publish(row), late)));
      const done = rows.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ id }) => id);
      if (done.length > 0) await tx.query(PUBLISHER_SQL.done, [done]);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      if (refused !== undefined) onError?.(refused.reason);
      return { published: done.length, failed: rows.length - done.length };
    });
    onRound?.(result.published, result.failed);
    return result;
  }

  /** Goes on while there is more to send. */
  async function rounds(): Promise<void> {
    again = false;
    try {
      const { published, failed } = await round();
      failures = failed > 0 ? failures + 1 : 0;
      again ||= failed === 0 && published === batch;
    } catch (error) {
      failures += 1;
      onError?.(error);
    }
    if (again && failures === 0 && !stopped) await rounds();
  }

  function schedule(delay: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(run, delay);
  }

  function run(): void {
    if (running !== undefined) return;
    running = rounds().finally(() => {
      running = undefined;
      const backoff = Math.min(maxBackoffMs, everyMs * 2 ** Math.min(failures, 10));
      schedule(failures === 0 ? (again ? 0 : everyMs) : backoff * (0.5 + Math.random() / 2));
    });
  }

  return {
    round,
    nudge() {
      again = true;
      // While NATS is away every request would otherwise begin a round of its own.
      if (running === undefined && failures === 0 && !stopped) schedule(0);
    },
    start() {
      stopped = false;
      schedule(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
