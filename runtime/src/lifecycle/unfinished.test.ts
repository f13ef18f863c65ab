/** Requests that have not come whole when the drain begins: those that somebody works on are waited for, the others hold nothing up. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { GET, listen, until, wire } from '../../test/wire.ts';
import { createLifecycle } from './index.ts';

/** Far longer than any of them may take. */
const WINDOW = 20_000;

async function serving(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: WINDOW });
  const server = createServer(handle);
  lifecycle.attach(server);
  const port = await listen(server);
  onTestFinished(() => lifecycle.force());
  return { lifecycle, port };
}

const POST = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;

test.each([
  ['a new connection', false],
  ['one that was served before', true],
])('half a head on %s is given a moment, and holds no drain', async (_, before) => {
  const { lifecycle, port } = await serving((_request, response) => response.end('now'));
  const client = await wire(port);
  if (before) {
    client.socket.write(GET('/'));
    await until(() => client.received().includes('now'), 'the first answer');
  }
  client.socket.write('GET / HTTP/1.1\r\nHo');
  const late = await wire(port);
  late.socket.write('GET / HTTP/1.1\r\nHo');
  await new Promise((done) => setTimeout(done, 100));
  const began = performance.now();
  const leaving = lifecycle.shutdown('test');
  await new Promise((done) => setTimeout(done, 300));
  late.socket.write('st: x\r\n\r\n');
  await until(late.ended, 'the answer to the one that came whole');
  expect(late.received()).toMatch(/^HTTP\/1\.1 200 [^]*now$/);
  expect(await leaving).toMatchObject({ forced: false, cutOff: { requests: 0 } });
  expect(performance.now() - began).toBeLessThan(WINDOW / 4);
});

test('half a head over HTTP/2 is given a moment, and holds no drain, however it goes on', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: WINDOW });
  const server = createHttp2Server((_request, response) => response.end('now'));
  lifecycle.attach(server);
  const { socket } = await wire(await listen(server));
  // SETTINGS; HEADERS of stream 1 without END_HEADERS; and of the CONTINUATION that is due a byte now and then (RFC 9113, 6.2 and 6.10).
  const [settings, headers] = [
    Buffer.from('000000040000000000', 'hex'),
    Buffer.from('000003010100000001828684', 'hex'),
  ];
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, headers]));
  socket.write(Buffer.from('001000090000000001', 'hex'));
  const drip = setInterval(() => socket.write('x'), 200);
  onTestFinished(() => {
    clearInterval(drip);
    socket.destroy();
    lifecycle.force();
  });
  await new Promise((done) => setTimeout(done, 300));
  const { milliseconds, ...report } = await lifecycle.shutdown('test');
  expect(report).toMatchObject({ forced: false, cutOff: { requests: 0, streams: 0 } });
  expect(milliseconds).toBeLessThan(WINDOW / 2);
});

test.each<[string, (request: IncomingMessage) => void]>([
  ['nobody reads', () => undefined],
  ['its reader waits for in vain', (request) => request.on('data', () => undefined)],
])('an upload that was answered, and that %s, holds no drain', async (_, read) => {
  const { lifecycle, port } = await serving((request, response) => {
    read(request);
    response.end('early');
  });
  const client = await wire(port);
  client.socket.write(`${POST('/', 1_000_000)}some`);
  await until(() => client.received().includes('early'), 'the answer');
  const began = performance.now();
  expect(await lifecycle.shutdown('test')).toMatchObject({ forced: false, cutOff: { requests: 0 } });
  expect(performance.now() - began).toBeLessThan(WINDOW / 4);
});

test.each([
  ['is not answered yet', 1, false],
  ['was answered', 24, true],
])('an upload that is read and %s comes to its end', async (_, pieces, early) => {
  let body = '';
  let ended = false;
  const { lifecycle, port } = await serving((request, response) => {
    if (early) response.end('early');
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      ended = true;
      if (!early) response.end('late');
    });
  });
  const client = await wire(port);
  client.socket.write(`${POST('/', pieces + 1)}a`);
  await until(() => body === 'a', 'the first piece');
  const leaving = lifecycle.shutdown('test');
  // Longer than the moment that others are given, either way.
  if (pieces === 1) await new Promise((done) => setTimeout(done, 2_400));
  for (let piece = 0; piece < pieces; piece += 1) {
    if (pieces > 1) await new Promise((done) => setTimeout(done, 100));
    client.socket.write('b');
  }
  expect(await leaving).toMatchObject({ forced: false });
  expect({ body, ended }).toEqual({ body: `a${'b'.repeat(pieces)}`, ended: true });
  await until(() => client.received().includes(early ? 'early' : 'late'), 'the answer');
});

test.each([
  ['stops', 0],
  ['goes on', 24],
])('HTTP/2: an answered upload that %s', async (_, pieces) => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: WINDOW });
  onTestFinished(() => lifecycle.force());
  let body = '';
  const server = createHttp2Server((request, response) => {
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.end('early');
  });
  lifecycle.attach(server);
  const client = connect(`http://127.0.0.1:${await listen(server)}`).on('error', () => undefined);
  onTestFinished(() => client.destroy());
  const upload = client.request({ ':method': 'POST' }).on('error', () => undefined);
  upload.write('a');
  upload.resume();
  await new Promise((done) => upload.once('end', done));
  const began = performance.now();
  const leaving = lifecycle.shutdown('test');
  for (let piece = 0; piece < pieces; piece += 1) {
    await new Promise((done) => setTimeout(done, 100));
    upload.write('b');
  }
  if (pieces > 0) upload.end();
  expect(await leaving).toMatchObject({ forced: false, cutOff: { streams: 0 } });
  expect(body).toBe(`a${'b'.repeat(pieces)}`);
  expect(performance.now() - began).toBeLessThan(WINDOW / 2);
});
