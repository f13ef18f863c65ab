/** Ids in messages and rows that have no headers: jobs, outbox rows, Redis publications. */
import { formatTraceparent, parseTraceparent, parseTracestate } from '../shared/trace-context.ts';
import type { Active } from '../shared/active.ts';
import { current, newCorrelation, type Correlation } from './context.ts';

export interface Envelope {
  readonly requestId: string;
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** The fields to store with a job or send with a message; new ids outside of a context, so that a message never lacks them. */
export function toEnvelope(correlation: Correlation = current() ?? newCorrelation()): Envelope {
  const { requestId, trace } = correlation;
  return {
    requestId,
    traceparent: formatTraceparent(trace),
    ...(trace.state === undefined ? {} : { tracestate: trace.state }),
  };
}

/** Reads what `toEnvelope` wrote from anything, such as parsed JSON or a row with `request_id`; what is missing is made anew. */
export function fromEnvelope(value: unknown): Active {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const trace = parseTraceparent(fields['traceparent']);
  const state = trace === undefined ? undefined : parseTracestate(fields['tracestate']);
  return newCorrelation({
    requestId: fields['requestId'] ?? fields['request_id'],
    trace: trace === undefined || state === undefined ? trace : { ...trace, state },
  });
}
