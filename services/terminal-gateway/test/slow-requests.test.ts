/** A request that comes a byte at a time, and never wholly, does not keep its connection. */
import { rmSync } from 'node:fs';
import { createLifecycle } from '@launchgate/runtime/lifecycle';
import { createLogger } from '@launchgate/runtime/logging';
import { openCertificate } from '@launchgate/runtime/mtls';
import { createMetrics, startTelemetry } from '@launchgate/runtime/telemetry';
import { expect, it, onTestFinished } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { buildApp } from '../src/app.ts';
import type { GatewayConfig } from '../src/config.ts';
import type { Gateway } from '../src/gateway.ts';

it('is given half a minute', async () => {
  const authority = await makeAuthority();
  onTestFinished(() => rmSync(authority.folder, { recursive: true, force: true }));
  const { cert: certFile, key: keyFile, ca: caFile } = await authority.issue('gateway', { dns: ['localhost'] });
  const certificate = await openCertificate({ certFile, keyFile, caFile });
  onTestFinished(() => certificate.close());
  const service = 'terminal-gateway';
  const config: Partial<GatewayConfig> = {
    PARTS_OFF: new Set(),
    EDGE_IDENTITIES: [],
    ADMIN_IDENTITIES: [],
    POD_NAME: 'p',
  };
  const app = await buildApp({
    config: config as GatewayConfig,
    log: createLogger({ service, level: 'error' }),
    metrics: createMetrics({ service }),
    tracing: startTelemetry({ service }),
    certificate,
    lifecycle: createLifecycle(),
    gateway: { upgrade() {} } as unknown as Gateway,
    adminToken: () => undefined,
  });
  onTestFinished(() => app.close());
  expect(app.server.requestTimeout).toBe(30_000);
  expect(app.server.headersTimeout).toBeGreaterThan(0);
});
