/** Messages that cannot be processed: kept in the database for people, and on a stream for whoever replays them. */
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { Queryable } from './sql.ts';
import { DEAD_PREFIX } from './streams.ts';

export const DEAD_SQL = {
  keep: `INSERT INTO billing.dead_letters (message_id, subject, payload, headers, reason, deliveries)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO NOTHING`,
} as const;

/** Keeps the message and its reason; only then may it be ended. Safe to repeat. Throws while either place cannot take it. */
export async function keepDeadLetter(
  sql: Queryable,
  stream: JetStreamClient,
  message: JsMsg,
  reason: string,
): Promise<void> {
  const id = message.headers?.get('Nats-Msg-Id') || `${message.info.stream}:${message.seq}`;
  await sql.query(DEAD_SQL.keep, [
    id,
    message.subject,
    Buffer.from(message.data),
    headersOf(message),
    reason.slice(0, 500),
    message.info.deliveryCount,
  ]);
  await stream.publish(`${DEAD_PREFIX}${message.subject}`, message.data, {
    msgID: `dead:${id}`,
    ...(message.headers === undefined ? {} : { headers: withoutId(message.headers) }),
  });
}

function headersOf({ headers }: JsMsg): Record<string, string> {
  return headers === undefined ? {} : Object.fromEntries(headers.keys().map((name) => [name, headers.get(name)]));
}

/** All headers but the id, by which the stream of dead letters would take it for another message; it gets one of its own. */
function withoutId(from: NonNullable<JsMsg['headers']>): NonNullable<JsMsg['headers']> {
  const copy = headers();
  for (const name of from.keys()) if (name !== 'Nats-Msg-Id') copy.set(name, from.get(name));
  return copy;
}
