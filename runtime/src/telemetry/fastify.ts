/** A span and the figures of each request. Requests outside of a recorded trace cost a look at their trace id, no span. */
import { SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { active, attach, attached, isCorrelated, type Active } from '../shared/active.ts';
import { plugin } from '../shared/plugin.ts';
import { exchangeOf, onSettled, type Exchange } from '../shared/settled.ts';
import { parseTraceparent, randomHex } from '../shared/trace-context.ts';
import { contextOf, traceOf } from './context.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export interface TelemetryOptions {
  readonly tracing?: Tracing;
  readonly metrics?: Metrics;
  /** Routes without spans; health and metrics by default. They are counted all the same. */
  readonly quiet?: readonly string[];
}

const QUIET = ['/livez', '/readyz', '/statusz', '/healthz', '/metrics'];
const SAMPLED = 1;

/** Register it after `correlation`; without that it believes the `traceparent` of every caller. */
export const telemetry: FastifyPluginAsync<TelemetryOptions> = /* @__PURE__ */ plugin(
  'launchgate-telemetry',
  async (app, options) => {
    const { tracing, metrics } = options;
    const quiet = new Set(options.quiet ?? QUIET);
    if (metrics !== undefined) {
      const { requests } = metrics;
      onSettled(app, {
        begin: () => requests.begin(),
        end(exchange) {
          requests.end();
          requests.observe(exchange);
        },
      });
    }
    if (tracing === undefined) return;
    if (isCorrelated(app)) {
      onSettled(app, {
        begin(exchange) {
          const store = attached(exchange.request.raw);
          if (store !== undefined && !quiet.has(exchange.route)) beginSpan(tracing, exchange, store);
        },
        end: endSpan,
      });
      return;
    }
    onSettled(app, { end: endSpan });
    app.addHook('onRequest', function beginTrace(request, _reply, done) {
      const exchange = exchangeOf(request);
      if (quiet.has(exchange.route)) return done();
      const own = ownContext(request);
      attach(request.raw, own);
      active.run(own, () => {
        beginSpan(tracing, exchange, own);
        done();
      });
    });
  },
);

function ownContext(request: FastifyRequest): Active {
  const parent = parseTraceparent(request.headers['traceparent']);
  const trace = {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    flags: parent?.flags ?? 0,
    state: undefined,
  };
  return { requestId: trace.traceId, trace, parent, baggage: undefined, otel: undefined };
}

/** The caller's decision holds; without a caller the trace id decides, so that every service of a trace decides alike. */
function beginSpan(tracing: Tracing, { request, route }: Exchange, store: Active): void {
  const records =
    store.parent === undefined ? tracing.samples(store.trace.traceId) : (store.parent.flags & SAMPLED) !== 0;
  if (!records) return;
  const attributes: Attributes = {
    'http.request.method': request.method,
    'http.route': route,
    'url.scheme': request.protocol,
  };
  const above = contextOf(store);
  // The span takes its trace id from the context, which is not entered yet where correlation was registered after another part.
  const span = active.run(store, () =>
    tracing.tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, above),
  );
  store.otel = trace.setSpan(above, span);
  store.trace = traceOf(span.spanContext());
}

function endSpan({ context: store, status, aborted }: Exchange): void {
  if (store === undefined || (store.trace.flags & SAMPLED) === 0 || store.otel === undefined) return;
  const span = trace.getSpan(contextOf(store));
  if (span === undefined) return;
  span.setAttribute('http.response.status_code', status);
  if (aborted) span.setAttribute('error.type', 'client_closed');
  if (status >= 500) {
    span.setAttribute('error.type', String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
