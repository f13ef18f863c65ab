/** An OTLP/HTTP receiver that can be asked what it received. */
import { z, ZodError } from 'zod';
import { HttpError, router, serve, type Asked, type Served } from '../http.ts';
import { spansOfJson } from './otlp-json.ts';
import { jsonOfProtobuf } from './otlp-protobuf.ts';
import { SpanStore } from './store.ts';

const MOST_LISTED = 1000;

export function startSpans({ address, most }: { address: string; most: number }): Promise<Served> {
  const store = new SpanStore(most);
  return serve(
    address,
    router([
      { method: 'POST', path: '/v1/traces', answer: (asked) => take(store, asked) },
      { method: 'GET', path: '/v1/traces/:id', answer: ({ params }) => ({ spans: found(store, params['id']) }) },
      {
        method: 'GET',
        path: '/v1/traces/:id/hops',
        answer: ({ params }) => {
          found(store, params['id']);
          return { hops: store.hops(params['id'] ?? '') };
        },
      },
      { method: 'GET', path: '/v1/spans', answer: ({ query }) => ({ spans: store.find(queryOf(query)) }) },
      { method: 'GET', path: '/healthz', answer: () => ({ status: 'ok' }) },
      { method: 'GET', path: '/metrics', answer: () => metrics(store) },
    ]),
  );
}

async function take(store: SpanStore, asked: Asked): Promise<object | string> {
  const type = (asked.headers['content-type'] ?? '').split(';')[0];
  if (type !== 'application/json' && type !== 'application/x-protobuf')
    throw new HttpError(415, 'expected application/json or application/x-protobuf');
  try {
    store.add(spansOfJson(type === 'application/json' ? await asked.json() : jsonOfProtobuf(await asked.body())));
  } catch (error) {
    if (error instanceof ZodError) throw new HttpError(400, z.prettifyError(error));
    if (error instanceof RangeError) throw new HttpError(400, error.message);
    throw error;
  }
  // An empty ExportTraceServiceResponse, in either encoding.
  return type === 'application/json' ? {} : '';
}

function found(store: SpanStore, id = ''): object[] {
  const spans = store.trace(id);
  if (spans.length === 0) throw new HttpError(404, 'no span of that trace arrived');
  return spans;
}

/** `?service=`, `?name=`, `?trace=`, `?from=`, `?to=` (times), `?limit=`. */
function queryOf(query: URLSearchParams): Parameters<SpanStore['find']>[0] {
  const text = (key: string): string | undefined => query.get(key) ?? undefined;
  const time = (key: string): number | undefined => {
    const value = text(key);
    const at = value === undefined ? undefined : Date.parse(value);
    if (at !== undefined && Number.isNaN(at)) throw new HttpError(400, `${key} is not a time`);
    return at;
  };
  const given = {
    service: text('service'),
    name: text('name'),
    traceId: text('trace'),
    from: time('from'),
    to: time('to'),
  };
  const limit = Number(query.get('limit') ?? MOST_LISTED);
  if (!(limit >= 1)) throw new HttpError(400, 'limit is not a number from 1');
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...known, limit: Math.min(limit, MOST_LISTED) };
}

function metrics(store: SpanStore): string {
  return [
    '# TYPE otlp_spans_received_total counter',
    `otlp_spans_received_total ${store.received}`,
    '# TYPE otlp_spans_forgotten_total counter',
    `otlp_spans_forgotten_total ${store.forgotten}`,
    '# TYPE otlp_spans_kept gauge',
    `otlp_spans_kept ${store.size}`,
    '',
  ].join('\n');
}
