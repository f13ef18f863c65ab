/**
 * The frame of a service without an HTTP interface of its own: configuration, traces, logs, lifecycle, health and metrics, opened in this
 * order and closed in the other. What is left to the service is its work.
 */
import type { Address, WithParts } from '@launchgate/runtime/config';
import { contextFields } from '@launchgate/runtime/correlation';
import { createHealth, healthServer, type Dependency } from '@launchgate/runtime/health';
import { createLifecycle, type Lifecycle } from '@launchgate/runtime/lifecycle';
import { createLogger, flushLogger, type Logger } from '@launchgate/runtime/logging';
import { openCertificate, type WorkloadCertificate } from '@launchgate/runtime/mtls';
import { openSecret } from '@launchgate/runtime/secrets';
import { createMetrics, serveMetrics, startTelemetry, type Metrics, type Tracing } from '@launchgate/runtime/telemetry';
import type { ServiceVariables } from './config/index.ts';
import type { StoreContext } from './stores/index.ts';

/** Parts that every worker lets a lab switch off. */
export const WORKER_PARTS = ['drain', 'readiness', 'redaction', 'correlation', 'tracing'] as const;
type WorkerPart = (typeof WORKER_PARTS)[number];

export interface Frame {
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly certificate: WorkloadCertificate;
  readonly off: (part: WorkerPart) => boolean;
  /** For a connection by the secret from `NAME_FILE` or `NAME`, which is followed when it changes; the log says when a new value is in use. */
  store(name: string): Promise<StoreContext>;
  /** Begins to answer probes and scrapes; the last thing before the work. */
  serve(dependencies: readonly Dependency[]): Promise<void>;
}

export async function openFrame(
  service: string,
  variables: WithParts<ServiceVariables, WorkerPart>,
  env: NodeJS.ProcessEnv,
): Promise<Frame> {
  const off = variables.PARTS_OFF;
  const log = createLogger({
    service,
    level: variables.LOG_LEVEL,
    ...(off.has('correlation') ? {} : { context: contextFields }),
    ...(off.has('redaction') ? { redaction: false } : {}),
  });
  const lifecycle = createLifecycle({
    propagationDelay: 0,
    drainWindow: 0,
    hookWindow: variables.SHUTDOWN_DRAIN_WINDOW,
    log,
    off: off.has('drain'),
  });
  lifecycle.install();
  const metrics = createMetrics({ service });
  const alarm = (error: Error) =>
    log.error({ err: error }, 'a rotation did not hold; what was there before is still in use');
  const certificate = await openCertificate({
    certFile: variables.TLS_CERT_FILE,
    keyFile: variables.TLS_KEY_FILE,
    caFile: variables.TLS_CA_FILE,
    onAlarm: alarm,
  });
  const tracing = startTelemetry({
    service,
    environment: variables.DEPLOYMENT_ENVIRONMENT,
    ratio: variables.OTEL_TRACES_SAMPLER_ARG,
    ...(variables.OTEL_EXPORTER_OTLP_ENDPOINT === undefined || off.has('tracing')
      ? {}
      : { endpoint: variables.OTEL_EXPORTER_OTLP_ENDPOINT }),
    tls: () => certificate.client(),
  });
  lifecycle.hook('telemetry', 'traces', () => tracing.shutdown(3000));
  lifecycle.hook('telemetry', 'log', () => flushLogger(log, 1000));
  return {
    log,
    lifecycle,
    tracing,
    metrics,
    certificate,
    off: (part) => off.has(part),
    async store(variable) {
      const secret = await openSecret(variable, { env, onAlarm: alarm });
      lifecycle.hook('telemetry', variable, () => secret.close());
      const onRotated = (version: number) => log.info({ variable, version, client: service }, 'a new secret is in use');
      return { service, certificate, secret, onAlarm: alarm, onRotated };
    },
    async serve(dependencies) {
      const health = createHealth({
        draining: () => lifecycle.draining,
        dependencies: [...dependencies],
        log,
        off: off.has('readiness'),
      });
      await health.start();
      const probes = healthServer(health);
      await listen(probes, variables.HEALTH_ADDR);
      const scrapes = await serveMetrics(metrics, variables.METRICS_ADDR);
      lifecycle.hook('telemetry', 'probes', () => {
        health.stop();
        certificate.close();
        probes.close();
        return scrapes.close();
      });
    },
  };
}

function listen(server: ReturnType<typeof healthServer>, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
