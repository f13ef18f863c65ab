import { randomUUID } from 'node:crypto';
import { connect as connectTo, createServer, type AddressInfo, type Socket } from 'node:net';
import { jetstream, jetstreamManager, type ConsumerInfo, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startNats, type NatsServer } from '../../../test/servers/nats.ts';
import { consume, type Work } from './consume.ts';
import { keepDeadLetter } from './dead-letters.ts';
import type { Queryable } from './sql.ts';
import { ACK_WAIT, applyStreams, CONSUMER, STREAM } from './streams.ts';
import { Unprocessable } from './usage-message.ts';

let server: NatsServer;
let connection: NatsConnection;
let stream: JetStreamClient;

beforeAll(async () => {
  server = await startNats();
  connection = await connect({ servers: server.url });
  stream = jetstream(connection);
  expect(await applyStreams(connection, 1)).toEqual([
    'stream usage: created',
    'stream usage-dead: created',
    'consumer billing-worker of usage: created',
  ]);
});
afterAll(async () => {
  await connection?.close();
  await server?.stop();
});
beforeEach(async () => {
  await (await jetstreamManager(connection)).streams.purge(STREAM);
});

function publish(id = randomUUID() as string): Promise<unknown> {
  const sent = headers();
  sent.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  return stream.publish('usage.recorded', id, { msgID: id, headers: sent });
}

function working(handle: (text: string, message: JsMsg) => Promise<void>): {
  work: Work;
  buried: string[];
  failures: unknown[];
} {
  const buried: string[] = [];
  const failures: unknown[] = [];
  const work: Work = {
    consumer: () => stream.consumers.get(STREAM, CONSUMER),
    handle: (message) => handle(message.string(), message),
    async bury(message, reason) {
      buried.push(`${message.string()}: ${reason}`);
    },
    onFailure: (error) => failures.push(error),
  };
  return { work, buried, failures };
}

async function consumerInfo(): Promise<ConsumerInfo> {
  return (await stream.consumers.get(STREAM, CONSUMER)).info();
}

/** A line to the server that can be held: both sides live on, and hear nothing of each other. */
async function heldLine(port: number) {
  const sockets: Socket[] = [];
  const between = createServer((client) => {
    const upstream = connectTo(port, '127.0.0.1');
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const all = (what: 'pause' | 'resume' | 'destroy') => {
    for (const socket of sockets) socket[what]();
  };
  return {
    port: (between.address() as AddressInfo).port,
    hold: () => all('pause'),
    release: () => all('resume'),
    close: () => new Promise((resolve) => (between.close(resolve), all('destroy'))),
  };
}

async function pending(): Promise<{ waiting: number; unacknowledged: number }> {
  const info = await consumerInfo();
  return { waiting: info.num_pending, unacknowledged: info.num_ack_pending };
}

test('applying the streams again changes nothing', async () => {
  expect(await applyStreams(connection, 1)).toEqual([
    'stream usage: up to date',
    'stream usage-dead: up to date',
    'consumer billing-worker of usage: up to date',
  ]);
});

test('every message is handled once and acknowledged', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `message-${n}`);
  await Promise.all(ids.map((id) => publish(id)));
  const seen: string[] = [];
  const stop = new AbortController();
  const { work } = working(async (text) => void seen.push(text));
  const done = consume(work, { concurrency: 8, maxDeliveries: 3, pullMs: 1000, signal: stop.signal });
  await vi.waitFor(async () => expect(await pending()).toEqual({ waiting: 0, unacknowledged: 0 }), { timeout: 10_000 });
  stop.abort();
  await done;
  expect(seen.sort()).toEqual(ids.sort());
});

test('a failure that passes is tried again, however often, and never buried', async () => {
  await publish('patient');
  let tries = 0;
  const stop = new AbortController();
  const { work, buried } = working(async () => {
    tries += 1;
    if (tries < 4) throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
  });
  const done = consume(work, { concurrency: 2, maxDeliveries: 1, pullMs: 1000, signal: stop.signal });
  await vi.waitFor(async () => expect(await pending()).toEqual({ waiting: 0, unacknowledged: 0 }), { timeout: 20_000 });
  stop.abort();
  await done;
  expect({ tries, buried }).toEqual({ tries: 4, buried: [] });
});

test('a message that fails by its own fault is buried after its deliveries, and others go on', async () => {
  await publish('poison');
  await publish('sound');
  const handled: string[] = [];
  const stop = new AbortController();
  const { work, buried } = working(async (text) => {
    if (text === 'poison') throw new Unprocessable('expected JSON in UTF-8');
    handled.push(text);
  });
  const done = consume(work, { concurrency: 1, maxDeliveries: 2, pullMs: 1000, signal: stop.signal });
  await vi.waitFor(async () => expect(await pending()).toEqual({ waiting: 0, unacknowledged: 0 }), { timeout: 20_000 });
  stop.abort();
  await done;
  expect({ handled, buried }).toEqual({ handled: ['sound'], buried: ['poison: expected JSON in UTF-8'] });
});

test('what is under way at the signal is finished, and nothing more is taken', async () => {
  await publish('under way');
  const stop = new AbortController();
  let finish = () => {};
  let taken = 0;
  const { work } = working(async () => {
    taken += 1;
    await new Promise<void>((resolve) => (finish = resolve));
  });
  const done = consume(work, { concurrency: 1, maxDeliveries: 2, pullMs: 1000, signal: stop.signal });
  await vi.waitFor(() => expect(taken).toBe(1), { timeout: 5000 });
  stop.abort();
  await publish('for another worker');
  finish();
  await done;
  expect(taken).toBe(1);
  await vi.waitFor(async () => expect(await pending()).toEqual({ waiting: 1, unacknowledged: 0 }), { timeout: 5000 });
});

test('a message on its way to a pull that was given up comes again soon, not after half a minute', async () => {
  const line = await heldLine(server.port);
  const starved = await connect({ servers: `nats://127.0.0.1:${line.port}`, pingInterval: 60_000 });
  const stop = new AbortController();
  const { work, failures } = working(async () => {});
  const handled = Promise.withResolvers<{ at: number; deliveries: number }>();
  const done = consume(
    {
      ...work,
      consumer: () => jetstream(starved).consumers.get(STREAM, CONSUMER),
      handle: async ({ info }) => handled.resolve({ at: performance.now(), deliveries: info.deliveryCount }),
    },
    { concurrency: 4, maxDeliveries: 2, pullMs: 4000, signal: stop.signal },
  );
  try {
    await vi.waitFor(async () => expect((await consumerInfo()).num_waiting).toBe(4), { timeout: 5000 });
    line.hold();
    const sent = performance.now();
    await publish('late');
    await vi.waitFor(async () => expect(await pending()).toEqual({ waiting: 0, unacknowledged: 1 }), { timeout: 1000 });
    // All four: the message is on its way to any one of them, and must find it given up.
    const givenUp = () => failures.filter((failure) => String(failure).includes('heartbeats missed'));
    await vi.waitFor(() => expect(givenUp()).toHaveLength(4), { timeout: 15_000 });
    line.release();
    const { at, deliveries } = await handled.promise;
    expect(deliveries).toBe(2);
    expect(at - sent).toBeLessThan(ACK_WAIT + 10_000);
  } finally {
    stop.abort();
    line.release();
    await done;
    await starved.close();
    await line.close();
  }
});

test('a dead letter is kept with its headers and published where it can be replayed', async () => {
  const rows: unknown[][] = [];
  const sql = {
    query: async (_text: string, values: readonly unknown[] = []) => (
      rows.push([...values]),
      { rows: [], rowCount: 1 }
    ),
  } as Queryable;
  await publish('unreadable');
  const message = await (await stream.consumers.get(STREAM, CONSUMER)).next({ expires: 5000 });
  if (message === null) throw new Error('no message');
  await keepDeadLetter(sql, stream, message, 'why');
  await keepDeadLetter(sql, stream, message, 'why');
  message.term();
  expect(rows[0]).toEqual([
    'unreadable',
    'usage.recorded',
    Buffer.from('unreadable'),
    expect.objectContaining({ traceparent: expect.any(String) }),
    'why',
    1,
  ]);
  const manager = await jetstreamManager(connection);
  expect((await manager.streams.info('usage-dead')).state.messages).toBe(1);
  const kept = await manager.streams.getMessage('usage-dead', { last_by_subj: 'dead.usage.recorded' });
  expect(kept?.string()).toBe('unreadable');
});

test('whatever a message holds, it is kept, and not tried for ever', async () => {
  const rows: unknown[][] = [];
  const query = async (_text: string, values: readonly unknown[] = []) => (
    rows.push([...values]),
    { rows: [], rowCount: 1 }
  );
  const next = async () => {
    const message = await (await stream.consumers.get(STREAM, CONSUMER)).next({ expires: 5000 });
    if (message === null) throw new Error('no message');
    await keepDeadLetter({ query } as Queryable, stream, message, 'why\0');
    message.term();
  };
  const manager = await jetstreamManager(connection);
  await manager.streams.purge('usage-dead');

  const sent = headers();
  sent.set('x-origin', 'a\0b');
  await stream.publish('usage.recorded', 'expects', {
    headers: sent,
    expect: { streamName: STREAM },
    msgID: 'i'.repeat(3000),
  });
  await next();
  expect(JSON.stringify(rows[0])).not.toContain('\\u0000');
  expect(rows[0]?.[0]).toMatch(/^usage:\d+$/);
  const kept = await manager.streams.getMessage('usage-dead', { last_by_subj: 'dead.usage.recorded' });
  expect(kept?.string()).toBe('expects');

  const { max_payload: most = 0 } = connection.info ?? {};
  await stream.publish('usage.recorded', Buffer.alloc(most));
  await next();
  expect(rows[1]?.[2]).toHaveLength(most);
});
