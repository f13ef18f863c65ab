import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { GET, listen, until, wire } from '../../test/wire.ts';
import {
  answerUpgrade,
  createLifecycle,
  lifecyclePlugin,
  type LifecycleOptions,
  type WebSocketEnding,
} from './index.ts';

async function sockets(options: LifecycleOptions = {}, ending?: WebSocketEnding) {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000, ...options });
  const server = createServer((_, response) => response.end('plain'));
  const wss = new WebSocketServer({ server });
  lifecycle.attach(server);
  lifecycle.webSockets(wss, ending);
  const port = await listen(server);
  onTestFinished(() => lifecycle.force());
  return { lifecycle, wss, port };
}

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

test('WebSockets are closed with 1012', async () => {
  const { lifecycle, port } = await sockets();
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const closed = new Promise((done) => client.on('close', (code, reason) => done([code, reason.toString()])));
  await new Promise((done) => client.on('open', done));
  expect(await lifecycle.shutdown('test')).toMatchObject({ forced: false, cutOff: { upgraded: 0 } });
  expect(await closed).toEqual([1012, 'restart']);
});

test('a WebSocket whose client is silent is terminated after the wait', async () => {
  const { lifecycle, port, wss } = await sockets({}, { closeWait: 50 });
  const client = await wire(port);
  client.socket.write(UPGRADE);
  await until(() => wss.clients.size === 1, 'the upgrade');
  await lifecycle.shutdown('test');
  await until(client.ended, 'the end');
  expect(wss.clients.size).toBe(0);
});

test('a WebSocket whose client was still being admitted when the drain began is closed like the others', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000 });
  const server = createServer();
  const wss = new WebSocketServer({ noServer: true });
  let admit: (() => void) | undefined;
  server.on('upgrade', (request, socket, head) => {
    admit = () => wss.handleUpgrade(request, socket, head, () => undefined);
  });
  lifecycle.attach(server);
  lifecycle.webSockets(wss);
  const client = new WebSocket(`ws://127.0.0.1:${await listen(server)}`);
  onTestFinished(() => lifecycle.force());
  const closed = new Promise((done) => client.on('close', done));
  await until(() => admit !== undefined, 'the upgrade');
  const leaving = lifecycle.shutdown('test');
  await until(() => lifecycle.phase === 'draining', 'the drain');
  admit?.();
  expect(await closed).toBe(1012);
  expect(await leaving).toMatchObject({ forced: false, cutOff: { upgraded: 0 } });
});

test('an upgrade while leaving gets 503 and Retry-After, or is served where that is the policy', async () => {
  const refusing = await sockets({ propagationDelay: 60_000, retryAfter: { min: 4_000, max: 4_000 } });
  void refusing.lifecycle.shutdown('test');
  const client = await wire(refusing.port);
  client.socket.write(UPGRADE);
  await until(client.ended, 'the refusal');
  expect(client.received()).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 4\r\n/);

  const serving = await sockets({ propagationDelay: 60_000, upgradesWhileLeaving: 'serve' });
  void serving.lifecycle.shutdown('test');
  const other = await wire(serving.port);
  other.socket.write(UPGRADE);
  await until(() => other.received().includes('101 Switching Protocols'), 'the upgrade');
});

/** Asks for an upgrade, goes on sending, and never closes its end. */
async function clingsTo(port: number): Promise<string> {
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  client.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => {});
  const answered = new Promise((done) => client.on('end', done));
  client.write(UPGRADE);
  client.write('more of what nobody reads');
  onTestFinished(() => void client.destroy());
  await answered;
  return text;
}

async function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

test('a socket that was refused is gone with its answer, though its client never closes', async () => {
  const server = createServer();
  server.on('upgrade', (_, socket) => answerUpgrade(socket, 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'));
  const port = await listen(server);
  onTestFinished(() => void server.close());
  expect(await clingsTo(port)).toMatch(/^HTTP\/1\.1 401 No\r\n/);
  await expect.poll(() => connections(server), { timeout: 2_000 }).toBe(0);

  const { lifecycle, wss, port: leaving } = await sockets({ propagationDelay: 60_000 });
  void lifecycle.shutdown('test');
  expect(await clingsTo(leaving)).toMatch(/^HTTP\/1\.1 503 /);
  await expect.poll(() => connections(wss.options.server as Server), { timeout: 2_000 }).toBe(0);
});

test('an upgraded socket that nobody ends is tracked, and cut off', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 100 });
  const server = createServer();
  server.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  lifecycle.attach(server);
  const client = await wire(await listen(server));
  client.socket.write(UPGRADE);
  await until(() => client.received() !== '', 'the upgrade');
  expect(await lifecycle.shutdown('test')).toMatchObject({ forced: true, cutOff: { upgraded: 1 } });
  await until(client.ended, 'the cut');
});

test('where nothing listens there is no news to spread, and no delay', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 600_000 });
  lifecycle.attach(createServer());
  expect(await lifecycle.shutdown('test')).toMatchObject({ forced: false });
});

test('a server without upgrades answers one as a plain request', async () => {
  const lifecycle = createLifecycle();
  const server = createServer((_, response) => response.end('plain'));
  lifecycle.attach(server);
  onTestFinished(() => lifecycle.force());
  const client = await wire(await listen(server));
  client.socket.write(UPGRADE);
  await until(() => client.received().includes('plain'), 'the answer');
});

test('Fastify: the open request is answered with Connection: close, then onClose runs', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000 });
  const app = Fastify();
  await app.register(lifecyclePlugin, { lifecycle });
  const order: string[] = [];
  let finish: ((text: string) => void) | undefined;
  app.get('/slow', () => new Promise((done) => (finish = done)));
  app.addHook('onClose', async () => void order.push('closed'));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const [address] = app.addresses();
  const client = await wire(typeof address === 'object' ? address.port : 0);
  client.socket.write(GET('/slow'));
  await until(() => finish !== undefined, 'the request');
  const leaving = app.lifecycle.shutdown('test');
  await until(() => lifecycle.phase === 'draining', 'the drain');
  order.push('answered');
  finish?.('whole');
  expect(await leaving).toMatchObject({ forced: false, failedHooks: [] });
  await until(client.ended, 'the end of the connection');
  expect(client.received()).toMatch(/connection: close[^]*whole/i);
  expect(order).toEqual(['answered', 'closed']);
});
