/**
 * Applies each event once. The row of an event and its effect are one transaction, so that neither exists without the other; of two
 * deliveries at the same time the second waits at the first one's row, and then sees what came of it.
 */
import { transaction, type Client, type Pool } from './database.ts';
import type { WebhookEvent } from './event.ts';

export type Source = 'push' | 'reconciliation';

/**
 * - `applied`: the effect is there now. `duplicate`: it was before.
 * - `superseded`: a newer event of the object was applied, and the handler wants the latest only.
 * - `ignored`: no handler. `failed`: the handler threw, and may be tried again. `dead`: it threw `maxAttempts` times.
 */
export type Outcome = 'applied' | 'duplicate' | 'superseded' | 'ignored' | 'failed' | 'dead';

export interface EffectContext {
  readonly source: Source;
  /**
   * An event of the same object and the same time was applied before: nobody can say which is newer. A handler that sets a state had
   * better fetch the object from the provider.
   */
  readonly tie: boolean;
}

export interface Handler {
  /**
   * `each`: every event has an effect of its own (a payment), in whatever order. `latest`: an event sets a state, and one that is
   * older than what was applied is not.
   */
  readonly order: 'each' | 'latest';
  /** The effect, by this client: it is in the transaction. Effects elsewhere (mail, calls) belong into an outbox. */
  apply(client: Client, event: WebhookEvent, context: EffectContext): Promise<void>;
}

export interface ReceiverOptions {
  readonly pool: Pool;
  /** By type of event. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Failures after which an event is dead, and is no longer asked for. 5. */
  readonly maxAttempts?: number;
  /** Applies every delivery, as if there were no kit: so that a drill can show what it is good for. */
  readonly off?: boolean;
  /** Told of every handler's error. */
  readonly onError?: (error: unknown, event: WebhookEvent) => void;
}

export interface Receiver {
  /** Never rejects because of a handler; rejects when the database cannot be reached. */
  receive(event: WebhookEvent, source?: Source): Promise<Outcome>;
  /**
   * Tries an event again that failed or is dead, from the body that was kept. `duplicate` where it is settled; undefined where no such event
   * was ever received.
   */
  retry(provider: string, id: string): Promise<Outcome | undefined>;
}

export function createReceiver({ pool, handlers, maxAttempts = 5, onError, off = false }: ReceiverOptions): Receiver {
  async function receive(event: WebhookEvent, source: Source = 'push', revive = false): Promise<Outcome> {
    try {
      return await transaction(pool, (client) => settle(client, event, source, revive));
    } catch (error) {
      if (!(error instanceof HandlerFailed)) throw error;
      onError?.(error.cause, event);
      return recordFailure(pool, event, source, error.cause, maxAttempts);
    }
  }

  async function settle(client: Client, event: WebhookEvent, source: Source, revive: boolean): Promise<Outcome> {
    const handler = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
    if (off) return handler === undefined ? 'ignored' : unguarded(client, handler, event, source);
    const before = await claim(client, event, source);
    if (before === 'dead' && !revive) return 'dead';
    if (before !== undefined && before !== 'failed' && before !== 'dead') return 'duplicate';
    if (handler === undefined) return conclude(client, event, 'ignored');
    const place = await advance(client, event);
    if (place === 'older' && handler.order === 'latest') return conclude(client, event, 'superseded');
    await client.query('SAVEPOINT before_handler');
    try {
      await handler.apply(client, event, { source, tie: place === 'tie' });
      // What is only found out at COMMIT, or after a statement that failed and was swallowed, is the handler's failure, too; and so is
      // a transaction that it has ended, also where it has begun another: there the savepoint is not known.
      await client.query('SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT before_handler');
    } catch (error) {
      throw new HandlerFailed(error);
    }
    return conclude(client, event, 'applied');
  }

  async function retry(provider: string, id: string): Promise<Outcome | undefined> {
    const found = await transaction(pool, (client) =>
      client.query('SELECT * FROM webhook_event WHERE provider = $1 AND event_id = $2', [provider, id]),
    );
    const [row] = found.rows;
    if (row === undefined) return undefined;
    if (row['state'] !== 'failed' && row['state'] !== 'dead') return 'duplicate';
    return receive(eventOf(row), row['source'] === 'push' ? 'push' : 'reconciliation', true);
  }

  return { receive, retry };
}

async function unguarded(client: Client, handler: Handler, event: WebhookEvent, source: Source): Promise<Outcome> {
  await handler.apply(client, event, { source, tie: false });
  return 'applied';
}

/** An error of the handler's, and not of what surrounds it. */
class HandlerFailed extends Error {
  constructor(cause: unknown) {
    super('handler failed', { cause });
  }
}

/** Takes the event's row; answers its state if it was there before. Waits while somebody else is at it. */
async function claim(client: Client, event: WebhookEvent, source: Source): Promise<string | undefined> {
  const inserted = await client.query(
    `INSERT INTO webhook_event (provider, event_id, type, object, version, created_at, source, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'applied') ON CONFLICT DO NOTHING RETURNING 1`,
    [event.provider, event.id, event.type, event.object ?? null, String(versionOf(event)), event.created, source],
  );
  if (inserted.rows.length > 0) return undefined;
  const existing = await client.query(
    'SELECT state FROM webhook_event WHERE provider = $1 AND event_id = $2 FOR UPDATE',
    [event.provider, event.id],
  );
  return String(existing.rows[0]?.['state']);
}

/** Makes the event the newest of its object, if it is. Locks the object, so that its events are applied one at a time. */
async function advance(client: Client, event: WebhookEvent): Promise<'newer' | 'tie' | 'older'> {
  if (event.object === undefined) return 'newer';
  const key = [event.provider, event.object];
  const version = String(versionOf(event));
  const inserted = await client.query(
    `INSERT INTO webhook_object (provider, object, version, event_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1`,
    [...key, version, event.id],
  );
  if (inserted.rows.length > 0) return 'newer';
  const locked = await client.query(
    `SELECT version > $3::numeric AS older, version = $3::numeric AS tie FROM webhook_object WHERE provider = $1 AND object = $2 FOR UPDATE`,
    [...key, version],
  );
  if (locked.rows[0]?.['older'] === true) return 'older';
  await client.query('UPDATE webhook_object SET version = $3, event_id = $4 WHERE provider = $1 AND object = $2', [
    ...key,
    version,
    event.id,
  ]);
  return locked.rows[0]?.['tie'] === true ? 'tie' : 'newer';
}

async function conclude(
  client: Client,
  event: WebhookEvent,
  state: 'applied' | 'superseded' | 'ignored',
): Promise<Outcome> {
  await client.query(
    `UPDATE webhook_event SET state = $3, payload = NULL, last_error = NULL WHERE provider = $1 AND event_id = $2`,
    [event.provider, event.id, state],
  );
  return state;
}

/** In a transaction of its own: the one of the effect is rolled back. Says nothing of what another delivery settled meanwhile. */
async function recordFailure(
  pool: Pool,
  event: WebhookEvent,
  source: Source,
  cause: unknown,
  maxAttempts: number,
): Promise<Outcome> {
  const { rows } = await transaction(pool, (client) =>
    client.query(
      `INSERT INTO webhook_event AS e (provider, event_id, type, object, version, created_at, source, state, last_error, payload)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $10 <= 1 THEN 'dead' ELSE 'failed' END, $8, $9)
       ON CONFLICT (provider, event_id) DO UPDATE SET attempts = e.attempts + 1, last_error = EXCLUDED.last_error, payload = EXCLUDED.payload,
         state = CASE WHEN e.attempts + 1 >= $10 THEN 'dead' ELSE 'failed' END
       WHERE e.state IN ('failed', 'dead') RETURNING state`,
      [
        event.provider,
        event.id,
        event.type,
        event.object ?? null,
        String(versionOf(event)),
        event.created,
        source,
        reasonOf(cause),
        JSON.stringify(event.payload),
        maxAttempts,
      ],
    ),
  );
  const state = rows[0]?.['state'];
  return state === 'dead' || state === 'failed' ? state : 'duplicate';
}

/** Class and code of an error: its message may hold what must not be kept. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'error';
  return 'code' in cause ? `${cause.name} ${String(cause.code)}`.slice(0, 200) : cause.name.slice(0, 200);
}

function versionOf({ version, created }: WebhookEvent): bigint {
  return version ?? BigInt(created.getTime());
}

function eventOf(row: Readonly<Record<string, unknown>>): WebhookEvent {
  return {
    provider: String(row['provider']),
    id: String(row['event_id']),
    type: String(row['type']),
    created: row['created_at'] instanceof Date ? row['created_at'] : new Date(Number.NaN),
    version: BigInt(String(row['version'])),
    ...(typeof row['object'] === 'string' && { object: row['object'] }),
    payload: JSON.parse(String(row['payload'])),
  };
}
