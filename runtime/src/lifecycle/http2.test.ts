import { once } from 'node:events';
import { connect, createSecureServer, createServer, type ClientHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { expect, onTestFinished, test } from 'vitest';
import { GET, listen, until } from '../../test/wire.ts';
import { createLifecycle } from './index.ts';

async function started(drainWindow: number) {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow });
  const streams: ServerHttp2Stream[] = [];
  const server = createServer();
  server.on('stream', (stream) => void streams.push(stream));
  lifecycle.attach(server);
  const session = connect(`http://127.0.0.1:${await listen(server)}`);
  session.on('error', () => {});
  await Promise.all([once(session, 'remoteSettings'), once(server, 'session')]);
  onTestFinished(() => {
    lifecycle.force();
    session.destroy();
  });
  return { lifecycle, session, streams };
}

async function request(session: ClientHttp2Session): Promise<{ text: () => string; closed: () => boolean }> {
  const stream = session.request({ ':path': '/' });
  let text = '';
  let closed = false;
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  stream.on('close', () => (closed = true));
  stream.on('error', () => {});
  return { text: () => text, closed: () => closed };
}

test('GOAWAY warns first, a stream open across it ends well, and so does the session', async () => {
  const { lifecycle, session, streams } = await started(20_000);
  const goaways: number[] = [];
  session.on('goaway', (_code, last) => goaways.push(last));
  const open = await request(session);
  await until(() => streams.length === 1, 'the stream');
  streams[0]?.respond({ ':status': 200 });
  const leaving = lifecycle.shutdown('test');
  await until(() => goaways.length >= 2, 'both GOAWAY frames');
  expect(goaways.slice(0, 2)).toEqual([2 ** 31 - 1, 1]);
  expect(session.closed).toBe(true);
  streams[0]?.end('whole');
  expect(await leaving).toMatchObject({ forced: false, cutOff: { streams: 0 } });
  await until(() => open.closed() && session.closed, 'the end of the session');
  expect(open.text()).toBe('whole');
});

test('a tunnel that is asked for while it leaves is answered, and does not end the process', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 20_000, drainWindow: 20_000 });
  const server = createServer((_request, response) => response.end());
  lifecycle.attach(server);
  const session = connect(`http://127.0.0.1:${await listen(server)}`);
  await once(session, 'remoteSettings');
  const leaving = lifecycle.shutdown('test');
  const tunnel = session.request({ ':method': 'CONNECT', ':authority': 'x:1' });
  const [head] = (await once(tunnel, 'response')) as [{ ':status': number }];
  expect(head[':status']).toBe(405);
  session.destroy();
  lifecycle.force();
  await leaving;
});

test('a stream that crosses the warning is served', async () => {
  const { lifecycle, session, streams } = await started(20_000);
  const leaving = lifecycle.shutdown('test');
  const crossing = await request(session);
  await until(() => streams.length === 1, 'the stream');
  streams[0]?.respond({ ':status': 200 });
  streams[0]?.end('served');
  expect(await leaving).toMatchObject({ forced: false });
  await until(crossing.closed, 'the answer');
  expect(crossing.text()).toBe('served');
});

test('a stream beyond the window is cut off, and counted', async () => {
  const { lifecycle, session, streams } = await started(100);
  await request(session);
  await until(() => streams.length === 1, 'the stream');
  expect(await lifecycle.shutdown('test')).toMatchObject({ forced: true, cutOff: { streams: 1 } });
});

/** Closes nothing that the other side closes, as one that sleeps. */
async function sleeper(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined).resume();
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
  await once(socket, 'data');
  onTestFinished(() => void socket.destroy());
  return socket;
}

test.each([
  ['is not waited for until the window is over', 20_000],
  ['is gone when the window is over', 1500],
])('a client that sleeps, and has nothing open, %s', async (_what, drainWindow) => {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow });
  const server = createServer();
  lifecycle.attach(server);
  const asleep = await sleeper(await listen(server));
  const { milliseconds, cutOff } = await lifecycle.shutdown('test');
  expect(milliseconds).toBeLessThan(10_000);
  expect(cutOff.streams).toBe(0);
  await until(() => asleep.readableEnded || asleep.destroyed, 'the end of its connection');
  const open = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
  await expect.poll(open, { timeout: 2000 }).toBe(0);
});

test('a server of both versions: HTTP/1.1 gets Connection: close, HTTP/2 gets GOAWAY, both get their answers', async () => {
  const files = await (await makeAuthority()).issue('server');
  const [cert, key, ca] = [readFileSync(files.cert), readFileSync(files.key), readFileSync(files.ca)];
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000 });
  const answers: (() => void)[] = [];
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (_, response) => {
    answers.push(() => response.end('whole'));
  });
  lifecycle.attach(server);
  const port = await listen(server);
  const session = connect(`https://localhost:${port}`, { ca, host: '127.0.0.1', servername: 'localhost' });
  const old = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
  onTestFinished(() => {
    lifecycle.force();
    session.destroy();
    old.destroy();
  });
  let received = '';
  let goaway = false;
  old.on('data', (chunk: Buffer) => (received += chunk.toString()));
  session.on('goaway', () => (goaway = true));
  const stream = await request(session);
  old.write(GET('/'));
  await until(() => answers.length === 2, 'both requests');
  const leaving = lifecycle.shutdown('test');
  await until(() => goaway, 'GOAWAY');
  for (const answer of answers) answer();
  expect(await leaving).toMatchObject({ forced: false });
  await until(() => old.closed && stream.closed(), 'both ends');
  expect(received).toMatch(/connection: close[^]*whole/i);
  expect(stream.text()).toBe('whole');
});
