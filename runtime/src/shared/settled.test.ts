import { connect, constants } from 'node:http2';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../test/wire.ts';
import { onSettled } from './settled.ts';

async function start() {
  const settled: (readonly [route: string, status: number, aborted: boolean])[] = [];
  const app = fastify({ http2: true }) as unknown as FastifyInstance;
  onSettled(app, { end: ({ route, status, aborted }) => void settled.push([route, status, aborted]) });
  app.get('/whole', async () => 'whole');
  app.get('/waits', () => new Promise(() => undefined));
  app.get('/streams', (_request, reply) => reply.send(Readable.from(endless())));
  const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }));
  onTestFinished(async () => {
    session.destroy();
    await app.close();
  });
  return { session, settled };
}

async function* endless() {
  for (;;) {
    yield 'x';
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('over HTTP/2 an answer that was read to its end has its status', async () => {
  const { session, settled } = await start();
  session.request({ ':path': '/whole' }).resume();
  await until(() => settled.length > 0, 'the end');
  expect(settled).toEqual([['/whole', 200, false]]);
});

test.each([
  ['/waits', 'before its answer'],
  ['/streams', 'in the middle of it'],
])('a client that cancels %s over HTTP/2, %s, counts as 499', async (path) => {
  const { session, settled } = await start();
  const stream = session.request({ ':path': path });
  stream.on('error', () => undefined);
  let begun = path === '/waits';
  stream.on('data', () => (begun = true));
  await new Promise((resolve) => session.ping(resolve));
  await until(() => begun, 'the answer');
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => settled.length > 0, 'the end');
  expect(settled).toEqual([[path, 499, true]]);
});
