import { once } from 'node:events';
import { connect } from 'node:net';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { until, wire } from '../../test/wire.ts';
import { accessLog, createLogger, loggerOptions } from '../logging/index.ts';
import { createLifecycle, lifecyclePlugin, serverOptions } from './index.ts';

async function start(routes: (app: FastifyInstance) => void) {
  const lines: string[] = [];
  const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  const app = fastify({ ...loggerOptions(log), http: serverOptions }) as unknown as FastifyInstance;
  await app.register(lifecyclePlugin, {
    lifecycle: createLifecycle({ propagationDelay: 0, drainWindow: 0 }),
  });
  await app.register(accessLog, { log });
  routes(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as { port: number };
  return {
    port,
    requests: () => lines.map((line) => JSON.parse(line) as { msg: string }).filter(({ msg }) => msg === 'request'),
  };
}

test('bodies are read, of whatever framing, between requests without one on the same connection', async () => {
  const { port } = await start((app) => {
    app.get('/', ({ raw }) => ({ ended: raw.readableEnded }));
    app.post('/', ({ body }) => ({ body }));
  });
  const client = await wire(port);
  const json = 'host: a\r\ncontent-type: application/json\r\n';
  client.socket.write(
    [
      'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
      `POST / HTTP/1.1\r\n${json}content-length: 7\r\n\r\n{"a":1}`,
      'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
      `POST / HTTP/1.1\r\n${json}transfer-encoding: chunked\r\n\r\n7\r\n{"a":2}\r\n0\r\n\r\n`,
      'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    ].join(''),
  );
  await until(client.ended, 'the last answer');
  expect(client.received().match(/\{.*\}/g)).toEqual([
    '{"ended":true}',
    '{"body":{"a":1}}',
    '{"ended":true}',
    '{"body":{"a":2}}',
    '{"ended":true}',
  ]);
});

test.each([
  ['POST', '/', 'application/json', 400],
  ['POST', '/', 'text/plain', 200],
  ['DELETE', '/', 'application/json', 400],
  ['POST', '/nowhere', 'text/plain', 404],
])('%s %s of %s without a body, announced by nothing, is answered', async (method, path, type, status) => {
  const { port } = await start((app) => {
    app.post('/', ({ body }) => ({ body }));
    app.delete('/', ({ body }) => ({ body }));
  });
  const client = await wire(port);
  client.socket.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\n\r\n`);
  await until(() => client.received().includes('\r\n\r\n'), 'the answer', 5000);
  expect(client.received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test('who listens for the close of a request hears of it once, after its answer', async () => {
  const told: string[] = [];
  const { port } = await start((app) => {
    app.get('/', async ({ raw }) => {
      raw.on('aborted', () => told.push('aborted'));
      raw.on('close', () => told.push('close'));
      return {};
    });
  });
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  await until(() => told.length > 0, 'the close');
  expect(told).toEqual(['close']);
});

test('a client that goes away aborts the signal of its request, and stands in the log as 499', async () => {
  let held: FastifyRequest | undefined;
  const { port, requests } = await start((app) => {
    app.get('/', (request) => {
      held = request;
      return new Promise(() => undefined);
    });
  });
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await until(() => held !== undefined, 'the request');
  const signal = held?.signal;
  expect(signal?.aborted).toBe(false);
  client.destroy();
  await until(() => signal?.aborted === true, 'the abort');
  expect(held?.raw.aborted).toBe(true);
  await until(() => requests().length > 0, 'its line');
  expect(requests()).toMatchObject([{ status: 499, aborted: true }]);
});
