/** Requests that the router never sees: upgrades, tunnels, what Node answers by itself, and what is no request. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLifecycle } from '../lifecycle/index.ts';
import { start } from './fastify.testkit.ts';
import { beforeRoutes } from './index.ts';

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

test('what Node and Fastify answer past every hook has its line: expectations, tunnels that nobody takes, paths that cannot be decoded', async () => {
  const { port, until } = await start((app) => void app.get('/', () => ({ plain: true })));
  const answers: string[] = [];
  for (const head of [
    'GET / HTTP/1.1\r\nHost: x\r\nExpect: cake',
    'CONNECT a:1 HTTP/1.1\r\nHost: a:1',
    'GET /%ff HTTP/1.1\r\nHost: x',
  ]) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk)).write(`${head}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');
    answers.push(answer);
  }
  const lines = await until(3);
  expect(lines).toMatchObject([
    { route: '/', status: 417, method: 'GET' },
    { route: '(connect)', status: 405, method: 'CONNECT' },
    { route: '(unmatched)', status: 400, method: 'GET' },
  ]);
  expect(answers[0]).toMatch(/^HTTP\/1\.1 417 .*100-continue may be expected/s);
  expect(answers[0]).toContain(`x-request-id: ${lines[0]?.request_id}`);
  expect(answers[1]).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\nAllow:\r\n/);
  expect(answers[2]).toMatch(/^HTTP\/1\.1 400 .*"code":"FST_ERR_BAD_URL"/s);
});

test('whoever answers expectations or tunnels goes on doing so, and 100-continue is served', async () => {
  const { port, until } = await start((app) => {
    app.post('/', () => ({ plain: true }));
    app.server.on('checkExpectation', (_request, response) => response.writeHead(299).end());
    app.server.on('connect', (_request, socket) => setTimeout(() => socket.end('HTTP/1.1 299 Mine\r\n\r\n'), 20));
  });
  for (const [head, expected] of [
    ['GET / HTTP/1.1\r\nHost: x\r\nExpect: cake', /^HTTP\/1\.1 299/],
    ['CONNECT a:1 HTTP/1.1\r\nHost: a:1', /^HTTP\/1\.1 299 Mine\r\n\r\n$/],
    ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue', /^HTTP\/1\.1 100 .*HTTP\/1\.1 200/s],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk)).write(`${head}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(answer).toMatch(expected);
  }
  expect(await until(2)).toMatchObject([{ status: 299 }, { status: 200 }]);
});

test('upgrades that are refused while the process leaves have their line', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 60_000, drainWindow: 1_000 });
  const { port, until } = await start((app) => {
    lifecycle.attach(app.server);
    app.server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 299 Mine\r\n\r\n'));
  });
  const leaving = lifecycle.shutdown('test');
  for (const head of [
    'GET /ws/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade',
    'CONNECT a:1 HTTP/1.1\r\nHost: a:1',
  ]) {
    const socket = connect(port, '127.0.0.1').resume();
    socket.write(`${head}\r\n\r\n`);
    await once(socket, 'close');
  }
  const lines = await until(2);
  expect(lines).toMatchObject([
    { route: '/ws/:id', status: 503 },
    { route: '(connect)', status: 503 },
  ]);
  expect(lines.every(({ request_id }) => /^[0-9a-f]{32}$/.test(request_id))).toBe(true);
  lifecycle.force();
  await leaving;
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
