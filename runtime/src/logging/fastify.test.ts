import { once } from 'node:events';
import http2 from 'node:http2';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { contextFields, correlation } from '../correlation/index.ts';
import { apps, start, type Line } from './fastify.testkit.ts';
import { accessLog, createLogger, loggerOptions } from './index.ts';

test('one line per request, with the pattern of its route and the ids of its answer', async () => {
  const { port, until } = await start((app) => {
    app.get('/nodes/:id', () => ({}));
    app.get('/livez', () => 'ok');
    app.get('/fails', () => Promise.reject(new Error('x')));
  });
  const answer = await fetch(`http://127.0.0.1:${port}/nodes/7?token=x`, {
    headers: { 'user-agent': 'test/1', 'x-request-id': 'edge-12345678' },
  });
  for (const path of ['livez', 'fails', 'nowhere']) await (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
  const [first, failure, missing, ...rest] = await until(3);
  expect(first).toMatchObject({
    route: '/nodes/:id',
    status: 200,
    user_agent: 'test/1',
    request_id: 'edge-12345678',
    level: 'info',
  });
  expect(answer.headers.get('x-request-id')).toBe('edge-12345678');
  expect(failure).toMatchObject({ route: '/fails', status: 500, level: 'error' });
  expect(missing).toMatchObject({ route: '(unmatched)', status: 404 });
  expect(rest).toEqual([]);
});

test('an injected request is logged like one from the network', async () => {
  const { until, app } = await start((each) => void each.get('/', () => ({})));
  await app.inject('/');
  expect((await until(1))[0]).toMatchObject({ route: '/', status: 200 });
  expect((await until(1))[0]).not.toHaveProperty('aborted');
});

test('a client that goes away is logged once, as 499', async () => {
  let arrived: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (arrived = resolve));
  const { port, until } = await start((app) => {
    app.get('/slow', () => (arrived(), new Promise(() => undefined)));
    app.get('/', () => ({}));
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await waiting;
  socket.destroy();
  const [line] = await until(1);
  expect(line).toMatchObject({ route: '/slow', status: 499, aborted: true });
  await fetch(`http://127.0.0.1:${port}/`);
  expect(await until(2)).toHaveLength(2);
});

test('HTTP/2: answered is answered', async () => {
  const lines: string[] = [];
  const log = createLogger({
    service: 'test',
    context: contextFields,
    destination: { write: (line) => void lines.push(line) },
  });
  const app = fastify({ http2: true, ...loggerOptions(log) });
  apps.push(app as unknown as FastifyInstance);
  await app.register(correlation as never);
  await app.register(accessLog as never, { log } as never);
  app.get('/', () => ({}));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const session = http2.connect(`http://127.0.0.1:${(app.server.address() as { port: number }).port}`);
  const stream = session.request({ ':path': '/' });
  await once(stream.resume(), 'close');
  const tunnel = session.request({ ':method': 'CONNECT', ':authority': 'x:1' });
  expect(((await once(tunnel, 'response')) as [{ ':status': number }])[0]).toMatchObject({ ':status': 405 });
  await once(tunnel.resume().end(), 'close');
  session.close();
  await once(session, 'close');
  await app.close();
  expect(
    lines.filter((line) => line.includes('"msg":"request"')).map((line) => JSON.parse(line) as Line),
  ).toMatchObject([
    { route: '/', status: 200 },
    { route: '(connect)', status: 405 },
  ]);
});

test('a handler that throws leaves its stack in the log, under the id of its request', async () => {
  const { port, lines, until } = await start((app) => {
    app.get('/throws', function handlerThatThrows() {
      throw new Error('the disk is full');
    });
    app.get('/refuses', () => Promise.reject(Object.assign(new Error('not yours'), { statusCode: 403 })));
    app.get('/breaks', (_request, reply) =>
      reply.send(
        new Readable({
          read() {
            this.push('begun');
            this.destroy(new Error('the source went away'));
          },
        }),
      ),
    );
  });
  const headers = { 'x-request-id': 'edge-12345678' };
  expect((await fetch(`http://127.0.0.1:${port}/throws`, { headers })).status).toBe(500);
  await fetch(`http://127.0.0.1:${port}/refuses`);
  await fetch(`http://127.0.0.1:${port}/breaks`)
    .then((answer) => answer.text())
    .catch(() => undefined);
  await until(3);
  const said = lines.map((line) => JSON.parse(line) as Line & { err?: { message: string; stack: string } });
  const failures = said.filter(({ err }) => err !== undefined);
  expect(failures.map(({ msg, level, err }) => [msg, level, err?.message])).toEqual([
    ['request failed', 'error', 'the disk is full'],
    ['an answer broke off', 'warn', 'the source went away'],
  ]);
  expect(failures[0]).toMatchObject({ request_id: 'edge-12345678' });
  expect(failures[0]?.err?.stack).toContain('handlerThatThrows');
});
