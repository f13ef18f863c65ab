/** The HTTP application: what of the kit stands around its routes, those of operators, and the terminals beside them. */
import { randomUUID } from 'node:crypto';
import { createAudit, linesAudit } from '@launchgate/runtime/audit';
import { correlation } from '@launchgate/runtime/correlation';
import {
  asksForWebSocket,
  lifecyclePlugin,
  namesOneHost,
  serverOptions,
  type Lifecycle,
} from '@launchgate/runtime/lifecycle';
import { accessLog, createRedactor, loggerOptions, type Logger } from '@launchgate/runtime/logging';
import { serverTls, type WorkloadCertificate } from '@launchgate/runtime/mtls';
import { telemetry, type Metrics, type Tracing } from '@launchgate/runtime/telemetry';
import fastify from 'fastify';
import { adminRoutes } from './admin.ts';
import type { GatewayConfig } from './config.ts';
import { serveTerminals, type Gateway } from './gateway.ts';

export interface AppParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly certificate: WorkloadCertificate;
  readonly lifecycle: Lifecycle;
  readonly gateway: Gateway;
  /** The token of operators as it is now; undefined where there is none. */
  adminToken(): string | undefined;
}

/** Ready to listen. */
export async function buildApp({
  config,
  log,
  metrics,
  tracing,
  certificate,
  lifecycle,
  gateway,
  adminToken,
}: AppParts) {
  const app = fastify({
    ...loggerOptions(log),
    https: {
      ...serverOptions,
      ...serverTls(certificate),
      shouldUpgradeCallback: asksForWebSocket,
      // Asked for below, where it has its line.
      requireHostHeader: false,
    },
    bodyLimit: 16_384,
    // Until the whole request is there. Fastify has none, and a body that drips would hold its connection for ever.
    requestTimeout: 30_000,
  });
  if (!config.PARTS_OFF.has('correlation'))
    await app.register(correlation, { trust: { peers: config.EDGE_IDENTITIES } });
  await app.register(accessLog, { log, upgradeRoute: () => '/ws/terminal/:session' });
  await app.register(telemetry, { tracing, metrics });
  await app.register(lifecyclePlugin, { lifecycle });
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (!namesOneHost(raw)) return reply.code(400).send({ error: 'a request has one Host header' });
  });
  await app.register(adminRoutes, {
    gateway,
    identities: config.ADMIN_IDENTITIES,
    token: adminToken,
    audit: trail(log),
    where: { pod: config.POD_NAME, run: randomUUID() },
  });
  serveTerminals(app.server, gateway);
  return app;
}

/** At whatever level the log is: a deed that leaves no line would be none. */
function trail(log: Logger) {
  const lines = log.child({}, { level: 'warn' });
  return createAudit({
    sink: linesAudit((event) => lines.warn({ audit: event }, 'audit'), createRedactor()),
    allow: ['pod', 'run'],
  });
}
