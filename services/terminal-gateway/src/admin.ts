/** What operators may ask and do: the sessions of this pod, and the end of any. By certificate or token, and on record. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { mayCall, peerIdentity } from '@launchgate/runtime/mtls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Gateway } from './gateway.ts';

export interface AdminOptions {
  readonly gateway: Gateway;
  /** Names of certificates that may; `spiffe://…` or `dns:…`. */
  readonly identities: readonly string[];
  /** The token as it is now; undefined where there is none. */
  token(): string | undefined;
  audit(event: { actor: string; action: string; session?: string; outcome: string; reason?: string }): void;
}

const query = z.object({ user: z.string().max(256).optional() });
const parameters = z.object({ id: z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/) });
const body = z.object({ reason: z.string().min(1).max(500) });

export async function adminRoutes(app: FastifyInstance, options: AdminOptions): Promise<void> {
  const { gateway } = options;

  app.addHook('onRequest', async (request, reply) => {
    if (actorOf(request, options) !== undefined) return;
    options.audit({ actor: 'unknown', action: `${request.method} ${request.routeOptions.url}`, outcome: 'denied' });
    return reply.code(403).send({ error: 'forbidden' });
  });

  app.get('/admin/state', async () => ({
    state: gateway.state,
    sessions: gateway.clients.size,
    agents: gateway.agents.connected,
  }));

  app.get('/admin/sessions', async (request, reply) => {
    const wanted = query.safeParse(request.query);
    if (!wanted.success) return reply.code(400).send({ error: 'expected ?user=<id> or nothing' });
    const clients = [...gateway.clients].filter(
      ({ claims }) => wanted.data.user === undefined || claims.sub === wanted.data.user,
    );
    return { sessions: clients.map((client) => client.describe()) };
  });

  app.delete('/admin/sessions/:id', async (request, reply) => {
    const [wanted, why] = [parameters.safeParse(request.params), body.safeParse(request.body)];
    if (!wanted.success || !why.success)
      return reply.code(400).send({ error: 'expected a session id, and a body {"reason": "…"}' });
    const event = {
      actor: actorOf(request, options) ?? 'unknown',
      action: 'terminal.kill',
      session: wanted.data.id,
      reason: why.data.reason,
    };
    try {
      const found = await gateway.kill(wanted.data.id, why.data.reason);
      options.audit({ ...event, outcome: found === true ? 'success' : 'failure' });
      return found === true ? reply.code(204).send() : reply.code(404).send({ error: 'no such session' });
    } catch {
      options.audit({ ...event, outcome: 'failure' });
      return reply.code(503).header('retry-after', '5').send({ error: 'the node or Redis does not answer' });
    }
  });
}

function actorOf(request: FastifyRequest, { identities, token }: AdminOptions): string | undefined {
  const peer = peerIdentity(request.raw.socket);
  if (mayCall(peer, identities)) return peer?.spiffeId ?? peer?.dnsNames[0];
  const expected = token();
  const given = /^Bearer (\S{1,4096})$/.exec(request.headers.authorization ?? '')?.[1];
  if (expected === undefined || given === undefined) return undefined;
  return timingSafeEqual(digest(given), digest(expected)) ? 'admin-token' : undefined;
}

/** Of equal length whatever is given, so that the comparison takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
