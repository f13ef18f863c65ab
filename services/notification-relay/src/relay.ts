/**
 * Publishes what stands in the outbox, oldest first, and marks it published in the transaction that claimed it. A crash between the two
 * publishes again: consumers know a message by its id. Two relays claim the rows of different users, so neither waits for the other.
 */
import { claim } from './claim.ts';
import { isAnswer, NoMessage, note, type Noted, type Refused } from './refused.ts';

export const RELAY_SQL = {
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
  /** What could not be published, and is not the fault of Redis. */
  readonly refused: readonly Noted[];
  /** True when there may be more at once. */
  readonly more: boolean;
  /** True when there is something that another relay has to be waited for. */
  readonly contended: boolean;
}

/** One batch. Rejects when the outbox or Redis cannot be had; what was published before that is marked. */
export async function relayBatch(outbox: Outbox, redis: Publisher, options: RelayOptions): Promise<Relayed> {
  const connection = await outbox.connect();
  let broken = true;
  try {
    await connection.query('BEGIN');
    const { rows, due } = await claim(connection, options.batch);
    const { published, refused, failure } = await publishAll(rows, redis, options);
    await mark(
      connection,
      published.map(({ row }) => row.id),
    );
    const noted = await note(connection, refused);
    await connection.query('COMMIT');
    broken = false;
    if (failure !== undefined) throw failure;
    const more = due === options.batch && published.length > 0;
    return { published, refused: noted, more, contended: rows.length < due };
  } finally {
    // An open transaction ends with its connection, and its rows are free again.
    connection.release(broken);
  }
}

interface Outcome {
  readonly published: { row: OutboxRow; receivers: number }[];
  readonly refused: readonly Refused[];
  readonly failure?: Error;
}

/**
 * Of a user no row after one that failed. An error that Redis answers with is held against the row only if Redis has taken another one after it: one
 * that takes none is itself what is wrong.
 */
async function publishAll(rows: readonly OutboxRow[], redis: Publisher, options: RelayOptions): Promise<Outcome> {
  const published: Outcome['published'] = [];
  const failed: Refused[] = [];
  const held = new Set<string>();
  let proven = 0;
  const theirs = () => failed.filter(({ error }, index) => error instanceof NoMessage || index < proven);
  for (const row of rows) {
    if (held.has(row.user_id)) continue;
    try {
      published.push({ row, receivers: await publishOne(row, redis, options) });
      proven = failed.length;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!(error instanceof NoMessage) && !isAnswer(error)) return { published, refused: theirs(), failure: error };
      failed.push({ row, error });
      held.add(row.user_id);
    }
  }
  const refused = theirs();
  const unexplained = failed.find((each) => !refused.includes(each));
  return { published, refused, ...(unexplained === undefined ? {} : { failure: unexplained.error }) };
}

function publishOne(row: OutboxRow, redis: Publisher, { channelPrefix, send }: RelayOptions): Promise<number> {
  return send(row, async (trace) => redis.publish(channelPrefix + row.user_id, messageOf(row, trace)));
}

async function mark(sql: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(RELAY_SQL.mark, [ids]);
}

function messageOf(row: OutboxRow, trace?: Trace): string {
  try {
    return JSON.stringify(notification(row, trace));
  } catch (error) {
    throw new NoMessage(`no message can be made of it: ${error instanceof Error ? error.message : String(error)}`);
  }
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
