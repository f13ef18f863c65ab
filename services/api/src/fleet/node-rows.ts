/** A node as the database has it, and what is shown of it: to everybody what can be rented, to admins all of it. */
import { z } from 'zod';
import { notFound } from '../http/problem.ts';

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

export const status = z.enum(['available', 'rented', 'cordoned', 'retired']);

export const offer = z.object({
  id: z.uuid(),
  name: z.string(),
  region: z.string(),
  gpuModel: z.string(),
  gpuCount: z.int(),
  status,
});
export const inventory = offer.extend({
  address: z.string(),
  agentPort: z.int(),
  labels: z.record(z.string(), z.string()),
  probedAt: z.string().nullable(),
  probeOutcome: z.enum(['reachable', 'failed']).nullable(),
  createdAt: z.string(),
});
export function found(row: NodeRow | undefined): NodeRow {
  if (row === undefined) throw notFound('node');
  return row;
}

export function agentUrl({ address, agent_port }: Pick<NodeRow, 'address' | 'agent_port'>): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${agent_port}/livez`;
}

export function showOffer(row: NodeRow): z.input<typeof offer> {
  const { id, name, region, gpu_model: gpuModel, gpu_count: gpuCount } = row;
  return { id, name, region, gpuModel, gpuCount, status: status.parse(row.status) };
}

export function showInventory(row: NodeRow): z.input<typeof inventory> {
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
