/** One request id and one trace through HTTP, NATS, jobs and Redis messages. */
export type { TraceContext } from '../shared/trace-context.ts';
export { formatTraceparent, parseTraceparent, parseTracestate } from '../shared/trace-context.ts';
export { contextFields, current, newCorrelation, runWith, type Correlation } from './context.ts';
export { isRequestId } from './request-id.ts';
export { extract, inject, injectInto, type Carrier, type Settable } from './carriers.ts';
export { fromEnvelope, toEnvelope, type Envelope } from './envelope.ts';
export { parseBaggage } from './baggage.ts';
export { trustOf, type Trust } from './trust.ts';
export { correlation, correlationOf, type CorrelationOptions } from './fastify.ts';
