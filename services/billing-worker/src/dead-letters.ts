/** Messages that cannot be processed: kept in the database for people, and on a stream for whoever replays them. */
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { errors, headers } from '@nats-io/transport-node';
import type { Queryable } from './sql.ts';
import { DEAD_PREFIX } from './streams.ts';

export const DEAD_SQL = {
  keep: `INSERT INTO billing.dead_letters (message_id, subject, payload, headers, reason, deliveries)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO NOTHING`,
} as const;

/** Bytes of a payload that the table takes: of a longer one the beginning. */
const LONGEST_PAYLOAD = 1_048_576;
/** Characters of an id that are taken for one: an index has no room for any. */
const LONGEST_ID = 256;

/**
 * Keeps the message and its reason, whatever is in it; only then may it be ended. Safe to repeat. Throws while either place cannot take it. What has no room
 * on the stream, with the headers that it gets there, is in the database alone.
 */
export async function keepDeadLetter(
  sql: Queryable,
  stream: JetStreamClient,
  message: JsMsg,
  reason: string,
): Promise<void> {
  const id = idOf(message);
  await sql.query(DEAD_SQL.keep, [
    id,
    keepable(message.subject),
    Buffer.from(message.data.subarray(0, LONGEST_PAYLOAD)),
    headersOf(message),
    keepable(reason).slice(0, 500),
    message.info.deliveryCount,
  ]);
  try {
    await stream.publish(`${DEAD_PREFIX}${message.subject}`, message.data, {
      msgID: `dead:${id}`,
      ...(message.headers === undefined ? {} : { headers: withoutOrders(message.headers) }),
    });
  } catch (error) {
    if (!(error instanceof errors.InvalidArgumentError)) throw error;
  }
}

function idOf({ headers, info, seq }: JsMsg): string {
  const given = keepable(headers?.get('Nats-Msg-Id') ?? '');
  return given === '' || given.length > LONGEST_ID ? `${info.stream}:${seq}` : given;
}

/** As PostgreSQL takes it: without NUL and half surrogate pairs. */
function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function headersOf({ headers }: JsMsg): Record<string, string> {
  if (headers === undefined) return {};
  return Object.fromEntries(headers.keys().map((name) => [keepable(name), keepable(headers.get(name))]));
}

/**
 * All headers but those that JetStream itself obeys (https://docs.nats.io/nats-concepts/jetstream/headers): the id is that of another message, and what was
 * expected of the stream it was published to does not hold for this one, which would refuse it each time.
 */
function withoutOrders(from: NonNullable<JsMsg['headers']>): NonNullable<JsMsg['headers']> {
  const copy = headers();
  for (const name of from.keys()) if (!/^nats-/i.test(name)) copy.set(name, from.get(name));
  return copy;
}
