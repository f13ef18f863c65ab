/** The correlation of what is being worked on, and how to work in another. */
import { active, type Active } from '../shared/active.ts';
import { randomHex, type TraceContext } from '../shared/trace-context.ts';
import { isRequestId } from './request-id.ts';

export interface Correlation {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** The caller's span. */
  readonly parent?: TraceContext | undefined;
  readonly baggage?: Readonly<Record<string, string>> | undefined;
}

/** Undefined outside of any request, message or job. */
export function current(): Correlation | undefined {
  return active.getStore();
}

/** The fields of a log line; take it as the logger's `context`. */
export function contextFields(): { request_id: string; trace_id: string; span_id: string } | undefined {
  const context = active.getStore();
  if (context === undefined) return undefined;
  return { request_id: context.requestId, trace_id: context.trace.traceId, span_id: context.trace.spanId };
}

export function runWith<T>(correlation: Correlation, work: () => T): T {
  return active.run({ ...correlation }, work);
}

/**
 * A correlation that goes on from what the caller said, with new ids where it said nothing usable. A new request id is the trace id: whoever
 * has one of them has both.
 */
export function newCorrelation({
  requestId,
  trace,
  baggage,
}: {
  requestId?: unknown;
  trace?: TraceContext | undefined;
  baggage?: Readonly<Record<string, string>> | undefined;
} = {}): Active {
  // One shape for all, whatever was said: this is made for every request.
  const own: TraceContext =
    trace === undefined
      ? { traceId: randomHex(16), spanId: randomHex(8), flags: 0, state: undefined }
      : { traceId: trace.traceId, spanId: randomHex(8), flags: trace.flags, state: trace.state };
  return {
    requestId: isRequestId(requestId) ? requestId : own.traceId,
    trace: own,
    parent: trace,
    baggage,
    otel: undefined,
  };
}
