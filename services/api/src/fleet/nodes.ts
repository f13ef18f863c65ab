/** The inventory of GPU nodes: everybody sees what can be rented, admins see and change all of it. */
import { z } from 'zod';
import { notFound, Problem } from '../http/problem.ts';
import { fromCursor, page, pageOf, pageQuery } from '../http/page.ts';
import type { Routes } from '../http/route.ts';
import { isUniqueViolation, one, type Database } from '../stores/database.ts';
import type { RecordDeed } from '../admin/trail.ts';
import type { Probe } from './probe.ts';

const COLUMNS = `id, name, host(address) AS address, agent_port, region, gpu_model, gpu_count, labels, status, probed_at, probe_outcome, created_at`;

export const NODE_SQL = {
  insert: `INSERT INTO nodes (name, address, agent_port, region, gpu_model, gpu_count, labels)
VALUES ($1, $2::inet, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
  list: `SELECT ${COLUMNS} FROM nodes
WHERE ($1::text IS NULL OR status = $1) AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4`,
  find: `SELECT ${COLUMNS} FROM nodes WHERE id = $1`,
  hold: 'SELECT FROM nodes WHERE id = $1 FOR UPDATE',
  change: `UPDATE nodes SET labels = coalesce($2, labels), updated_at = now(), status = CASE
  WHEN $3 = 'available' AND EXISTS (SELECT FROM instances WHERE node_id = $1 AND instances.status IN ('pending', 'running')) THEN 'rented'
  ELSE coalesce($3, status) END WHERE id = $1 RETURNING ${COLUMNS}`,
  probed: `UPDATE nodes SET probed_at = now(), probe_outcome = $2, updated_at = now() WHERE id = $1`,
} as const;

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly agent_port: number;
  readonly region: string;
  readonly gpu_model: string;
  readonly gpu_count: number;
  readonly labels: Record<string, string>;
  readonly status: string;
  readonly probed_at: Date | null;
  readonly probe_outcome: 'reachable' | 'failed' | null;
  readonly created_at: Date;
}

const labels = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9./_-]{0,62}$/), z.string().max(128))
  .refine((value) => Object.keys(value).length <= 32, 'at most 32 labels');
const id = z.object({ id: z.uuid() });
const status = z.enum(['available', 'rented', 'cordoned', 'retired']);

const offer = z.object({
  id: z.uuid(),
  name: z.string(),
  region: z.string(),
  gpuModel: z.string(),
  gpuCount: z.int(),
  status,
});
const inventory = offer.extend({
  address: z.string(),
  agentPort: z.int(),
  labels: z.record(z.string(), z.string()),
  probedAt: z.string().nullable(),
  probeOutcome: z.enum(['reachable', 'failed']).nullable(),
  createdAt: z.string(),
});
const probed = z.object({ outcome: z.enum(['reachable', 'failed']), status: z.int().optional(), latencyMs: z.int() });

export interface NodeDeps {
  readonly db: Database;
  readonly probe: Probe;
  readonly record: RecordDeed;
}

export function nodeRoutes(route: Routes, { db, probe, record }: NodeDeps): void {
  route({
    method: 'GET',
    url: '/api/v1/nodes',
    id: 'listNodes',
    tag: 'fleet',
    summary: 'Nodes that can be rented',
    query: pageQuery,
    status: 200,
    answer: pageOf(offer),
    async handle({ query }) {
      const at = fromCursor(query.cursor);
      const { rows } = await db.query<NodeRow>(NODE_SQL.list, ['available', at.at, at.id, query.limit + 1]);
      return page(rows, query.limit, showOffer);
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/admin/nodes',
    id: 'listInventory',
    tag: 'admin',
    summary: 'The whole inventory',
    admin: true,
    query: pageQuery.extend({ status: status.optional() }),
    status: 200,
    answer: pageOf(inventory),
    async handle({ query }) {
      const at = fromCursor(query.cursor);
      const { rows } = await db.query<NodeRow>(NODE_SQL.list, [query.status ?? null, at.at, at.id, query.limit + 1]);
      return page(rows, query.limit, showInventory);
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/nodes',
    id: 'addNode',
    tag: 'admin',
    summary: 'Take a node into the inventory',
    admin: true,
    body: z.object({
      name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/),
      address: z.union([z.ipv4(), z.ipv6()]),
      agentPort: z.int().min(1).max(65_535).default(7443),
      region: z.string().min(1).max(64),
      gpuModel: z.string().min(1).max(64),
      gpuCount: z.int().min(1).max(64).default(1),
      labels: labels.default({}),
    }),
    status: 201,
    answer: inventory,
    errors: [409],
    async handle({ body, principal, request }) {
      const values = [
        body.name,
        body.address,
        body.agentPort,
        body.region,
        body.gpuModel,
        body.gpuCount,
        JSON.stringify(body.labels),
      ];
      return db.transaction(async (tx) => {
        const row = await one<NodeRow>(tx, NODE_SQL.insert, values).catch((error: unknown) => {
          throw isUniqueViolation(error) ? new Problem(409, 'Conflict', 'A node of that name exists.') : error;
        });
        const node = found(row);
        await record(
          request,
          principal,
          { action: 'node.add', target: { kind: 'node', id: node.id }, after: body },
          tx,
        );
        return showInventory(node);
      });
    },
  });
  route({
    method: 'PATCH',
    url: '/api/v1/nodes/:id',
    id: 'changeNode',
    tag: 'admin',
    summary: 'Change labels or status of a node; one that is rented is available again once its rental has ended',
    admin: true,
    params: id,
    body: z.object({ labels: labels.optional(), status: z.enum(['available', 'cordoned', 'retired']).optional() }),
    status: 200,
    answer: inventory,
    errors: [404],
    async handle({ body, params, principal, request }) {
      return db.transaction(async (tx) => {
        const changed = [
          params.id,
          body.labels === undefined ? null : JSON.stringify(body.labels),
          body.status ?? null,
        ];
        // Before the change asks for rentals: a statement that waits for the row sees none that was made meanwhile.
        await tx.query(NODE_SQL.hold, [params.id]);
        const node = found(await one<NodeRow>(tx, NODE_SQL.change, changed));
        await record(
          request,
          principal,
          { action: 'node.change', target: { kind: 'node', id: node.id }, after: body },
          tx,
        );
        return showInventory(node);
      });
    },
  });
  route({
    method: 'POST',
    url: '/api/v1/nodes/:id/probe',
    id: 'probeNode',
    tag: 'admin',
    admin: true,
    summary:
      'Ask whether a node answers: its agent, or the URL given. Only addresses inside of the allowed ranges are ever connected to',
    params: id,
    body: z.object({ url: z.string().min(1).max(2048).optional() }).nullish(),
    status: 200,
    answer: probed,
    errors: [404],
    async handle({ body, params, principal, request }) {
      const node = found(await one<NodeRow>(db, NODE_SQL.find, [params.id]));
      const target = { kind: 'node', id: node.id };
      const url = body?.url ?? agentUrl(node);
      // What is asked of the network cannot be taken back: it is on record before.
      await record(request, principal, { action: 'node.probe.begin', target, after: { url } });
      const result = await probe(url);
      await db.transaction(async (tx) => {
        await tx.query(NODE_SQL.probed, [node.id, result.outcome]);
        await record(request, principal, { action: 'node.probe', target, fields: { outcome: result.outcome } }, tx);
      });
      return result;
    },
  });
}

function found(row: NodeRow | undefined): NodeRow {
  if (row === undefined) throw notFound('node');
  return row;
}

export function agentUrl({ address, agent_port }: Pick<NodeRow, 'address' | 'agent_port'>): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${agent_port}/livez`;
}

function showOffer(row: NodeRow): z.input<typeof offer> {
  const { id, name, region, gpu_model: gpuModel, gpu_count: gpuCount } = row;
  return { id, name, region, gpuModel, gpuCount, status: status.parse(row.status) };
}

function showInventory(row: NodeRow): z.input<typeof inventory> {
  return {
    ...showOffer(row),
    address: row.address,
    agentPort: row.agent_port,
    labels: row.labels,
    probedAt: row.probed_at?.toISOString() ?? null,
    probeOutcome: row.probe_outcome,
    createdAt: row.created_at.toISOString(),
  };
}
