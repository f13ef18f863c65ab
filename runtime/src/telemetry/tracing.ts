/** Starting and ending tracing for a process. */
import { context, trace, type Tracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SecureContextOptions } from 'node:tls';
import { contextManager, idGenerator } from './context.ts';
import { otlpExporter } from './exporter.ts';
import { spanQueue, type QueueStats } from './queue.ts';
import { samplerOf } from './sampler.ts';

export interface TracingOptions {
  readonly service: string;
  readonly version?: string;
  readonly environment?: string;
  /** The pod, by default its host name and process id. */
  readonly instance?: string;
  /** Base of an OTLP/HTTP collector, such as `http://otel:4318`; without one no span is recorded, and ids are passed on all the same. */
  readonly endpoint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM of the authority, and of the client's certificate and key, for an https endpoint; asked at each connection. */
  readonly tls?: (() => SecureContextOptions) | undefined;
  /** Share of new traces that are recorded, 0 to 1; a trusted caller's decision is kept. 1 by default. */
  readonly ratio?: number;
  /** Finished spans that wait at most, 2,048. */
  readonly queue?: number;
  /** Spans in one export, 512. */
  readonly batch?: number;
  /** Milliseconds from a finished span to its export, 1,000. */
  readonly delayMs?: number;
  /** Milliseconds that one export may take, 5,000. */
  readonly timeoutMs?: number;
  /** Further attributes of the resource. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export type TracingStats = Readonly<QueueStats> & { readonly waiting: number };

export interface Tracing {
  readonly tracer: Tracer;
  /** Whether a trace that begins here is recorded. */
  samples(traceId: string): boolean;
  /** Sends what waits; resolves after `deadlineMs` at the latest and never rejects. */
  flush(deadlineMs?: number): Promise<void>;
  /** `flush`, and the end of recording. */
  shutdown(deadlineMs?: number): Promise<void>;
  stats(): TracingStats;
}

const NAME = '@launchgate/runtime';

/** Registers itself as the process's tracer, so that libraries which use the OpenTelemetry API are seen as well. Once per process. */
export function startTelemetry(options: TracingOptions): Tracing {
  const ratio = options.ratio ?? 1;
  if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio: ${ratio} is not between 0 and 1`);
  const root = new TraceIdRatioBasedSampler(options.endpoint === undefined ? 0 : ratio);
  const queue = queueOf(options);
  const provider = new TracerProvider({
    resource: resourceFromAttributes(attributesOf(options)),
    sampler: new ParentBasedSampler({ root }),
    idGenerator,
    spanLimits: { attributeCountLimit: 64, attributeValueLengthLimit: 1024, eventCountLimit: 32, linkCountLimit: 64 },
    spanProcessors: queue === undefined ? [] : [queue],
  });
  context.setGlobalContextManager(contextManager);
  trace.setGlobalTracerProvider(provider);
  return {
    tracer: provider.getTracer(NAME, options.version),
    samples: samplerOf(options.endpoint === undefined ? 0 : ratio),
    flush: (deadlineMs = 3000) => within(deadlineMs, provider.forceFlush()),
    async shutdown(deadlineMs = 3000) {
      await within(deadlineMs, provider.shutdown());
      trace.disable();
      context.disable();
    },
    stats: () => ({ ...(queue?.stats ?? { exported: 0, dropped: 0, failed: 0 }), waiting: queue?.waiting() ?? 0 }),
  };
}

function queueOf({
  endpoint,
  headers,
  tls,
  queue,
  batch,
  delayMs,
  timeoutMs,
}: TracingOptions): ReturnType<typeof spanQueue> | undefined {
  if (endpoint === undefined) return undefined;
  const base = new URL(endpoint);
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new TypeError(`endpoint: ${base.protocol}//${base.host} is neither http nor https`);
  const limit = timeoutMs ?? 5000;
  const exporter = otlpExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers, tls, timeoutMs: limit });
  return spanQueue({
    exporter,
    queue: queue ?? 2048,
    batch: batch ?? 512,
    delayMs: delayMs ?? 1000,
    timeoutMs: limit + 500,
  });
}

/** Names of the semantic conventions for resources. */
function attributesOf({ service, version, environment, instance, attributes }: TracingOptions): Record<string, string> {
  return {
    'service.name': service,
    'service.instance.id': instance ?? `${process.env['HOSTNAME'] ?? 'local'}:${process.pid}`,
    ...(version === undefined ? {} : { 'service.version': version }),
    ...(environment === undefined ? {} : { 'deployment.environment.name': environment }),
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    ...attributes,
  };
}

async function within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([work.catch(() => undefined), deadline]);
  clearTimeout(timer);
}
