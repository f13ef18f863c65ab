/**
 * `api` serving: read configuration -> logs, metrics, traces -> stores -> deny-list -> routes and hub -> listen. Leaving goes the other way
 * round, by the lifecycle. Nothing waits for a store at the start: what is away is reported by the health checks, and a
 * request that needs it is answered within its deadline.
 */

import { rotateServer } from '@launchgate/runtime/mtls';
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { createAccounts } from '../accounts/accounts.ts';
import { serveConfig, type ServeConfig } from '../config/serve.ts';
import type { Address } from '@launchgate/runtime/config';
import { createOutbound, type Outbound } from '../http/get-json.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import { discoverKeys } from '../identity/discovery.ts';
import { createKeySet } from '../identity/keys.ts';
import { createVerifier } from '../identity/token.ts';
import { stripeListing } from '../webhooks/stripe.ts';
import { createAccess, type Access } from './access.ts';
import { buildApp } from './app.ts';
import { createProvisioning } from '../fleet/provisioning.ts';
import { eventPublisher, measure, provision, reconcileStripe, repeat } from './background.ts';
import { openConnections, type Connections } from './connections.ts';
import { followDenylist } from './denylist.ts';
import { apiHealth } from './health.ts';
import { listenHealth } from './health-listener.ts';
import { openHub } from './hub.ts';
import { openParts, type Parts } from './parts.ts';
import { nodeProbe } from './probe.ts';
import { stripeReceiver } from './webhooks.ts';

/** Milliseconds between two looks at what has no event of its own to be measured by. */
const MEASURE_EVERY = 10_000;
/** Milliseconds between two looks at rentals whose agents have not answered yet. */
const PROVISION_EVERY = 5000;

export interface Serving {
  readonly port: number;
  readonly healthPort: number;
  readonly shutdown: (reason: string) => Promise<void>;
}

export async function serve(env: NodeJS.ProcessEnv): Promise<Serving> {
  const config = serveConfig(env);
  const parts = await openParts(config, env);
  const { lifecycle, log, metrics, certificate, secrets, isOff } = parts;
  lifecycle.install();
  const connections = await openConnections(config, certificate, secrets, metrics, log);
  const outbound = createOutbound({
    caFile: config.TLS_CA_FILE,
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY,
  });
  const denylist = await followDenylist({ config, connections, metrics, log });
  const access = openAccess(config, connections, outbound, denylist.list, isOff('denylist'), parts);
  const hub = openHub(connections, access, parts);
  const health = apiHealth({
    connections,
    subscription: hub.subscription,
    denylist: denylist.list,
    draining: () => lifecycle.draining,
    off: isOff('readiness'),
    log,
  });
  await health.start();
  const publisher = eventPublisher(connections.db, connections.nats, metrics, log);
  const receiver = stripeReceiver(connections.pool, log);
  const { probe, close: closeProbe } = nodeProbe(env, isOff('egress'), certificate, metrics, log);
  const provisioning = createProvisioning({
    db: connections.db,
    probe,
    onReady: (region) => metrics.provisioning.inc({ region, result: 'ok' }),
  });
  const app = await buildApp({
    config,
    parts,
    connections,
    access,
    hub,
    health,
    receiver,
    probe,
    provisioning,
    announced: publisher.nudge,
  });
  publisher.start();
  const list = stripeListing({
    baseUrl: config.STRIPE_API_URL,
    apiKey: () => secrets.text('STRIPE_API_KEY'),
    getJson: outbound.getJson,
  });
  const everyMs = config.RECONCILE_INTERVAL;
  const repeated = [
    repeat(everyMs, reconcileStripe({ receiver, pool: connections.pool, list, everyMs }, metrics, log)),
    repeat(PROVISION_EVERY, provision(provisioning, log)),
    repeat(MEASURE_EVERY, measure(connections.db, hub.hub.size, metrics, log)),
  ];
  lifecycle.hook('consumers', 'background', async () => {
    provisioning.stop();
    await Promise.all([publisher.stop(), ...repeated.map((task) => task.stop())]);
    await closeProbe();
  });
  lifecycle.hook('consumers', 'denylist', denylist.stop);
  lifecycle.hook('stores', 'connections', async () => {
    await Promise.allSettled([connections.close(), outbound.close()]);
  });
  const healthPort = await listenHealth(health, denylist.list, config.HEALTH_ADDR, lifecycle);
  const port = await listen(app, config.HTTP_ADDR);
  if (!isOff('rotation')) {
    const undo = rotateServer(app.server as Server, certificate);
    lifecycle.hook('servers', 'rotation', undo);
  }
  log.info({ port, health: healthPort, parts_off: [...config.PARTS_OFF] }, 'serving');
  return { port, healthPort, shutdown: async (reason) => void (await lifecycle.shutdown(reason)) };
}

function openAccess(
  config: ServeConfig,
  { db, redis }: Connections,
  outbound: Outbound,
  denylist: Access['denylist'],
  denylistOff: boolean,
  { log }: Parts,
): Access {
  const keys = createKeySet({
    load: discoverKeys(config.OIDC_ISSUER, outbound.fetch),
    onFailure: (error) => log.warn({ err: error }, 'the keys of the identity provider cannot be fetched'),
  });
  return createAccess({
    verify: createVerifier({ keys, issuer: config.OIDC_ISSUER, audience: config.OIDC_AUDIENCE }),
    denylist,
    denylistOff,
    limit: createRateLimit({ redis, rate: config.RATE_LIMIT_PER_SECOND, burst: config.RATE_LIMIT_BURST }),
    accounts: createAccounts(db),
  });
}

async function listen(app: FastifyInstance, { host, port }: Address): Promise<number> {
  await app.listen({ host: host ?? '0.0.0.0', port });
  const [bound] = app.addresses();
  return typeof bound === 'object' ? bound.port : port;
}
