/** What operators may ask and do: the sessions of this pod, and the end of any. By certificate or token, and on record. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Audit, AuditInput } from '@launchgate/runtime/audit';
import { current } from '@launchgate/runtime/correlation';
import { createRedactor } from '@launchgate/runtime/logging';
import { mayCall, peerIdentity } from '@launchgate/runtime/mtls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Client } from './client.ts';
import type { Gateway } from './gateway.ts';

export interface AdminOptions {
  readonly gateway: Gateway;
  /** Names of certificates that may; `spiffe://…` or `dns:…`. */
  readonly identities: readonly string[];
  /** The token as it is now; undefined where there is none. */
  token(): string | undefined;
  readonly audit: Pick<Audit, 'record'>;
  /** Fields of every event: which pod, and which run of it. */
  readonly where: Readonly<Record<string, string>>;
}

const redactor = createRedactor();

type Deed = Pick<AuditInput, 'action' | 'target' | 'outcome'> & { readonly reason?: string };

const query = z.object({ user: z.string().max(256).optional() });
const parameters = z.object({ id: z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/) });
const body = z.object({ reason: z.string().min(1).max(500) });

export async function adminRoutes(app: FastifyInstance, options: AdminOptions): Promise<void> {
  const { gateway } = options;
  const record = (request: FastifyRequest, deed: Deed) => options.audit.record(eventOf(request, deed, options));

  app.addHook('onRequest', async (request, reply) => {
    if (actorOf(request, options) !== undefined) return;
    const target = { kind: 'route', id: `${request.method} ${request.routeOptions.url ?? '(none)'}` };
    await record(request, { action: 'terminal.admin', target, outcome: 'denied' });
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
    return { sessions: clients.map(describe) };
  });

  app.delete('/admin/sessions/:id', async (request, reply) => {
    const [wanted, why] = [parameters.safeParse(request.params), body.safeParse(request.body)];
    if (!wanted.success || !why.success)
      return reply.code(400).send({ error: 'expected a session id, and a body {"reason": "…"}' });
    const deed = {
      action: 'terminal.kill',
      target: { kind: 'terminal', id: wanted.data.id },
      reason: oneLine(why.data.reason),
    };
    const killed = await gateway.kill(wanted.data.id, why.data.reason).catch(() => 'unanswered' as const);
    await record(request, { ...deed, outcome: killed === true ? 'success' : 'failure' });
    if (killed === true) return reply.code(204).send();
    if (killed === 'unanswered')
      return reply.code(503).header('retry-after', '5').send({ error: 'the node or Redis does not answer' });
    return reply.code(404).send({ error: 'no such session' });
  });
}

function describe({ claims, address, state, openedAt, inputAt, created, sent }: Client): object {
  const { ses, sub, tenant, node, nodeAddr } = claims;
  const where = { session: ses, user: sub, tenant, node, nodeAddr, address };
  const [opened, input] = [sinceEpoch(openedAt), sinceEpoch(inputAt)];
  return { ...where, state, openedAt: opened, inputAt: input, created, output: sent.next, acknowledged: sent.acked };
}

/** What `performance.now()` has said, by the clock of the wall as it is now. */
function sinceEpoch(at: number): number {
  return Math.round(Date.now() - (performance.now() - at));
}

function eventOf(request: FastifyRequest, deed: Deed, options: AdminOptions): AuditInput {
  const context = current();
  const actor = actorOf(request, options);
  return {
    ...deed,
    actor:
      actor === undefined
        ? { id: 'unverified', address: request.ip }
        : { id: actor, kind: 'service', address: request.ip },
    correlationId: context?.requestId ?? request.id,
    ...(context === undefined ? {} : { traceId: context.trace.traceId }),
    fields: options.where,
  };
}

/** As the trail and the log keep it, so that the event's hash is over what is read later: no control characters, and no secrets. */
function oneLine(text: string): string {
  return redactor.text(text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' '));
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
