import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startDatabase, using, type TestDatabase } from '../../test-support/database.ts';
import { database as databaseOf } from '../stores/database.ts';
import { createProbe } from './probe.ts';
import { createProvisioning, PROVISIONING_SQL, type Pending } from './provisioning.ts';

let database: TestDatabase;
let pool: pg.Pool;
let agent: Server;
let answers: boolean;
const ready = vi.fn();

beforeAll(async () => {
  database = await startDatabase();
  pool = new pg.Pool({ host: '127.0.0.1', port: database.server.port, user: 'api_a', database: 'gpucloud', max: 4 });
  pool.on('error', () => undefined);
  agent = createServer((request, response) => (answers ? response.writeHead(426).end() : request.socket.destroy()));
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  agent?.close();
  await pool?.end();
  await database?.stop();
});
beforeEach(() => {
  answers = false;
  ready.mockReset();
});

/** The guard refuses loopback, where this test's agent is; what it lets through is its own tests' business. */
const probe = createProbe({
  fetch: () => fetch(`http://127.0.0.1:${(agent.address() as AddressInfo).port}/`),
});

async function rented(region: string): Promise<Pending> {
  const [node, id] = [randomUUID(), randomUUID()];
  await using(database.client('postgres'), async (sql) => {
    await sql.query(`INSERT INTO tenants (id, name) VALUES ('acme', 'Acme') ON CONFLICT DO NOTHING`);
    await sql.query(`INSERT INTO users (id, tenant_id) VALUES ('alice', 'acme') ON CONFLICT DO NOTHING`);
    await sql.query(
      `INSERT INTO nodes (id, name, address, region, gpu_model) VALUES ($1, $2, '10.255.0.1', $3, 'H100')`,
      [node, `n-${node.slice(0, 8)}`, region],
    );
    await sql.query(
      `INSERT INTO instances (id, tenant_id, user_id, node_id, region, status, price_micros, created_at)
       VALUES ($1, 'acme', 'alice', $2, $3, 'pending', 700, now() - interval '20 minutes')`,
      [id, node, region],
    );
  });
  return { id, region, address: '10.255.0.1', agent_port: 7443 };
}

async function oldest(region: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ region: string; age: number }>(PROVISIONING_SQL.oldest);
  return rows.find((row) => row.region === region)?.age;
}

function provisioning() {
  return createProvisioning({ db: databaseOf(pool as never), probe, onReady: ready });
}

test('a rental whose agent does not answer stays pending, and its age is what the alert asks for', async () => {
  const rental = await rented('eu-1');
  expect(await provisioning().begin(rental, 5000)).toBeUndefined();
  await provisioning().round();
  expect(ready).not.toHaveBeenCalled();
  expect(await oldest('eu-1')).toBeGreaterThan(900);
});

test('once the agent answers the rental runs, counted once, however many replicas look', async () => {
  const rental = await rented('eu-2');
  await provisioning().round();
  expect(await oldest('eu-2')).toBeGreaterThan(900);
  answers = true;
  await Promise.all([provisioning().round(), provisioning().round(), provisioning().begin(rental, 5000)]);
  expect(await oldest('eu-2')).toBeUndefined();
  expect(ready.mock.calls.filter(([region]) => region === 'eu-2')).toHaveLength(1);
});

/** Dead nodes, each with a rental that nobody ended. */
async function dead(count: number): Promise<void> {
  await using(database.client('postgres'), (sql) =>
    sql.query(
      `WITH n AS (INSERT INTO nodes (name, address, region, gpu_model)
         SELECT 'dead-' || i, '10.255.0.2', 'dead', 'H100' FROM generate_series(1, $1::int) i RETURNING id)
       INSERT INTO instances (tenant_id, user_id, node_id, region, status, price_micros, created_at)
         SELECT 'acme', 'alice', id, 'dead', 'pending', 700, now() - interval '1 day' FROM n`,
      [count],
    ),
  );
}

test('dead nodes, however many, keep no later rental from running', async () => {
  const late = await rented('eu-5');
  await dead(250);
  const asked: string[] = [];
  const most = { now: 0, ever: 0 };
  const look = createProvisioning({
    db: databaseOf(pool as never),
    async probe(url) {
      asked.push(url);
      most.ever = Math.max(most.ever, (most.now += 1));
      await new Promise((done) => setTimeout(done, 20));
      most.now -= 1;
      return { outcome: url.includes('10.255.0.1') ? 'reachable' : 'failed', latencyMs: 20 };
    },
    onReady: ready,
  });
  await look.round();
  expect(ready).toHaveBeenCalledWith('eu-5');
  expect(asked.filter((url) => url.includes('10.255.0.2'))).toHaveLength(250);
  expect(most.ever).toBe(100);
  expect(await oldest(late.region)).toBeUndefined();
});

test('a round ends with the service, though an agent hangs', async () => {
  await rented('eu-6');
  const hanging = createProvisioning({
    db: databaseOf(pool as never),
    probe: () => new Promise(() => undefined),
    onReady: ready,
  });
  const round = hanging.round();
  hanging.stop();
  await round;
});

test('a renter is answered at once where the agent is there, and not held up where it hangs', async () => {
  answers = true;
  expect(await provisioning().begin(await rented('eu-3'), 5000)).toMatchObject({ status: 'running' });
  const hanging = createProvisioning({
    db: databaseOf(pool as never),
    probe: () => new Promise(() => undefined),
    onReady: ready,
  });
  expect(await hanging.begin(await rented('eu-4'), 100)).toBeUndefined();
});
