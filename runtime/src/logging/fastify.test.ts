import { connect } from 'node:net';
import { once } from 'node:events';
import http2 from 'node:http2';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { contextFields, correlation } from '../correlation/index.ts';
import { accessLog, beforeRoutes, checkLine, createLogger, loggerOptions } from './index.ts';

interface Line {
  msg: string;
  route: string;
  status: number;
  level: string;
  request_id: string;
  trace_id: string;
  [field: string]: unknown;
}
const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(
  setup: (app: FastifyInstance) => void,
  options: Pick<FastifyServerOptions, 'frameworkErrors'> = {},
): Promise<{
  port: number;
  app: FastifyInstance;
  lines: readonly string[];
  until: (count: number) => Promise<Line[]>;
}> {
  const lines: string[] = [];
  let told: () => void = () => undefined;
  const log = createLogger({
    service: 'test',
    context: contextFields,
    destination: { write: (line) => (lines.push(line), told()) },
  });
  const app = fastify({ ...options, ...loggerOptions(log) });
  apps.push(app as unknown as FastifyInstance);
  await app.register(correlation, { trust: { cidrs: ['127.0.0.0/8'] } });
  await app.register(accessLog, { log, upgradeRoute: (path) => (path.startsWith('/ws/') ? '/ws/:id' : undefined) });
  setup(app as unknown as FastifyInstance);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const requests = (): string[] => lines.filter((line) => line.includes('"msg":"request"'));
  const until = async (count: number): Promise<Line[]> => {
    while (requests().length < count) await new Promise<void>((resolve) => (told = resolve));
    for (const line of requests()) expect(checkLine(line, 'request')).toEqual([]);
    return requests().map((line) => JSON.parse(line) as Line);
  };
  return {
    port: (app.server.address() as { port: number }).port,
    app: app as unknown as FastifyInstance,
    lines,
    until,
  };
}

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

test('upgrades are logged with what was answered', async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const { port, until } = await start((app) => {
    app.get('/', () => ({ plain: true }));
    app.server.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/ws/')) sockets.handleUpgrade(request, socket, head, (each) => each.close());
      else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    });
  });
  await once(
    new WebSocket(`ws://127.0.0.1:${port}/ws/1?ticket=x`, { headers: { 'x-request-id': 'edge-87654321' } }),
    'close',
  );
  await once(new WebSocket(`ws://127.0.0.1:${port}/other`), 'error');
  const lines = await until(2);
  expect(lines[0]).toMatchObject({ route: '/ws/:id', status: 101, upgrade: true, request_id: 'edge-87654321' });
  expect(lines[1]).toMatchObject({ route: '(upgrade)', status: 403, upgrade: true });
});

test('a tunnel is logged with what was answered', async () => {
  const { port, until } = await start((app) => {
    app.server.on('connect', (_request, socket) => socket.end('HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n'));
  });
  const client = connect(port, '127.0.0.1').resume();
  client.write('CONNECT metadata.internal:80 HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client, 'close');
  const [line] = await until(1);
  expect(line).toMatchObject({ route: '(connect)', method: 'CONNECT', status: 405 });
  expect(line?.request_id).toMatch(/^[0-9a-f]{32}$/);
});

test('what fails ahead of the router has its line, once, and under the id of its answer', async () => {
  const { port, until } = await start(() => undefined, {
    frameworkErrors(error, request, reply) {
      beforeRoutes(request, reply);
      reply.header('x-request-id', request.id);
      void reply.serializer(String).send(error as never);
    },
  });
  const answer = await fetch(`http://127.0.0.1:${port}/nodes/%ff`);
  expect(answer.status).toBe(400);
  const [line] = await until(1);
  expect(line).toMatchObject({ route: '(unmatched)', status: 400, request_id: answer.headers.get('x-request-id') });
});

test('what is no request has a line with what was answered, also behind one that is', async () => {
  const { port, until } = await start((app) => void app.get('/', () => ({ plain: true })));
  for (const text of ['SSH-2.0-none\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\nmore\r\n\r\n']) {
    const socket = connect(port, '127.0.0.1');
    socket.resume().write(text);
    await once(socket, 'close');
  }
  const lines = await until(3);
  expect(lines.filter(({ route }) => route === '(malformed)')).toMatchObject([
    { status: 400, method: 'OTHER', level: 'info' },
    { status: 400 },
  ]);
  expect(lines.filter(({ route }) => route === '/')).toMatchObject([{ method: 'GET' }]);
});

test('without anybody who takes upgrades, a request that asks for one is answered like any other', async () => {
  const { port, until } = await start((app) => void app.get('/', () => ({ plain: true })));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n');
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1\.1 200/);
  socket.destroy();
  expect((await until(1))[0]).toMatchObject({ status: 200 });
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
  session.close();
  await once(session, 'close');
  await app.close();
  expect(
    lines.filter((line) => line.includes('"msg":"request"')).map((line) => JSON.parse(line) as Line),
  ).toMatchObject([{ route: '/', status: 200 }]);
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
