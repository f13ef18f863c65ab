import { SpanKind, TraceFlags, trace, ROOT_CONTEXT } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Served } from '../http.ts';
import { spansOfJson } from './otlp-json.ts';
import { jsonOfProtobuf } from './otlp-protobuf.ts';
import { startSpans } from './server.ts';
import { SpanStore } from './store.ts';
import type { KeptSpan } from './types.ts';

/** Spans as the SDK makes them: the api takes a request and calls the worker. */
function recorded(service: string, parent?: ReadableSpan): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new SimpleSpanProcessor({ exporter } as never)],
  });
  const tracer = provider.getTracer('test');
  const above =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { ...parent.spanContext(), isRemote: true, traceFlags: TraceFlags.SAMPLED });
  const server = tracer.startSpan(
    `${service} request`,
    { kind: SpanKind.SERVER, attributes: { 'http.route': '/x', size: -3, ok: true, ratio: 0.25 } },
    above,
  );
  const client = tracer.startSpan('call', { kind: SpanKind.CLIENT }, trace.setSpan(above, server));
  client.setStatus({ code: 2 }).end();
  server.end();
  return exporter.getFinishedSpans();
}

describe('the span receiver', () => {
  let served: Served;
  const post = (body: Uint8Array, headers: Record<string, string>): Promise<Response> =>
    fetch(`http://127.0.0.1:${served.port}/v1/traces`, { method: 'POST', body: Buffer.from(body), headers });
  const get = async (path: string): Promise<Record<string, Record<string, unknown>[]>> =>
    (await (await fetch(`http://127.0.0.1:${served.port}${path}`)).json()) as Record<string, Record<string, unknown>[]>;

  beforeAll(async () => {
    served = await startSpans({ address: '127.0.0.1:0', most: 1000 });
  });
  afterAll(() => served.close());

  test('reads both encodings of the SDK alike', () => {
    const spans = recorded('api');
    const json = spansOfJson(JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest(spans) ?? []).toString()));
    const protobuf = spansOfJson(jsonOfProtobuf(Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? [])));
    expect(protobuf).toEqual(json);
    expect(json.find(({ kind }) => kind === 'server')).toMatchObject({
      service: 'api',
      name: 'api request',
      attributes: { 'http.route': '/x', size: -3, ok: true, ratio: 0.25 },
      error: false,
    });
    expect(json.find(({ kind }) => kind === 'client')?.error).toBe(true);
  });

  test('answers by trace, service, name and time, and the hops of one trace', async () => {
    const api = recorded('api');
    const worker = recorded('worker', api[0]);
    const json = JsonTraceSerializer.serializeRequest(api) ?? new Uint8Array();
    expect(
      (await post(gzipSync(json), { 'content-type': 'application/json', 'content-encoding': 'gzip' })).status,
    ).toBe(200);
    const protobuf = ProtobufTraceSerializer.serializeRequest(worker) ?? new Uint8Array();
    expect((await post(protobuf, { 'content-type': 'application/x-protobuf' })).status).toBe(200);
    const id = api[0]?.spanContext().traceId;
    expect((await get(`/v1/traces/${id}`))['spans']).toHaveLength(4);
    const { hops } = await get(`/v1/traces/${id}/hops`);
    expect(hops?.map(({ service, from }) => [service, from])).toEqual([
      ['api', undefined],
      ['worker', 'api'],
    ]);
    expect(hops?.[1]?.['reachedAfter']).toBeGreaterThanOrEqual(0);
    expect((await get(`/v1/spans?service=worker&name=call&limit=5`))['spans']).toHaveLength(1);
    expect((await get('/v1/spans?to=2001-01-01T00:00:00Z'))['spans']).toEqual([]);
    expect((await get(`/v1/spans?trace=${id}&from=2001-01-01T00:00:00Z`))['spans']).toHaveLength(4);
  });

  test('refuses what is no OTLP', async () => {
    const json = { 'content-type': 'application/json' };
    expect((await post(Buffer.from('{'), json)).status).toBe(400);
    expect(
      (await post(Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"x"}]}]}]}'), json)).status,
    ).toBe(400);
    for (const bytes of [[0x0a, 0x7f], [0x0b], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]])
      expect((await post(Buffer.from(bytes), { 'content-type': 'application/x-protobuf' })).status).toBe(400);
    expect((await post(Buffer.from('x'), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(gzipSync(Buffer.alloc(9 << 20)), { ...json, 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await fetch(`http://127.0.0.1:${served.port}/v1/traces/none`)).status).toBe(404);
  });
});

test('the store forgets whole traces, the one touched longest ago first, and never grows beyond its bound', () => {
  const span = (traceId: string, spanId: string): KeptSpan => ({
    traceId,
    spanId,
    service: 's',
    name: 'n',
    kind: 'server',
    start: 0,
    end: 1,
    error: false,
    attributes: {},
  });
  const store = new SpanStore(4);
  store.add([span('a', '1'), span('b', '1'), span('a', '2'), span('a', '2'), span('c', '1'), span('c', '2')]);
  expect([store.trace('a').length, store.trace('b').length, store.trace('c').length, store.size]).toEqual([2, 0, 2, 4]);
  store.add(Array.from({ length: 10 }, (_, index) => span('d', String(index))));
  expect([store.trace('a').length, store.trace('d').length, store.size]).toEqual([0, 4, 4]);
});
