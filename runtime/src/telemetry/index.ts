/** Traces over OTLP and metrics for Prometheus. */
export { startTelemetry, type Tracing, type TracingOptions, type TracingStats } from './tracing.ts';
export { consumerSpan, producerSpan, withSpan, type MessageSystem, type SpanOptions } from './spans.ts';
export { tracePg } from './pg.ts';
export { withoutLiterals } from './statement.ts';
export { createMetrics, gaugePool, type Metrics, type MetricsOptions, type PoolState } from './metrics.ts';
export { observeTask } from './tasks.ts';
export { serveMetrics, type MetricsServer } from './server.ts';
export { telemetry, type TelemetryOptions } from './fastify.ts';
