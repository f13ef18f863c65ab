/** What belongs to no request: logs, metrics, traces, certificate, lifecycle. */
import { contextFields } from '@launchgate/runtime/correlation';
import { createLifecycle, readLifecycleOptions, type Lifecycle } from '@launchgate/runtime/lifecycle';
import { createLogger, flushLogger, type Logger } from '@launchgate/runtime/logging';
import { openCertificate, type WorkloadCertificate } from '@launchgate/runtime/mtls';
import { serveMetrics, startTelemetry, type Tracing } from '@launchgate/runtime/telemetry';
import type { Part, ServeConfig } from '../config/serve.ts';
import { apiMetrics, type ApiMetrics } from './metrics.ts';
import { openSecrets, type Secrets } from './secrets.ts';

export interface Parts {
  readonly log: Logger;
  readonly metrics: ApiMetrics;
  readonly tracing: Tracing;
  readonly certificate: WorkloadCertificate;
  readonly secrets: Secrets;
  readonly lifecycle: Lifecycle;
  readonly isOff: (part: Part) => boolean;
}

export async function openParts(config: ServeConfig, env: NodeJS.ProcessEnv): Promise<Parts> {
  const isOff = (part: Part) => config.PARTS_OFF.has(part);
  const log = createLogger({
    service: 'api',
    level: config.LOG_LEVEL,
    ...(isOff('correlation') ? {} : { context: contextFields }),
    ...(isOff('redaction') ? { redaction: false } : {}),
  });
  const metrics = apiMetrics();
  const secrets = await openSecrets(config, env, log);
  const certificate = await openCertificate({
    certFile: config.TLS_CERT_FILE,
    keyFile: config.TLS_KEY_FILE,
    caFile: config.TLS_CA_FILE,
    expect: { usages: ['serverAuth', 'clientAuth'] },
    onReload: ({ notAfter }) => metrics.certificateExpiry.set(notAfter / 1000),
    onAlarm: (error) => log.error({ err: error }, 'the renewed certificate is not taken'),
  });
  metrics.certificateExpiry.set(certificate.current.notAfter / 1000);
  const endpoint = isOff('telemetry') ? undefined : config.OTEL_EXPORTER_OTLP_ENDPOINT;
  const tracing = startTelemetry({
    service: 'api',
    environment: config.DEPLOYMENT_ENVIRONMENT,
    endpoint,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    tls: () => certificate.client(),
  });
  const lifecycle = createLifecycle({ ...readLifecycleOptions(env), log, off: isOff('drain') });
  const scraped = await serveMetrics(metrics.kit, config.METRICS_ADDR);
  lifecycle.hook('telemetry', 'metrics', () => scraped.close());
  lifecycle.hook('telemetry', 'traces', () => tracing.shutdown(3000));
  lifecycle.hook('telemetry', 'logs', () => flushLogger(log, 1000));
  lifecycle.hook('stores', 'certificate', () => certificate.close());
  lifecycle.hook('stores', 'secrets', () => secrets.close());
  return { log, metrics, tracing, certificate, secrets, lifecycle, isOff };
}
