/**
 * Publishes what stands in the outbox, oldest first, and marks it published in the transaction that claimed it. A crash between the two
 * publishes again: consumers know a message by its id. Two relays claim different rows, so neither waits for the other.
 */
export const RELAY_SQL = {
  claim: `SELECT id, user_id, type, data, request_id, traceparent, tracestate, created_at FROM outbox
     WHERE published_at IS NULL AND next_attempt_at <= now() ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED`,
  mark: 'UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id = ANY($1)',
} as const;

export interface Queryable {
  query<R>(text: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number | null }>;
}

export interface Connection extends Queryable {
  release(error?: boolean): void;
}

export interface Outbox {
  connect(): Promise<Connection>;
}

export interface Publisher {
  /** Answers how many subscribers received it. Rejects when Redis does not answer in time. */
  publish(channel: string, message: string): Promise<number>;
}

/** What a subscriber gets; the ids let it go on with the trace. */
export interface Notification {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly at: string;
  readonly requestId: string | null;
  readonly traceparent: string | null;
  readonly tracestate?: string;
}

export interface OutboxRow {
  readonly id: string;
  readonly user_id: string;
  readonly type: string;
  readonly data: unknown;
  readonly request_id: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly created_at: Date;
}

export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Answers how many subscribers received it. */
export type Publish = (trace?: Trace) => Promise<number>;

export interface RelayOptions {
  readonly channelPrefix: string;
  readonly batch: number;
  /** Sends one row within its own trace; the message carries the ids that `publish` is given, or else those of the row. */
  readonly send: (row: OutboxRow, publish: Publish) => Promise<number>;
}

export interface Relayed {
  readonly published: readonly { readonly row: OutboxRow; readonly receivers: number }[];
  /** True when there may be more at once. */
  readonly more: boolean;
}

/** One batch. Rejects when the outbox or Redis cannot be had; what was published before that is marked. */
export async function relayBatch(outbox: Outbox, redis: Publisher, options: RelayOptions): Promise<Relayed> {
  const connection = await outbox.connect();
  let broken = true;
  try {
    await connection.query('BEGIN');
    const rows = await claim(connection, options.batch);
    const { published, failure } = await publishAll(rows, redis, options);
    await mark(
      connection,
      published.map(({ row }) => row.id),
    );
    await connection.query('COMMIT');
    broken = false;
    if (failure !== undefined) throw failure;
    return { published, more: rows.length === options.batch };
  } finally {
    // An open transaction ends with its connection, and its rows are free again.
    connection.release(broken);
  }
}

async function claim(sql: Queryable, batch: number): Promise<OutboxRow[]> {
  const { rows } = await sql.query<OutboxRow>(RELAY_SQL.claim, [batch]);
  return rows;
}

async function publishAll(rows: readonly OutboxRow[], redis: Publisher, { channelPrefix, send }: RelayOptions) {
  const published: { row: OutboxRow; receivers: number }[] = [];
  for (const row of rows) {
    try {
      const receivers = await send(row, (trace) =>
        redis.publish(channelPrefix + row.user_id, JSON.stringify(notification(row, trace))),
      );
      published.push({ row, receivers });
    } catch (error) {
      return { published, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }
  return { published };
}

async function mark(sql: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(RELAY_SQL.mark, [ids]);
}

function notification(row: OutboxRow, trace?: Trace): Notification {
  const tracestate = trace === undefined ? row.tracestate : trace.tracestate;
  return {
    id: row.id,
    type: row.type,
    data: row.data,
    at: row.created_at.toISOString(),
    requestId: row.request_id,
    traceparent: trace?.traceparent ?? row.traceparent,
    ...(tracestate === undefined || tracestate === null ? {} : { tracestate }),
  };
}
