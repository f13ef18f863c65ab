/** `/livez`, `/readyz` and `/statusz` over plain HTTP, on a port of their own or as routes of an application. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Health } from './health.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ROUTES: Readonly<Record<string, (health: Health) => Answer | Promise<Answer>>> = {
  '/livez': livez,
  '/readyz': readyz,
  '/statusz': (health) => ({ status: 200, body: health.status() }),
};

/** Asks the process itself and no dependency: a restart mends none of them. */
function livez(health: Health): Answer {
  const reason = health.dead();
  return reason === undefined
    ? { status: 200, body: { alive: true } }
    : { status: 503, body: { alive: false, because: reason } };
}

async function readyz(health: Health): Promise<Answer> {
  const readiness = await health.ready();
  return { status: readiness.ready ? 200 : 503, body: readiness };
}

/**
 * A server for the kubelet and for other replicas. It has to answer until the very end, so do not attach it to a lifecycle: close
 * it in stage `telemetry`.
 */
export function healthServer(health: Health): Server {
  const limits = { maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000 };
  return createServer(limits, (request, response) => {
    // What a service says of itself may fail; nobody else would answer then.
    respond(health, request, response).catch(() => response.writeHead(500).end());
  });
}

async function respond(health: Health, { method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = ROUTES[url.split('?', 1)[0] ?? ''];
  if (route === undefined) return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  const { status, body } = await route(health);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(method === 'HEAD' ? undefined : JSON.stringify(body));
}

export interface HealthPluginOptions {
  readonly health: Health;
}

/** The same three routes in a Fastify application; they are never shed. */
export async function healthPlugin(fastify: FastifyInstance, { health }: HealthPluginOptions): Promise<void> {
  for (const [url, route] of Object.entries(ROUTES))
    fastify.get(url, { config: { shedding: { priority: 'never' } } }, async (_, reply: FastifyReply) => {
      const { status, body } = await route(health);
      return reply.code(status).header('cache-control', 'no-store').send(body);
    });
}
