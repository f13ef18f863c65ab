/** Rentals: a node is one tenant's at a time, which an index of the database guarantees whoever asks first. */
import { z } from 'zod';
import { notFound, Problem } from '../http/problem.ts';
import { fromCursor, page, pageOf, pageQuery } from '../http/page.ts';
import type { Routes } from '../http/route.ts';
import { isUniqueViolation, one, type Database } from '../stores/database.ts';
import type { Pending, Provisioning } from './provisioning.ts';

export const INSTANCE_COLUMNS =
  'id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at';

export const INSTANCE_SQL = {
  list: `SELECT ${INSTANCE_COLUMNS} FROM instances
WHERE tenant_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4`,
  find: `SELECT ${INSTANCE_COLUMNS} FROM instances WHERE id = $1 AND tenant_id = $2`,
  take: `UPDATE nodes SET status = 'rented', updated_at = now() WHERE id = $1 AND status = 'available' RETURNING region, host(address) AS address, agent_port`,
  rent: `INSERT INTO instances (tenant_id, user_id, node_id, region, label, status, price_micros)
VALUES ($1, $2, $3, $4, $5, 'pending', $6) RETURNING ${INSTANCE_COLUMNS}`,
  stop: `UPDATE instances SET status = 'stopped', ended_at = now()
WHERE id = $1 AND tenant_id = $2 AND status IN ('pending', 'running') RETURNING ${INSTANCE_COLUMNS}`,
  free: `UPDATE nodes SET status = 'available', updated_at = now() WHERE id = $1 AND status = 'rented'`,
  endTerminals: `INSERT INTO denylist (kind, value, until, revoked_by, reason)
SELECT 'session', id::text, now() + $4::float8 * interval '1 millisecond', $5, 'the rental of its node has ended' FROM terminal_sessions
WHERE node_id = $1 AND tenant_id = $2 AND created_at >= greatest($3::timestamptz, now() - $4::float8 * interval '1 millisecond')`,
  addLabel: `INSERT INTO labels (tenant_id, label, created_by) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, label) DO NOTHING RETURNING id, label, created_at`,
  findLabel: 'SELECT id, label, created_at FROM labels WHERE tenant_id = $1 AND label = $2',
} as const;

export interface InstanceRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly user_id: string;
  readonly node_id: string;
  readonly region: string;
  readonly label: string | null;
  readonly status: 'pending' | 'running' | 'stopped' | 'failed';
  readonly price_micros: number;
  readonly currency: string;
  readonly created_at: Date;
  readonly ready_at: Date | null;
  readonly ended_at: Date | null;
}

const instance = z.object({
  id: z.uuid(),
  nodeId: z.uuid(),
  region: z.string(),
  label: z.string().nullable(),
  status: z.enum(['pending', 'running', 'stopped', 'failed']),
  priceMicros: z.int(),
  currency: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
const labelText = z.string().min(1).max(128);
const label = z.object({ id: z.uuid(), label: z.string(), createdAt: z.string() });
const id = z.object({ id: z.uuid() });

export interface InstanceDeps {
  readonly db: Database;
  /** Millionths of a euro for a second of one node. */
  readonly priceMicros: number;
  readonly provisioning: Pick<Provisioning, 'begin'>;
  /** A rental could not be made. */
  readonly onFailed: (region: string) => void;
}

/** Milliseconds; more than a gateway lets any terminal live (`SESSION_ABSOLUTE_TIMEOUT`). */
const LONGEST_TERMINAL = 24 * 3_600_000;
/** Milliseconds that an agent has to answer while the renter waits. */
const PATIENCE = 2000;

export function instanceRoutes(route: Routes, { db, priceMicros, provisioning, onFailed }: InstanceDeps): void {
  route({
    method: 'GET',
    url: '/api/v1/instances',
    id: 'listInstances',
    tag: 'fleet',
    summary: 'What the tenant rents or rented, newest first',
    query: pageQuery,
    status: 200,
    answer: pageOf(instance),
    async handle({ principal, query }) {
      const at = fromCursor(query.cursor);
      const { rows } = await db.query<InstanceRow>(INSTANCE_SQL.list, [
        principal.tenant,
        at.at,
        at.id,
        query.limit + 1,
      ]);
      return page(rows, query.limit, show);
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/instances',
    id: 'rentNode',
    tag: 'fleet',
    summary: 'Rent a node; the rental is pending until the agent of the node answers',
    body: z.object({ nodeId: z.uuid(), label: labelText.optional() }),
    status: 201,
    answer: instance,
    errors: [409],
    async handle({ body, principal }) {
      const taken = new Problem(409, 'Conflict', 'The node is not available.');
      const { row, node } = await db
        .transaction(async (tx) => {
          const node = await one<Omit<Pending, 'id'>>(tx, INSTANCE_SQL.take, [body.nodeId]);
          if (node === undefined) throw taken;
          const values = [principal.tenant, principal.sub, body.nodeId, node.region, body.label ?? null, priceMicros];
          return { node, row: found(await one<InstanceRow>(tx, INSTANCE_SQL.rent, values)) };
        })
        .catch((error: unknown) => {
          if (error !== taken) onFailed('unknown');
          throw isUniqueViolation(error) ? taken : error;
        });
      return show((await provisioning.begin({ ...node, id: row.id }, PATIENCE)) ?? row);
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/instances/:id',
    id: 'getInstance',
    tag: 'fleet',
    summary: 'One rental',
    params: id,
    status: 200,
    answer: instance,
    errors: [404],
    async handle({ params, principal }) {
      return show(found(await one<InstanceRow>(db, INSTANCE_SQL.find, [params.id, principal.tenant])));
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/instances/:id/stop',
    id: 'stopInstance',
    tag: 'fleet',
    summary: 'End a rental, and the terminals on its node with it; one that has ended is answered as it is',
    params: id,
    status: 200,
    answer: instance,
    errors: [404],
    async handle({ params, principal }) {
      return db.transaction(async (tx) => {
        const rental = [params.id, principal.tenant];
        const row = await one<InstanceRow>(tx, INSTANCE_SQL.stop, rental);
        // Asked for again, since the first answer was lost, say: the node may be rented anew, and is left alone.
        if (row === undefined) return show(found(await one<InstanceRow>(tx, INSTANCE_SQL.find, rental)));
        await tx.query(INSTANCE_SQL.free, [row.node_id]);
        // The node may be another tenant's in a moment.
        const during = [row.node_id, principal.tenant, row.created_at, LONGEST_TERMINAL, principal.sub];
        await tx.query(INSTANCE_SQL.endTerminals, during);
        return show(row);
      });
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/labels',
    id: 'addLabel',
    tag: 'fleet',
    summary: 'Make a label; the same again answers the same',
    body: z.object({ label: labelText }),
    status: 201,
    answer: label,
    async handle({ body, principal }) {
      const made = await one<LabelRow>(db, INSTANCE_SQL.addLabel, [principal.tenant, body.label, principal.sub]);
      const row = made ?? (await one<LabelRow>(db, INSTANCE_SQL.findLabel, [principal.tenant, body.label]));
      if (row === undefined) throw notFound('label');
      return { id: row.id, label: row.label, createdAt: row.created_at.toISOString() };
    },
  });
}

interface LabelRow {
  readonly id: string;
  readonly label: string;
  readonly created_at: Date;
}

function found(row: InstanceRow | undefined): InstanceRow {
  if (row === undefined) throw notFound('instance');
  return row;
}

function show(row: InstanceRow): z.input<typeof instance> {
  return {
    id: row.id,
    nodeId: row.node_id,
    region: row.region,
    label: row.label,
    status: row.status,
    priceMicros: row.price_micros,
    currency: row.currency,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
