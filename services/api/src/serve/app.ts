/** The HTTP application with its surroundings: what of the kit stands before the routes, and which routes there are. */
import { accessLog, loggerOptions } from '@launchgate/runtime/logging';
import { correlation, correlationOf, current, toEnvelope } from '@launchgate/runtime/correlation';
import { revoke } from '@launchgate/runtime/denylist';
import { createShedder, sheddingPlugin, type Health } from '@launchgate/runtime/health';
import { endEventStream, lifecyclePlugin } from '@launchgate/runtime/lifecycle';
import { mayCall, peerIdentity, serverTls } from '@launchgate/runtime/mtls';
import { signingKeys } from '@launchgate/runtime/secrets';
import { telemetry } from '@launchgate/runtime/telemetry';
import type { Receiver } from '@launchgate/runtime/webhooks';
import type { IncomingMessage, Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { SUSPENSION } from '../accounts/accounts.ts';
import { accountRoutes } from '../accounts/routes.ts';
import { adminRoutes, LONGEST_TOKEN_MS, mutable } from '../admin/routes.ts';
import { billingRoutes } from '../billing/read.ts';
import { usageRoutes } from '../billing/usage.ts';
import type { ServeConfig } from '../config/serve.ts';
import { instanceRoutes } from '../fleet/instances.ts';
import { nodeRoutes } from '../fleet/nodes.ts';
import type { Probe } from '../fleet/probe.ts';
import type { Provisioning } from '../fleet/provisioning.ts';
import { createApp } from '../http/app.ts';
import { answerConnect } from '../http/client-errors.ts';
import type { Guards, Routes } from '../http/route.ts';
import { eventStream } from '../notifications/events.ts';
import { missedSince } from '../notifications/replay.ts';
import { NOTIFICATIONS_PATH, notificationSockets, withoutUpgrade } from '../notifications/websocket.ts';
import { ticketRoutes } from '../terminal/tickets.ts';
import type { Access } from './access.ts';
import { readCache } from './cache.ts';
import type { Connections } from './connections.ts';
import type { OpenHub } from './hub.ts';
import type { Parts } from './parts.ts';
import { trail } from './trail.ts';
import { stripeRoute } from './webhooks.ts';

export interface AppDeps {
  readonly config: ServeConfig;
  readonly parts: Parts;
  readonly connections: Connections;
  readonly access: Access;
  readonly hub: OpenHub;
  readonly health: Health;
  readonly receiver: Receiver;
  readonly probe: Probe;
  readonly provisioning: Provisioning;
  /** An event was written. */
  readonly announced: () => void;
}

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config, parts, access, connections, hub } = deps;
  const { certificate, lifecycle, log } = parts;
  const routes = await apiRoutes(deps);
  const app = await createApp({
    https: serverTls(certificate),
    logging: loggerOptions(log),
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxHeaderBytes: config.MAX_HEADER_BYTES,
    maxUriBytes: config.MAX_URI_BYTES,
    requestTimeoutMs: config.REQUEST_TIMEOUT,
    origins: config.ALLOWED_ORIGINS,
    ...access,
    admit: access.accounts.admit,
    requestId: (request) => correlationOf(request.raw)?.requestId ?? request.id,
    extend: (extended) => surround(extended, deps),
    routes,
  });
  const sockets = notificationSockets(app.server as unknown as Server, {
    hub: hub.hub,
    admit: access.admitToken,
    origins: config.ALLOWED_ORIGINS,
    missed: (user, after) => missedSince(connections.db, user, after),
    requestId: (request) => correlationOf(request)?.requestId,
    onDropped: hub.onDropped,
    onError: (error) => log.debug({ err: error }, 'a socket failed'),
  });
  lifecycle.webSockets(sockets);
  app.server.on(
    'connect',
    answerConnect((request) => correlationOf(request)?.requestId),
  );
  return app;
}

async function surround(app: FastifyInstance, { config, parts, health }: AppDeps): Promise<void> {
  const { isOff, lifecycle, log, metrics, tracing } = parts;
  if (!isOff('correlation'))
    await app.register(correlation, { trust: { decide: (request) => isEdge(request, config) } });
  await app.register(lifecyclePlugin, { lifecycle });
  await app.register(telemetry, { tracing, metrics: metrics.kit });
  await app.register(accessLog, {
    log,
    upgradeRoute: (path) => (path === NOTIFICATIONS_PATH ? path : undefined),
    user: (request) => request.principal?.sub,
  });
  await app.register(sheddingPlugin, { shedder: createShedder({ off: isOff('shedding') }), health });
}

/** Whose request ids are believed: the edge by name, or whoever has a certificate of the platform where no name is configured. */
function isEdge({ socket }: IncomingMessage, { EDGE_IDENTITIES: names }: ServeConfig): boolean {
  const peer = peerIdentity(socket);
  return peer !== undefined && (names.length === 0 || mayCall(peer, names));
}

async function apiRoutes(
  deps: AppDeps,
): Promise<(route: Routes, app: FastifyInstance, guards: Guards) => Promise<void>> {
  const { config, parts, connections, access, hub, receiver, probe, provisioning } = deps;
  const { isOff, lifecycle, log, metrics, secrets } = parts;
  const { db, pool, redis } = connections;
  const record = trail(connections.pool, isOff('audit'));
  const cache = readCache(connections.cache, config, metrics, log);
  // Verifiers are given the next key beside the old one before it signs: nobody fetches these, so there is nothing to wait for.
  const keys = signingKeys({
    secret: secrets.source('TERMINAL_TICKET_KEY'),
    alg: 'EdDSA',
    publishMs: 0,
    overlapMs: 0,
    onAlarm: (error) => log.error({ err: error }, 'the new ticket key cannot be used; the old one stays'),
  });
  const stripeSecret = () => secrets.text('STRIPE_WEBHOOK_SECRET');
  lifecycle.hook('consumers', 'cache', () => cache.settled());
  return async (route, app, guards) => {
    accountRoutes(route, { db, accounts: access.accounts, record, revokeSubject });
    nodeRoutes(route, { db, probe, record });
    instanceRoutes(route, {
      db,
      priceMicros: config.PRICE_MICROS_PER_SECOND,
      provisioning,
      onFailed: (region) => metrics.provisioning.inc({ region, result: 'error' }),
    });
    usageRoutes(route, {
      db,
      envelope: () => (current() === undefined ? undefined : toEnvelope()),
      announced: deps.announced,
    });
    billingRoutes(route, { db, cache });
    if (config.TERMINAL_URL !== undefined)
      ticketRoutes(route, {
        db,
        redis,
        signer: () => keys.signer(),
        origins: config.ALLOWED_ORIGINS,
        terminalUrl: config.TERMINAL_URL,
        requestId: () => current()?.requestId,
        record,
      });
    adminRoutes(route, { db, record, retryWebhook: (provider, id) => receiver.retry(provider, id) });
    eventStream(app, {
      hub: hub.hub,
      guards: guards.user,
      missed: (user, after) => missedSince(db, user, after),
      openEnded: (response) => lifecycle.openEnded(response, (hint) => endEventStream(response, hint)),
      onDropped: hub.onDropped,
    });
    withoutUpgrade(app);
    await stripeRoute(app, { receiver, pool, secret: stripeSecret, off: isOff('webhooks'), metrics });
  };
}

async function revokeSubject(
  tx: Parameters<typeof mutable>[0],
  sub: string,
  by: string,
  reason: string,
): Promise<void> {
  await revoke(mutable(tx), {
    kind: 'subject',
    value: sub,
    until: new Date(Date.now() + LONGEST_TOKEN_MS),
    by,
    reason,
    incident: SUSPENSION,
  });
}
