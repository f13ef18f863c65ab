import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startProxy, type FaultProxy } from './server.ts';

const HOST = '127.0.0.1';
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

interface World {
  readonly proxy: FaultProxy;
  /** Server sides of the connections. */
  readonly accepted: Socket[];
}

/** An echo server behind a proxy. */
async function world(onConnection: (socket: Socket) => void = (socket) => void socket.pipe(socket)): Promise<World> {
  const accepted: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const proxy = await startProxy(HOST, (server.address() as AddressInfo).port);
  cleanups.push(() => {
    void proxy.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  return { proxy, accepted };
}

interface Client {
  readonly socket: Socket;
  received: Buffer;
  error?: string;
  ended: boolean;
}

async function client({ proxy }: World): Promise<Client> {
  const socket = connect({ host: HOST, port: proxy.port, allowHalfOpen: true });
  const one: Client = { socket, received: Buffer.alloc(0), ended: false };
  socket.on('data', (bytes: Buffer) => (one.received = Buffer.concat([one.received, bytes])));
  socket.on('error', (error: NodeJS.ErrnoException) => (one.error = error.code ?? error.message));
  socket.on('end', () => (one.ended = true));
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  return one;
}

/** Whether it closed by an error. */
function closing(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** Milliseconds until that many bytes are there. */
async function arrival(one: Client, bytes: number, within = 10_000): Promise<number> {
  const began = performance.now();
  while (one.received.length < bytes) {
    if (performance.now() - began > within) throw new Error(`${one.received.length} of ${bytes} bytes came`);
    await sleep(2);
  }
  return performance.now() - began;
}

async function echo(one: Client, text: string): Promise<number> {
  const before = one.received.length;
  one.socket.write(text);
  return arrival(one, before + text.length);
}

describe('without a fault', () => {
  test('everything passes as it is, ends included, and is counted', async () => {
    const all = await world();
    const one = await client(all);
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    one.socket.end(sent);
    await once(one.socket, 'end');
    expect(one.received.equals(sent)).toBe(true);
    await expect
      .poll(() => all.proxy.traffic())
      .toEqual({
        connections: 1,
        open: 0,
        bytesUp: sent.length,
        bytesDown: sent.length,
      });
  });

  test('one direction may end long before the other', async () => {
    const all = await world((socket) => {
      socket.end('all that I have to say');
      socket.resume();
    });
    const one = await client(all);
    await once(one.socket, 'end');
    one.socket.write('and I');
    await sleep(50);
    one.socket.end();
    await closing(one.socket);
    expect(one.error).toBeUndefined();
    expect(all.proxy.traffic().bytesUp).toBe(5);
  });

  test('a reset goes on as a reset, in both directions', async () => {
    const all = await world();
    const [one, two] = [await client(all), await client(all)];
    await Promise.all([echo(one, 'a'), echo(two, 'b')]);
    const [first, second] = all.accepted;
    const told = closing(second!);
    first!.resetAndDestroy();
    two.socket.resetAndDestroy();
    await closing(one.socket);
    expect(one.error).toBe('ECONNRESET');
    expect(await told).toBe(true);
  });

  test('a server that is down is a reset', async () => {
    const proxy = await startProxy(HOST, 1);
    cleanups.push(() => void proxy.close());
    const one = await client({ proxy, accepted: [] });
    await closing(one.socket);
    expect(one.error).toBe('ECONNRESET');
  });
});

describe('latency', () => {
  test('is added in each direction, to open connections and new ones, and gone when cleared', async () => {
    const all = await world();
    const one = await client(all);
    all.proxy.set({ latencyMs: 150 });
    const two = await client(all);
    const both = await Promise.all([echo(one, 'a'), echo(two, 'b')]);
    expect(Math.min(...both)).toBeGreaterThanOrEqual(298);
    all.proxy.set({});
    // On a busy machine bytes take their time, but not twice and again what the fault had added.
    const fastest = Math.min(await echo(one, 'c'), await echo(one, 'd'), await echo(one, 'e'));
    expect(fastest).toBeLessThan(150);
  });

  test('with jitter keeps the order of the bytes', async () => {
    const all = await world();
    all.proxy.set({ latencyMs: 5, jitterMs: 40 });
    const one = await client(all);
    const lines = Array.from({ length: 200 }, (_, number) => `${number}\n`);
    for (const [index, line] of lines.entries()) {
      one.socket.write(line);
      if (index % 20 === 0) await sleep(3);
    }
    await arrival(one, lines.join('').length);
    expect(one.received.toString()).toBe(lines.join(''));
  });
});

test('bandwidth holds back what is sent', async () => {
  const all = await world((socket) => void socket.on('data', () => socket.write(Buffer.alloc(200_000))));
  all.proxy.set({ bytesPerSecond: 200_000 });
  const one = await client(all);
  one.socket.write('go');
  const ms = await arrival(one, 200_000);
  expect(ms).toBeGreaterThanOrEqual(950);
  expect(ms).toBeLessThan(5000);
});

test('what is held back does not pile up in the proxy', async () => {
  const all = await world((socket) => void socket.pause());
  const one = await client(all);
  all.proxy.set({ state: 'blackhole' });
  let written = 0;
  const piece = Buffer.alloc(1024 * 1024);
  for (let tries = 0; tries < 64 && one.socket.writableLength < piece.length; tries++) {
    one.socket.write(piece);
    written += piece.length;
    await sleep(10);
  }
  expect(one.socket.writableLength).toBeGreaterThan(0);
  expect(written).toBeLessThan(40 * piece.length);
  expect(all.proxy.traffic().bytesUp).toBe(0);
});

describe('a black hole', () => {
  test('passes nothing, takes new connections, and lets all through afterwards', async () => {
    const all = await world();
    const one = await client(all);
    await echo(one, 'a');
    all.proxy.set({ state: 'blackhole' });
    const two = await client(all);
    one.socket.write('b');
    two.socket.write('c');
    await sleep(300);
    expect([one.received.length, two.received.length, all.accepted.length]).toEqual([1, 0, 1]);
    expect(all.proxy.traffic()).toMatchObject({ bytesUp: 1, bytesDown: 1, open: 2 });
    all.proxy.set({});
    await Promise.all([arrival(one, 2), arrival(two, 1)]);
    expect(one.received.toString()).toBe('ab');
    expect([one.error, two.error]).toEqual([undefined, undefined]);
  });

  test('hides that the server is gone until it lifts', async () => {
    const all = await world();
    const one = await client(all);
    await echo(one, 'a');
    all.proxy.set({ state: 'blackhole' });
    all.accepted[0]!.resetAndDestroy();
    await sleep(200);
    expect(one.socket.closed).toBe(false);
    all.proxy.set({});
    await closing(one.socket);
  });
});

test('refused: open connections are reset, and new ones', async () => {
  const all = await world();
  const one = await client(all);
  await echo(one, 'a');
  all.proxy.set({ state: 'refuse' });
  await closing(one.socket);
  const two = connect({ host: HOST, port: all.proxy.port });
  const [error] = (await once(two, 'error')) as [NodeJS.ErrnoException];
  expect([one.error, error.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(all.accepted).toHaveLength(1);
  await expect.poll(() => all.proxy.traffic().open).toBe(0);
});

test('half-open: the server is gone, the client hears nothing of it until it lifts', async () => {
  const all = await world();
  const one = await client(all);
  await echo(one, 'a');
  all.proxy.set({ state: 'half-open' });
  await closing(all.accepted[0]!);
  one.socket.write('anybody there?');
  await sleep(200);
  expect([one.received.length, one.ended, one.error]).toEqual([1, false, undefined]);
  all.proxy.set({});
  await closing(one.socket);
  expect(one.error).toBe('ECONNRESET');
});

describe('loss', () => {
  test('as resets hits every connection or some, within its time', async () => {
    const all = await world();
    const some = await Promise.all(Array.from({ length: 40 }, () => client(all)));
    all.proxy.set({ resets: 0.5, withinMs: 100 });
    await sleep(800);
    const hit = some.filter(({ error }) => error === 'ECONNRESET').length;
    // Outside of this once in ten million runs.
    expect(hit).toBeGreaterThan(4);
    expect(hit).toBeLessThan(36);
    all.proxy.set({ resets: 1, withinMs: 50 });
    await expect.poll(() => all.proxy.traffic().open, { timeout: 5000 }).toBe(0);
  });

  test('as stalls passes nothing more, without an error', async () => {
    const all = await world();
    const one = await client(all);
    await echo(one, 'a');
    all.proxy.set({ stalls: 1, withinMs: 0 });
    await sleep(50);
    one.socket.write('b');
    await sleep(200);
    expect([one.received.length, one.error]).toEqual([1, undefined]);
    all.proxy.set({});
    await arrival(one, 2);
  });
});

test('a slow close reaches the other side later', async () => {
  const all = await world();
  const one = await client(all);
  await echo(one, 'a');
  all.proxy.set({ slowCloseMs: 300 });
  const began = performance.now();
  one.socket.end();
  await once(all.accepted[0]!, 'end');
  expect(performance.now() - began).toBeGreaterThanOrEqual(298);
});
