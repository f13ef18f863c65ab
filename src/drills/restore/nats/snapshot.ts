/**
 * Streams out of a NATS server and back into one, by its own API: a snapshot holds configuration, messages and consumers as of one moment, and the server goes on meanwhile.
 * https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-1.md, types io.nats.jetstream.api.v1.stream_snapshot_request and …_restore_request
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createInbox, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { LaunchgateError } from '../../../model/errors.ts';

const CALL_MS = 10_000;
const CHUNK_BYTES = 128 * 1024;
/** Pages of the list of names. */
const MOST_STREAMS = 10_000;

const answerSchema = z.looseObject({
  error: z.object({ code: z.int(), description: z.string() }).optional(),
});
const namesSchema = z.looseObject({ streams: z.array(z.string()).nullish(), total: z.int() });
export const snapshotSchema = z.looseObject({
  config: z.looseObject({ name: z.string() }),
  state: z.looseObject({ messages: z.int(), bytes: z.int(), first_seq: z.int(), last_seq: z.int() }),
});
export type StreamSnapshot = z.infer<typeof snapshotSchema>;

/** One request of JetStream's API. Rejects with the server's own words. */
export async function ask(connection: NatsConnection, subject: string, body: object = {}): Promise<unknown> {
  const message = await connection.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: CALL_MS });
  const answer: unknown = message.json();
  const { error } = answerSchema.parse(answer);
  if (error === undefined) return answer;
  throw new LaunchgateError('lab-failed', `NATS refuses ${subject}: ${error.description} (${error.code})`);
}

export async function streamNames(connection: NatsConnection): Promise<string[]> {
  const names: string[] = [];
  for (let total = 1; names.length < Math.min(total, MOST_STREAMS);) {
    const page = namesSchema.parse(await ask(connection, 'STREAM.NAMES', { offset: names.length }));
    if ((page.streams ?? []).length === 0) break;
    names.push(...(page.streams ?? []));
    total = page.total;
  }
  return names.sort();
}

/** Writes the stream into the file. The server verifies each message first. */
export async function takeSnapshot(connection: NatsConnection, stream: string, path: string): Promise<StreamSnapshot> {
  const inbox = createInbox();
  const chunks = connection.subscribe(inbox);
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    const request = { deliver_subject: inbox, chunk_size: CHUNK_BYTES, jsck: true };
    const answer = snapshotSchema.parse(await ask(connection, `STREAM.SNAPSHOT.${stream}`, request));
    for await (const chunk of chunks) {
      if (chunk.headers !== undefined && chunk.headers.code >= 400)
        throw new LaunchgateError('lab-failed', `the snapshot of ${stream} broke off: ${chunk.headers.description}`);
      // The last one is empty.
      if (chunk.data.length === 0) break;
      if (!file.write(chunk.data)) await once(file, 'drain');
      chunk.respond();
    }
    file.end();
    await finished(file);
    return answer;
  } finally {
    chunks.unsubscribe();
    file.destroy();
  }
}

/** Puts a stream into a server that does not have it. */
export async function restoreSnapshot(
  connection: NatsConnection,
  { config, state }: StreamSnapshot,
  path: string,
): Promise<void> {
  const begun = z
    .looseObject({ deliver_subject: z.string() })
    .parse(await ask(connection, `STREAM.RESTORE.${config.name}`, { config, state }));
  const send = async (data: Uint8Array): Promise<void> => {
    const answer = await connection.request(begun.deliver_subject, data, { timeout: CALL_MS });
    const { error } = answer.data.length === 0 ? {} : answerSchema.parse(answer.json());
    if (error !== undefined)
      throw new LaunchgateError('lab-failed', `NATS does not take ${config.name} back: ${error.description}`);
  };
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) await send(chunk as Buffer);
  await send(new Uint8Array());
}
