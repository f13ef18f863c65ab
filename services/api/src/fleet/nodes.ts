/** The inventory of GPU nodes: everybody sees what can be rented, admins see and change all of it. */
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { fromCursor, page, pageOf, pageQuery } from '../http/page.ts';
import type { Routes } from '../http/route.ts';
import { isUniqueViolation, one, type Database } from '../stores/database.ts';
import type { RecordDeed } from '../admin/trail.ts';
import {
  agentUrl,
  found,
  inventory,
  NODE_SQL,
  offer,
  showInventory,
  showOffer,
  status,
  type NodeRow,
} from './node-rows.ts';
import type { Probe } from './probe.ts';

export interface NodeDeps {
  readonly db: Database;
  readonly probe: Probe;
  readonly record: RecordDeed;
}

export function nodeRoutes(route: Routes, deps: NodeDeps): void {
  listOffers(route, deps);
  listInventory(route, deps);
  addNode(route, deps);
  changeNode(route, deps);
  probeNode(route, deps);
}

const labels = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9./_-]{0,62}$/), z.string().max(128))
  .refine((value) => Object.keys(value).length <= 32, 'at most 32 labels');
const id = z.object({ id: z.uuid() });
const probed = z.object({ outcome: z.enum(['reachable', 'failed']), status: z.int().optional(), latencyMs: z.int() });

function listOffers(route: Routes, { db }: NodeDeps): void {
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
}

function listInventory(route: Routes, { db }: NodeDeps): void {
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
}

function addNode(route: Routes, { db, record }: NodeDeps): void {
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
}

function changeNode(route: Routes, { db, record }: NodeDeps): void {
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
}

function probeNode(route: Routes, { db, probe, record }: NodeDeps): void {
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
