/**
 * Tickets for terminals: a signed word that a gateway takes once, within 30 seconds, from the page it was made for. The token of the
 * API never reaches the gateway. What makes a ticket single-use stands in Redis under its hash; without Redis there is no ticket.
 */
import { createHash, randomUUID } from 'node:crypto';
import { SignJWT, type CryptoKey, type KeyObject } from 'jose';
import { z } from 'zod';
import { notFound, Problem, unavailable } from '../http/problem.ts';
import type { Routes } from '../http/route.ts';
import { one, type Database } from '../stores/database.ts';
import type { RecordDeed } from '../admin/trail.ts';

export const TICKET_SQL = {
  node: `SELECT n.id, host(n.address) AS address, n.agent_port, EXISTS (
  SELECT FROM instances i WHERE i.node_id = n.id AND i.tenant_id = $2 AND i.status = 'running') AS rented
FROM nodes n WHERE n.id = $1 AND n.status <> 'retired'`,
  session: `SELECT id FROM terminal_sessions s WHERE id = $1 AND user_id = $2 AND node_id = $3 AND NOT EXISTS (
  SELECT FROM instances i WHERE i.node_id = s.node_id AND i.tenant_id = s.tenant_id AND i.ended_at >= s.created_at)`,
  open: 'INSERT INTO terminal_sessions (id, tenant_id, user_id, node_id, request_id) VALUES ($1, $2, $3, $4, $5)',
  openInRental: `INSERT INTO terminal_sessions (id, tenant_id, user_id, node_id, request_id)
SELECT $1::uuid, $2, $3, $4::uuid, $5 FROM instances WHERE node_id = $4::uuid AND tenant_id = $2 AND status = 'running' FOR SHARE RETURNING id`,
} as const;

/** Seconds that a ticket lives. */
export const TICKET_TTL = 30;

export interface TicketKey {
  readonly key: CryptoKey | KeyObject;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
}

export interface TicketDeps {
  readonly db: Database;
  readonly redis: { set(key: string, value: string, ex: 'EX', seconds: number, nx: 'NX'): Promise<string | null> };
  readonly signer: () => TicketKey;
  /** Pages that may open terminals, and the host that serves them. */
  readonly origins: readonly string[];
  readonly terminalUrl: string;
  readonly requestId: () => string | undefined;
  readonly record: RecordDeed;
}

const answer = z.object({ ticket: z.string(), session: z.uuid(), url: z.string(), expiresIn: z.int() });

interface NodeRow {
  readonly id: string;
  readonly address: string;
  readonly agent_port: number;
  readonly rented: boolean;
}

export function ticketRoutes(route: Routes, deps: TicketDeps): void {
  const { db, redis, origins, record } = deps;
  route({
    method: 'POST',
    url: '/api/v1/terminal/tickets',
    id: 'makeTicket',
    tag: 'terminal',
    priority: 'high',
    needs: ['postgres', 'realtime'],
    summary: 'A ticket for one terminal connection; with the session of an earlier one, to take that session up again',
    body: z.object({ nodeId: z.uuid(), session: z.uuid().optional() }),
    status: 201,
    answer,
    errors: [403, 404],
    async handle({ body, principal, request }) {
      const origin = request.headers.origin ?? (origins.length === 1 ? origins[0] : undefined);
      if (origin === undefined || !origins.includes(origin))
        throw new Problem(403, 'Forbidden', 'This page may not open terminals.');
      const node = await one<NodeRow>(db, TICKET_SQL.node, [body.nodeId, principal.tenant]);
      const admin = principal.roles.includes('admin');
      if (node === undefined || !(node.rented || admin)) throw notFound('node');
      const session = await sessionFor(body, principal, node);
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        jti: randomUUID(),
        sub: principal.sub,
        tenant: principal.tenant,
        sid: principal.sid,
        ses: session,
        node: node.id,
        nodeAddr: `${node.address.includes(':') ? `[${node.address}]` : node.address}:${node.agent_port}`,
        origin,
        iat: now,
        exp: now + TICKET_TTL,
        ati: principal.jti,
        aiat: principal.iat,
        akid: principal.kid,
      };
      const { key, kid } = deps.signer();
      const ticket = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid, typ: 'ticket+jwt' }).sign(key);
      await keep(ticket, claims);
      if (admin && !node.rented)
        await record(request, principal, {
          action: 'terminal.open',
          target: { kind: 'node', id: node.id },
          fields: { session },
        });
      return { ticket, session, url: `${deps.terminalUrl}/ws/terminal/${session}`, expiresIn: TICKET_TTL };
    },
  });

  async function sessionFor(
    body: { session?: string | undefined },
    { sub, tenant }: { sub: string; tenant: string },
    node: NodeRow,
  ): Promise<string> {
    if (body.session !== undefined) {
      if ((await one(db, TICKET_SQL.session, [body.session, sub, node.id])) === undefined) throw notFound('session');
      return body.session;
    }
    const session = randomUUID();
    const values = [session, tenant, sub, node.id, deps.requestId() ?? null];
    if (!node.rented) await db.query(TICKET_SQL.open, values);
    // Either the end of the rental sees the session, and ends it, or this sees the end.
    else if ((await one(db, TICKET_SQL.openInRental, values)) === undefined) throw notFound('node');
    return session;
  }

  async function keep(ticket: string, claims: object): Promise<void> {
    const key = `ticket:${createHash('sha256').update(ticket).digest('hex')}`;
    try {
      await redis.set(key, JSON.stringify(claims), 'EX', TICKET_TTL, 'NX');
    } catch (error) {
      throw unavailable('Tickets cannot be handed out now.', error);
    }
  }
}
