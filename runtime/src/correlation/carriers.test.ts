import { connect } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startNats } from '../../../test/servers/nats.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { current, extract, fromEnvelope, inject, injectInto, newCorrelation, runWith, toEnvelope } from './index.ts';

const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', flags: 1, state: 'ven=1' };
const made = newCorrelation({ requestId: 'request-1234', trace: TRACE });

test('a correlation goes on in the trace, with a span of its own', () => {
  expect(made).toMatchObject({
    requestId: 'request-1234',
    trace: { traceId: TRACE.traceId, flags: 1, state: 'ven=1' },
    parent: TRACE,
  });
  expect(made.trace.spanId).not.toBe(TRACE.spanId);
});

test('without ids, new ones are made, and the request id is the trace id', () => {
  const fresh = newCorrelation();
  expect(fresh.requestId).toBe(fresh.trace.traceId);
  expect(fresh.trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(Array.from({ length: 5000 }, () => newCorrelation().trace.traceId)).size).toBe(5000);
});

test('records of headers: replaced whatever their case, others kept', () => {
  const out = inject({ Accept: 'x', 'X-REQUEST-ID': 'other', none: undefined }, made);
  expect(out).toEqual({
    Accept: 'x',
    'x-request-id': 'request-1234',
    traceparent: `00-${TRACE.traceId}-${made.trace.spanId}-01`,
    tracestate: 'ven=1',
  });
  expect(extract(out)).toMatchObject({
    requestId: 'request-1234',
    parent: { spanId: made.trace.spanId, state: 'ven=1' },
  });
  expect(inject({ a: '1' }, undefined)).toEqual({ a: '1' });
});

test('names are found in whatever case others write them, and replaced', () => {
  const written = headers();
  written.append('Traceparent', `00-${TRACE.traceId}-${TRACE.spanId}-01`);
  written.append('Tracestate', 'ven=1');
  written.append('Tracestate', 'other=2');
  written.append('x-request-id', 'request-1234');
  const mixed = new Map([
    ['TRACEPARENT', `00-${TRACE.traceId}-${TRACE.spanId}-01`],
    ['tracestate', 'ven=1,other=2'],
    ['X-REQUEST-ID', 'request-1234'],
  ]);
  const fetched = new Headers([...mixed]);
  for (const carrier of [written, mixed, fetched]) {
    expect(extract(carrier)).toMatchObject({ requestId: 'request-1234', parent: { ...TRACE, state: 'ven=1,other=2' } });
    injectInto(carrier, newCorrelation({ requestId: 'request-5678' }));
    expect([...carrier].map(([name]) => name.toLowerCase()).sort()).toEqual(['traceparent', 'x-request-id']);
    expect(extract(carrier).requestId).toBe('request-5678');
  }
});

test('the context holds over asynchronous work and ends with it', async () => {
  await runWith(made, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(current()?.requestId).toBe('request-1234');
  });
  expect(current()).toBeUndefined();
});

test('hostile carriers yield new ids', () => {
  for (const carrier of [
    undefined,
    null,
    {},
    { 'X-Request-Id': ['aaaaaaaa', 'bbbbbbbb'] },
    { traceparent: '00-zz', 'x-request-id': 'a\r\nb' },
  ])
    expect(extract(carrier)).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  for (const value of [undefined, null, 1, 'x', [], { requestId: {} }, { traceparent: 1 }])
    expect(fromEnvelope(value).requestId).toMatch(/^[0-9a-f]{32}$/);
});

test('through a real NATS server', async () => {
  const server = await startNats();
  const client = await connect({ servers: server.url });
  try {
    const taken = (async () => {
      for await (const message of client.subscribe('usage.recorded', { max: 1 })) return message.headers;
      return undefined;
    })();
    await client.flush();
    const sent = headers();
    injectInto(sent, made);
    client.publish('usage.recorded', 'x', { headers: sent });
    expect(extract(await taken)).toMatchObject({
      requestId: 'request-1234',
      parent: { traceId: TRACE.traceId, spanId: made.trace.spanId, flags: 1, state: 'ven=1' },
    });
  } finally {
    await client.close();
    await server.stop();
  }
});

test('through Redis pub/sub of a real server', async () => {
  const server = await startRedis();
  const [from, to] = [new Redis(server.port, '127.0.0.1'), new Redis(server.port, '127.0.0.1')];
  try {
    const taken = new Promise<string>((resolve) => to.on('message', (_channel, text) => resolve(text)));
    await to.subscribe('notify.user.1');
    await from.publish('notify.user.1', JSON.stringify({ type: 'x', ...toEnvelope(made) }));
    expect(fromEnvelope(JSON.parse(await taken))).toMatchObject({
      requestId: 'request-1234',
      parent: { spanId: made.trace.spanId },
    });
  } finally {
    from.disconnect();
    to.disconnect();
    await server.stop();
  }
});
