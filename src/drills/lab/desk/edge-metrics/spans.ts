/** Each request that the edge has answered as a span: nginx of Debian writes ids into its log, and none of its modules exports them. */
import { z } from 'zod';

const line = z.looseObject({
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  span_id: z.string().regex(/^[0-9a-f]{16}$/),
  parent_span_id: z.string().regex(/^(?:[0-9a-f]{16})?$/),
  request_id: z.string(),
  method: z.string(),
  route: z.string().min(1),
  status: z.int(),
  /** Seconds since 1970 at the end. */
  ended: z.number().positive(),
  latency_ms: z.number().nonnegative(),
});

const SERVER = 2;
const ERROR = 2;
const MS = 1_000_000n;
/** Waiting for the collector, which is on this machine. */
const DEADLINE_MS = 2000;

export interface SpanExport {
  add(line: unknown): void;
  /** Sends what was added; what the collector does not take is gone, as the log has it all. */
  flush(): Promise<void>;
}

/** `endpoint` is the collector's base, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
export function exportSpans(endpoint: string): SpanExport {
  let spans: object[] = [];
  return {
    add(text) {
      const found = line.safeParse(text).data;
      if (found !== undefined) spans.push(spanOf(found));
    },
    async flush() {
      if (spans.length === 0) return;
      const body = JSON.stringify({
        resourceSpans: [{ resource: { attributes: [text('service.name', 'edge')] }, scopeSpans: [{ spans }] }],
      });
      spans = [];
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(DEADLINE_MS);
      await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers, body, signal }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
    },
  };
}

function spanOf(request: z.infer<typeof line>): object {
  const { trace_id: traceId, span_id: spanId, parent_span_id: parentSpanId, method, route, status } = request;
  const end = BigInt(Math.round(request.ended * 1000)) * MS;
  return {
    traceId,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    name: `${method} ${route}`,
    kind: SERVER,
    startTimeUnixNano: String(end - BigInt(Math.round(request.latency_ms)) * MS),
    endTimeUnixNano: String(end),
    attributes: [
      text('http.request.method', method),
      text('http.route', route),
      { key: 'http.response.status_code', value: { intValue: String(status) } },
      text('request_id', request.request_id),
    ],
    ...(status >= 500 ? { status: { code: ERROR } } : {}),
  };
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}
