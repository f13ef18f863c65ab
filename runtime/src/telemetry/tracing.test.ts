/** Against a real OTLP/HTTP collector endpoint that decodes what it is sent, and against ones that are away, hang, are slow or refuse. */
import { createServer, type Server } from 'node:http';
import fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { correlation, current, extract, inject, runWith } from '../correlation/index.ts';
import {
  consumerSpan,
  createMetrics,
  producerSpan,
  startTelemetry,
  telemetry,
  tracePg,
  withSpan,
  type Tracing,
} from './index.ts';

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { code?: number };
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[];
  readonly links?: readonly { traceId: string; spanId: string }[];
}

const open: { close(): unknown }[] = [];
let tracing: Tracing | undefined;
afterEach(async () => {
  await tracing?.shutdown(500);
  tracing = undefined;
  for (const each of open.splice(0)) await each.close();
});

/** `answer` decides what a collector does with an export; it decodes every one. */
async function collector(
  answer: 'ok' | 'hang' | 'refuse' = 'ok',
): Promise<{ endpoint: string; spans: OtlpSpan[]; resources: Record<string, string>[]; server: Server }> {
  const spans: OtlpSpan[] = [];
  const resources: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (answer === 'hang') return;
      if (answer === 'refuse') return void response.writeHead(400).end();
      expect(request.url).toBe('/v1/traces');
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: {
          resource: { attributes: { key: string; value: { stringValue: string } }[] };
          scopeSpans: { spans: OtlpSpan[] }[];
        }[];
      };
      for (const { resource, scopeSpans } of body.resourceSpans) {
        resources.push(Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue])));
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
  const { port } = server.address() as { port: number };
  return { endpoint: `http://127.0.0.1:${port}`, spans, resources, server };
}

function attribute(span: OtlpSpan | undefined, key: string): string | number | undefined {
  const value = span?.attributes.find((each) => each.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}

test('a request, its work, its message and its query are one trace, with the ids that logs and headers had', async () => {
  const { endpoint, spans, resources } = await collector();
  tracing = startTelemetry({ service: 'api', version: '1.2.3', environment: 'lab', endpoint });
  const pool = tracePg(
    { query: (_sql: string, _values?: unknown[]) => Promise.resolve({ rows: [] }) },
    { database: 'app' },
  );
  let sent: Record<string, unknown> = {};
  let inside = '';
  const app = fastify();
  open.push(app);
  await app.register(correlation);
  await app.register(telemetry, { tracing });
  app.get('/nodes/:id', async () => {
    inside = current()?.trace.spanId ?? '';
    await withSpan('work', () => pool.query("SELECT * FROM t WHERE name = 'secret' AND id = 42 AND x = $1", ['v']));
    producerSpan('nats', 'usage.recorded', () => (sent = inject()));
    return {};
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await (await fetch(`${url}/nodes/7?token=x`)).text();
  runWith(extract(sent as Record<string, string>), () =>
    consumerSpan('nats', 'usage.recorded', current()?.parent, () => undefined),
  );
  await app.close();
  await tracing.flush();

  const named = (name: string): OtlpSpan | undefined => spans.find((span) => span.name === name);
  const [server, work, query] = [named('GET /nodes/:id'), named('work'), named('SELECT app')];
  const [send, take] = [named('send usage.recorded'), named('process usage.recorded')];
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(server).toMatchObject({ kind: 2, spanId: inside });
  expect(server?.parentSpanId ?? '').toBe('');
  expect(attribute(server, 'http.route')).toBe('/nodes/:id');
  expect(attribute(server, 'http.response.status_code')).toBe(200);
  expect(work?.parentSpanId).toBe(server?.spanId);
  expect(query?.parentSpanId).toBe(work?.spanId);
  expect(attribute(query, 'db.query.text')).toBe('SELECT * FROM t WHERE name = ? AND id = ? AND x = $1');
  expect(sent['traceparent']).toBe(`00-${send?.traceId}-${send?.spanId}-01`);
  expect(take).toMatchObject({ kind: 5, parentSpanId: send?.spanId });
  expect(resources[0]).toMatchObject({
    'service.name': 'api',
    'service.version': '1.2.3',
    'deployment.environment.name': 'lab',
  });
  expect(JSON.stringify(spans)).not.toMatch(/token|secret/);
});

test('the span of a request has the trace id of its answer, also where another part was registered before correlation', async () => {
  const { endpoint, spans } = await collector();
  tracing = startTelemetry({ service: 'api', endpoint });
  const app = fastify();
  open.push(app);
  await app.register(telemetry, { metrics: createMetrics({ service: 'api', defaults: false }) });
  await app.register(correlation);
  await app.register(telemetry, { tracing });
  app.get('/', () => ({ spanId: current()?.trace.spanId }));
  const answer = await fetch(await app.listen({ port: 0, host: '127.0.0.1' }));
  const { spanId } = (await answer.json()) as { spanId: string };
  await app.close();
  await tracing.flush();
  expect(spans).toMatchObject([{ name: 'GET /', traceId: answer.headers.get('x-request-id'), spanId }]);
});

test("the caller's decision holds, the ratio decides for new traces, and ids go on either way", async () => {
  const { endpoint, spans } = await collector();
  tracing = startTelemetry({ service: 'api', endpoint, ratio: 0 });
  const app = fastify();
  open.push(app);
  await app.register(correlation, { trust: { cidrs: ['127.0.0.1'] } });
  await app.register(telemetry, { tracing });
  app.get('/', () => withSpan('inner', () => inject()));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const ask = async (flags: string): Promise<{ traceparent: string }> =>
    (await (
      await fetch(url, { headers: { traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}` } })
    ).json()) as { traceparent: string };
  expect((await ask('00')).traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-.*-00$/);
  expect((await ask('01')).traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-.*-01$/);
  await (await fetch(url)).text();
  await app.close();
  await tracing.flush();
  expect(spans.map(({ name }) => name).sort()).toEqual(['GET /', 'inner']);
  expect(spans.find(({ name }) => name === 'GET /')?.parentSpanId).toBe('00f067aa0ba902b7');
});

test('a failure leaves its kind on the span and not its text, and goes through', async () => {
  const { endpoint, spans } = await collector();
  tracing = startTelemetry({ service: 'api', endpoint });
  await expect(
    withSpan('fails', () => Promise.reject(Object.assign(new Error('password=x'), { code: 'E_X' }))),
  ).rejects.toThrow('password=x');
  expect(() =>
    withSpan('throws', () => {
      throw new TypeError('token=y');
    }),
  ).toThrow('token=y');
  await tracing.flush();
  expect(spans.map((span) => [span.name, span.status.code, attribute(span, 'error.type')])).toEqual([
    ['fails', 2, 'E_X'],
    ['throws', 2, 'TypeError'],
  ]);
  expect(JSON.stringify(spans)).not.toMatch(/password|token/);
});

test('a batch of messages is linked to each sender', async () => {
  const { endpoint, spans } = await collector();
  tracing = startTelemetry({ service: 'worker', endpoint });
  const senders = ['a', 'b'].map((digit) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16), flags: 1 }));
  consumerSpan('nats', 'usage.>', senders, () => undefined);
  await tracing.flush();
  expect(spans[0]?.links?.map(({ traceId }) => traceId)).toEqual(senders.map(({ traceId }) => traceId));
});

test.each(['away', 'hang', 'refuse'] as const)(
  'a collector that is %s costs spans, counted, and neither a request nor the shutdown',
  async (fault) => {
    const { endpoint } = fault === 'away' ? { endpoint: 'http://127.0.0.1:1' } : await collector(fault);
    tracing = startTelemetry({ service: 'api', endpoint, queue: 50, batch: 10, delayMs: 5, timeoutMs: 200 });
    const results = Array.from({ length: 500 }, (_, index) => withSpan('work', () => index));
    expect(results.at(-1)).toBe(499);
    const { stats } = tracing;
    await tracing.shutdown(1500);
    const { exported, failed, dropped, waiting } = stats();
    expect(exported).toBe(0);
    expect(dropped).toBeGreaterThanOrEqual(440);
    expect(failed + dropped + waiting).toBeGreaterThanOrEqual(490);
  },
);

test('a slow start: spans of before are sent when the collector comes', async () => {
  const { endpoint, spans, server } = await collector();
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  tracing = startTelemetry({ service: 'api', endpoint, delayMs: 10_000 });
  withSpan('early', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await tracing.shutdown(2000);
  expect(spans.map(({ name }) => name)).toEqual(['early']);
  expect(tracing.stats()).toMatchObject({ exported: 1, dropped: 0, failed: 0 });
});

test('without an endpoint nothing is recorded, and ids are passed on', () => {
  tracing = startTelemetry({ service: 'api' });
  const out = runWith(extract({ 'X-Request-Id': 'request-1234' }), () => withSpan('work', () => inject()));
  expect(out).toMatchObject({ 'x-request-id': 'request-1234', traceparent: expect.stringMatching(/-00$/) });
  expect(() => startTelemetry({ service: 'x', ratio: 2 })).toThrow(/ratio/);
  expect(() => startTelemetry({ service: 'x', endpoint: 'grpc://h' })).toThrow(/endpoint/);
});
