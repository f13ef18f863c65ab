/** The variables that every service has. */
import { address, duration, share } from '@launchgate/runtime/config';
import { z } from 'zod';

export const serviceVariables = z.object({
  DEPLOYMENT_ENVIRONMENT: z.string().min(1).max(64).default('production'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  HEALTH_ADDR: address,
  METRICS_ADDR: address,
  TLS_CERT_FILE: z.string().min(1),
  TLS_KEY_FILE: z.string().min(1),
  TLS_CA_FILE: z.string().min(1),
  SHUTDOWN_DRAIN_WINDOW: duration({ max: 3_600_000 }).default(30_000),
  // What is built in, for who reads the manifests; anything else is refused rather than ignored.
  LOG_FORMAT: z.literal('json').default('json'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json').default('http/json'),
  OTEL_PROPAGATORS: z.literal('tracecontext').default('tracecontext'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Share of traces that are kept when nobody before us has decided. */
  OTEL_TRACES_SAMPLER_ARG: share.default(0.1),
});

export type ServiceVariables = z.infer<typeof serviceVariables>;
