#!/usr/bin/env node
/** The node agent as a process: configuration, telemetry, log, server, lifecycle. */
import { accessSync, constants } from 'node:fs';
import { ConfigInvalid, runProgram } from '@launchgate/runtime/config';
import { createHealth, healthServer } from '@launchgate/runtime/health';
import { createLifecycle } from '@launchgate/runtime/lifecycle';
import { createLogger, flushLogger } from '@launchgate/runtime/logging';
import { openCertificate, rotateServer, serverTls } from '@launchgate/runtime/mtls';
import { createMetrics, serveMetrics } from '@launchgate/runtime/telemetry';
import { createAgent, type Agent } from './agent.ts';
import { readConfig, type AgentConfig } from './config.ts';
import { prometheusMetrics } from './prometheus.ts';
import { BASH } from './pty.ts';

const SERVICE = 'node-agent';
/** Links to gateways are renewed at this age at the latest; sessions notice a moment's pause. Milliseconds. */
const LINK_AGE = 12 * 3_600_000;
/** From SIGKILL until the last process is gone and its recording written, milliseconds. */
const AFTER_KILL = 5000;

async function serve(config: AgentConfig): Promise<void> {
  mustHaveBash();
  if (config.recording !== undefined) mustBeWritable(config.recording.folder);
  const off = config.PARTS_OFF;
  const metrics = createMetrics({ service: SERVICE });
  const log = createLogger({
    service: SERVICE,
    level: config.LOG_LEVEL,
    ...(off.has('redaction') ? { redaction: false as const } : {}),
  });
  const certificate = await openCertificate({
    certFile: config.TLS_CERT_FILE,
    keyFile: config.TLS_KEY_FILE,
    caFile: config.TLS_CA_FILE,
    expect: { usages: ['serverAuth'] },
    onAlarm: (error) => log.error({ err: error }, 'the new certificate cannot be used; the old one stays'),
  });
  const lifecycle = createLifecycle({
    propagationDelay: config.SHUTDOWN_PROPAGATION_DELAY,
    drainWindow: config.SHUTDOWN_DRAIN_WINDOW,
    hookWindow: config.KILL_GRACE + AFTER_KILL,
    off: off.has('drain'),
    log,
  });
  lifecycle.install();
  const agent: Agent = createAgent({
    node: config.NODE_ID,
    tls: serverTls(certificate),
    gateways: config.GATEWAY_IDENTITIES,
    limits: config.limits,
    account: config.account,
    recording: config.recording,
    metrics: prometheusMetrics(metrics.registry, () => agent),
    log,
  });
  lifecycle.attach(agent.server);
  const unrotate = rotateServer(agent.server, certificate, { maxConnectionAgeMs: LINK_AGE });
  let stopped: Promise<void> | undefined;
  lifecycle.drainSignal.addEventListener('abort', () => (stopped = agent.stop()));
  // Where no gateway is connected nothing else waits for the shells.
  lifecycle.hook('servers', 'shells', () => stopped);
  const health = createHealth({ dependencies: [], draining: () => lifecycle.draining, log, off: off.has('readiness') });
  await health.start();
  const probes = healthServer(health).listen(config.HEALTH_ADDR);
  const figures = await serveMetrics(metrics, config.METRICS_ADDR);
  lifecycle.hook('telemetry', 'servers', async () => {
    unrotate();
    certificate.close();
    health.stop();
    probes.close();
    await figures.close();
    await flushLogger(log, 1000);
  });
  await new Promise<void>((resolve, reject) => {
    agent.server.once('error', reject);
    agent.server.listen(config.AGENT_ADDR, resolve);
  });
  log.info({ address: config.AGENT_ADDR, recording: config.recording !== undefined }, 'listening');
}

/** Otherwise each shell would end as soon as it has begun, of whichever kind it is. */
function mustHaveBash(): void {
  try {
    accessSync(BASH, constants.X_OK);
  } catch (error) {
    throw new ConfigInvalid([`${BASH}: ${(error as Error).message}; it begins every shell, whatever SHELL_PATH is`]);
  }
}

/** Otherwise each session would be refused, or go unrecorded, for want of a folder. */
function mustBeWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ConfigInvalid([
      `RECORDING_DIR: ${(error as Error).message}; expected a folder that the agent may write to`,
    ]);
  }
}

await runProgram(SERVICE, () => serve(readConfig(process.env)));
