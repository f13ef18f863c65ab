#!/usr/bin/env node
/** The terminal gateway as a process: configuration, telemetry, log, stores, servers, lifecycle. */
import { runProgram } from '@launchgate/runtime/config';
import { contextFields } from '@launchgate/runtime/correlation';
import { createDenylist, redisSource, type Denylist } from '@launchgate/runtime/denylist';
import { createEgressGuard, egressPolicy, judgeAddress } from '@launchgate/runtime/egress';
import { createHealth, healthServer } from '@launchgate/runtime/health';
import { createLifecycle, type Lifecycle } from '@launchgate/runtime/lifecycle';
import { createLogger, flushLogger, type Logger } from '@launchgate/runtime/logging';
import {
  mayCall,
  openCertificate,
  peerIdentity,
  rotateServer,
  type WorkloadCertificate,
} from '@launchgate/runtime/mtls';
import { createMetrics, serveMetrics, startTelemetry, type Metrics } from '@launchgate/runtime/telemetry';
import type { Redis } from 'ioredis';
import { buildApp } from './app.ts';
import { readConfig, type GatewayConfig } from './config.ts';
import { PARTS, type PartName } from './gateway-options.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { prometheusMetrics } from './prometheus.ts';
import { blockingRedis, firstConnection, followRedis } from './redis.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { standingBy } from './standing.ts';
import { followTicketKeys } from './ticket-keys.ts';

const SERVICE = 'terminal-gateway';
/** Milliseconds that the start waits for Redis, and for the deny-list in it, before it goes on without. */
const FIRST_LOOK = 3000;
/** Between two looks at the deny-list for sessions that are open, beside those at each change of it. Milliseconds. */
const RECHECK = 10_000;
/** From a change of it to the look at the sessions that no browser shows: every gateway has judged its own by then. Milliseconds. */
const SWEEP_DELAY = 2000;
/** Between two such looks, beside those at each change. Milliseconds. */
const SWEEP = 60_000;
/** After one in which Redis or a node did not answer; doubled each time in a row. Milliseconds. */
const SWEEP_RETRY = 5000;
/** What is left of the drain window for the last closes, beside the close wait. Milliseconds. */
const MARGIN = 500;

interface Parts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly certificate: WorkloadCertificate;
  readonly redis: Redis;
  readonly denylist: Denylist;
  readonly secrets: Secrets;
}

async function serve(config: GatewayConfig): Promise<void> {
  const off = config.PARTS_OFF;
  const metrics = createMetrics({ service: SERVICE });
  const log = createLogger({
    service: SERVICE,
    level: config.LOG_LEVEL,
    context: contextFields,
    ...(off.has('redaction') ? { redaction: false as const } : {}),
  });
  const certificate = await openCertificate({
    certFile: config.TLS_CERT_FILE,
    keyFile: config.TLS_KEY_FILE,
    caFile: config.TLS_CA_FILE,
    expect: { usages: ['serverAuth', 'clientAuth'] },
    onAlarm: (error) => log.error({ err: error }, 'the new certificate cannot be used; the old one stays'),
  });
  const tracing = startTelemetry({
    service: SERVICE,
    environment: config.DEPLOYMENT_ENVIRONMENT,
    instance: config.POD_NAME,
    endpoint: off.has('telemetry') ? undefined : config.OTEL_EXPORTER_OTLP_ENDPOINT,
    tls: () => certificate.client(),
  });
  const secrets = await openSecrets(log);
  const access = { config, certificate, password: secrets.redis, log };
  const redis = await followRedis(access);
  await firstConnection(redis, FIRST_LOOK);
  const denylist = createDenylist({
    source: redisSource({ connect: () => blockingRedis(access) }),
    maxStalenessMs: config.DENYLIST_MAX_STALENESS,
    log,
  });
  await denylist.start();
  await denylist.synced(FIRST_LOOK);
  const lifecycle = createLifecycle({
    propagationDelay: config.SHUTDOWN_PROPAGATION_DELAY,
    drainWindow: config.SHUTDOWN_DRAIN_WINDOW,
    off: off.has('drain'),
    log,
  });
  lifecycle.install();
  const gateway = makeGateway({ config, log, metrics, certificate, redis, denylist, secrets });
  followDenylist(gateway, denylist, lifecycle);
  drainOnSignal(gateway, config, lifecycle);

  const app = await buildApp({
    config,
    log,
    metrics,
    tracing,
    certificate,
    lifecycle,
    gateway,
    adminToken: secrets.adminToken,
  });
  const unrotate = rotateServer(app.server, certificate, { maxConnectionAgeMs: config.SESSION_ABSOLUTE_TIMEOUT });

  const denylistCheck = { name: 'denylist', check: () => fresh(denylist) };
  const health = createHealth({
    draining: () => lifecycle.draining,
    off: off.has('readiness'),
    log,
    dependencies: [
      // Without Redis no new terminal opens, here or on any other pod; the open ones go on.
      { name: 'redis', class: 'critical', whenDown: 'serve', interval: 2000, check: () => redis.ping() },
      // A pod that has never read the deny-list would refuse everybody: it takes none until it has. One that loses it keeps its place.
      config.DENYLIST_WHEN_STALE === 'closed'
        ? { ...denylistCheck, class: 'critical', whenDown: 'serve', interval: 1000 }
        : { ...denylistCheck, class: 'degrading' },
    ],
  });
  await health.start();
  const probes = healthServer(health).listen(config.HEALTH_ADDR);
  const figures = await serveMetrics(metrics, config.METRICS_ADDR);
  lifecycle.hook('stores', 'redis', () => redis.disconnect());
  lifecycle.hook('telemetry', 'servers', async () => {
    unrotate();
    certificate.close();
    secrets.close();
    health.stop();
    probes.close();
    await figures.close();
    await tracing.shutdown(2000);
    await flushLogger(log, 1000);
  });
  await app.listen({ host: config.HTTP_ADDR.host ?? '::', port: config.HTTP_ADDR.port });
  log.info({ address: config.HTTP_ADDR, pod: config.POD_NAME, parts_off: [...off] }, 'listening');
}

function makeGateway({ config, log, metrics, certificate, redis, denylist, secrets }: Parts): Gateway {
  const policy = egressPolicy({ allowedCidrs: config.NODE_AGENT_CIDRS, allowedPorts: config.NODE_AGENT_PORTS });
  const guard = createEgressGuard(policy, {
    onRefused: (detail) => log.warn({ detail }, 'a connection to a node is refused'),
    // Agents are known by their SPIFFE id, which is asked for below, and not by an address.
    tls: () => ({ ...certificate.client(), checkServerIdentity: () => undefined }),
  });
  const gateway: Gateway = createGateway({
    pod: config.POD_NAME,
    origins: config.ALLOWED_ORIGINS,
    ticketKeys: followTicketKeys(secrets.ticketKeys, log),
    ticketTtl: config.TICKET_TTL / 1000,
    redis,
    redisDeadline: config.REDIS_TIMEOUT,
    sessionsPerPod: config.MAX_SESSIONS_PER_POD,
    sessionsPerUser: config.MAX_SESSIONS_PER_USER,
    handshakesPerSecond: config.HANDSHAKES_PER_SECOND,
    timeouts: {
      ping: config.WS_PING_INTERVAL,
      idle: config.WS_IDLE_TIMEOUT,
      absolute: config.SESSION_ABSOLUTE_TIMEOUT,
      reauth: config.REAUTH_TIMEOUT,
      stalled: config.STALLED_CLIENT_TIMEOUT,
    },
    closeWait: config.WS_CLOSE_WAIT,
    agentReconnectWindow: config.AGENT_RECONNECT_WINDOW,
    detachedTimeout: config.SESSION_DETACHED_TIMEOUT,
    mayReach: (address, port) => judgeAddress(policy, address) === 'allowed' && policy.allowedPorts.has(port),
    connectAgent: () => ({ agent: guard.httpsAgent }),
    isAgent: (socket) => mayCall(peerIdentity(socket), config.NODE_AGENT_IDENTITIES),
    standing: standingBy(denylist, { whenStale: config.DENYLIST_WHEN_STALE }),
    off: PARTS.filter((part): part is PartName => config.PARTS_OFF.has(part)),
    metrics: prometheusMetrics(metrics.registry, () => gateway, config.MAX_SESSIONS_PER_POD),
    log,
  });
  return gateway;
}

function followDenylist(gateway: Gateway, denylist: Denylist, lifecycle: Lifecycle): void {
  let soon: NodeJS.Timeout | undefined;
  let stopped = false;
  let retry = SWEEP_RETRY;
  const sweepIn = (delay: number) => {
    if (!stopped) soon ??= setTimeout(() => ((soon = undefined), void sweep()), delay);
  };
  const sweep = async () => {
    const complete = await gateway.sweep();
    if (!complete) sweepIn(retry);
    retry = complete ? SWEEP_RETRY : Math.min(SWEEP, retry * 2);
  };
  denylist.onChange(() => {
    gateway.recheck();
    sweepIn(SWEEP_DELAY);
  });
  const timers = [setInterval(() => gateway.recheck(), RECHECK), setInterval(() => void sweep(), SWEEP)];
  lifecycle.hook('consumers', 'denylist', () => {
    stopped = true;
    for (const timer of [...timers, soon]) clearTimeout(timer);
    return denylist.stop();
  });
}

/** Sessions are told at the signal; the last are closed before the lifecycle cuts off what is open. */
function drainOnSignal(gateway: Gateway, config: GatewayConfig, lifecycle: Lifecycle): void {
  const delay = config.SHUTDOWN_PROPAGATION_DELAY;
  const window = Math.max(0, delay + config.SHUTDOWN_DRAIN_WINDOW - config.WS_CLOSE_WAIT - MARGIN);
  let done: Promise<void> | undefined;
  lifecycle.signal.addEventListener('abort', () => {
    done = gateway.drain({ window, delay: Math.min(delay, window / 2) });
  });
  lifecycle.hook('servers', 'terminals', () => done);
}

async function fresh(denylist: Denylist): Promise<void> {
  const { stale, ageMs } = denylist.status();
  if (stale) throw new Error(`the deny-list is ${Math.round(ageMs)} ms old`);
}

await runProgram(SERVICE, () => serve(readConfig(process.env)));
