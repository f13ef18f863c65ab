/**
 * Every credential of the service is replaced under open-loop load: the new one is used without a restart, no request fails, and the old one
 * is of no use to anybody afterwards.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser, fromSeed } from '@nats-io/nkeys';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { using } from '../test-support/database.ts';
import { CONSOLE, REDIS_PASSWORD, startPlatform, type TestPlatform } from '../test-support/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchgate-rotation-'));
const login = (username: string, password: string) => JSON.stringify({ username, password });
let platform: TestPlatform;
let alice: string;
let node: string;
let instance: string;

/** As a secret store does: the file is replaced, never written to. */
function write(name: string, value: string): string {
  const file = join(folder, name);
  writeFileSync(`${file}.next`, value, { mode: 0o600 });
  renameSync(`${file}.next`, file);
  return file;
}

beforeAll(async () => {
  platform = await startPlatform();
  await using(platform.database.client('postgres', 'postgres'), async (superuser) => {
    await superuser.query(`ALTER ROLE api_a PASSWORD 'first'; ALTER ROLE api_b PASSWORD 'second'`);
    const { rows } = await superuser.query<{ hba_file: string }>('SHOW hba_file');
    const file = rows[0]?.hba_file ?? '';
    writeFileSync(file, `host all api_a,api_b all scram-sha-256\n${readFileSync(file, 'utf8')}`);
    await superuser.query('SELECT pg_reload_conf()');
  });
  await platform.restart({
    DATABASE_PASSWORD_FILE: write('database', login('api_a', 'first')),
    REDIS_PASSWORD_FILE: write('redis', REDIS_PASSWORD),
    NATS_NKEY_SEED_FILE: write('nats', platform.natsSeeds[0] ?? ''),
    TERMINAL_TICKET_KEY_FILE: write('ticket', platform.ticketKey),
  });
  alice = await platform.provider.token('alice');
  const body = { name: 'gpu-1', address: '10.255.0.1', region: 'lab', gpuModel: 'H100' };
  const root = await platform.provider.token('root');
  node = (await platform.ask('POST', '/api/v1/nodes', { token: root, body })).body.id;
  instance = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body.id;
  await platform.agentsAnswered();
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ticket = () =>
  platform.ask('POST', '/api/v1/terminal/tickets', {
    token: alice,
    body: { nodeId: node },
    headers: { origin: CONSOLE },
  });
const usage = (idempotencyKey: string) =>
  platform.ask('POST', `/api/v1/instances/${instance}/usage`, { token: alice, body: { seconds: 1, idempotencyKey } });

/** A request every 25 ms whether or not those before it are answered; through PostgreSQL, Redis and, by the outbox, NATS. */
function load() {
  const answers: Promise<number>[] = [];
  const timer = setInterval(() => {
    const turn = answers.length;
    const asked = turn % 2 === 0 ? ticket() : usage(`turn-${turn}`);
    answers.push(
      asked.then(
        ({ status }) => status,
        (error: Error) => Promise.resolve(error.message as unknown as number),
      ),
    );
  }, 25);
  return {
    asked: () => answers.length,
    end() {
      clearInterval(timer);
      return Promise.all(answers);
    },
  };
}

const said = (secret: string) =>
  platform
    .api()
    .output()
    .split('\n')
    .filter((line) => line.includes('a new secret is in use') && line.includes(secret)).length;
const logins = async () =>
  using(platform.database.client('postgres'), async (client) => {
    const { rows } = await client.query<{ usename: string }>(
      `SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'api'`,
    );
    return rows.map(({ usename }) => usename);
  });
const WAIT = { timeout: 40_000, interval: 200 };

test('two logins, two passwords, two keys: no request fails, and the old are refused', async () => {
  const requests = load();
  await platform.redisAdmin('ACL', 'SETUSER', 'api', '>another-password');
  const { privateKey } = generateKeyPairSync('ed25519');
  const before = decodeProtectedHeader((await ticket()).body.ticket).kid;
  write('database', login('api_b', 'second'));
  write('redis', 'another-password');
  write('nats', platform.natsSeeds[1] ?? '');
  write('ticket', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  // Pool and deny-list; client and hub.
  await expect.poll(() => said('DATABASE_PASSWORD'), WAIT).toBe(2);
  await expect.poll(() => said('REDIS_PASSWORD'), WAIT).toBe(2);
  await expect.poll(() => said('NATS_NKEY_SEED'), WAIT).toBe(1);
  await expect.poll(async () => decodeProtectedHeader((await ticket()).body.ticket).kid, WAIT).not.toBe(before);
  await revokeOld();
  // The direct connection that listens takes the new login when it is made again; all of the pools have retired.
  await expect.poll(logins, WAIT).toContain('api_b');
  const served = (await ticket()).status;
  const soFar = requests.asked();
  await expect.poll(requests.asked, WAIT).toBeGreaterThan(soFar + 40);
  const statuses = await requests.end();
  expect(served).toBe(201);
  expect(statuses.filter((status) => status !== 201 && status !== 202)).toEqual([]);
  await refusesOld();
  await expect.poll(() => platform.metric('events_outbox_waiting'), WAIT).toBe(0);
}, 180_000);

async function revokeOld(): Promise<void> {
  await using(platform.database.client('postgres'), (client) => client.query('ALTER ROLE api_a NOLOGIN'));
  await platform.redisAdmin('ACL', 'SETUSER', 'api', `<${REDIS_PASSWORD}`);
  const file = join(platform.nats.folder, 'nats.conf');
  const old = fromSeed(new TextEncoder().encode(platform.natsSeeds[0])).getPublicKey();
  writeFileSync(file, readFileSync(file, 'utf8').replace(old, createUser().getPublicKey()));
  platform.nats.signal('SIGHUP');
}

async function refusesOld(): Promise<void> {
  const { database, redis, nats, certificates, natsSeeds } = platform;
  const tls = {
    ca: readFileSync(certificates.ca),
    cert: readFileSync(certificates.cert),
    key: readFileSync(certificates.key),
  };
  const sql = new pg.Client({
    host: '127.0.0.1',
    port: database.server.port,
    user: 'api_a',
    password: 'first',
    database: 'gpucloud',
  });
  await expect(sql.connect()).rejects.toThrow(/not permitted to log in/);
  const options = { username: 'api', password: REDIS_PASSWORD, tls, lazyConnect: true, retryStrategy: () => null };
  const cache = new Redis({ ...options, host: '127.0.0.1', port: redis.port });
  const refusal = new Promise((resolve) => cache.on('error', resolve));
  await cache.connect().catch(() => undefined);
  expect(String(await refusal)).toContain('WRONGPASS');
  cache.disconnect();
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(natsSeeds[0]));
  const files = { caFile: certificates.ca, certFile: certificates.cert, keyFile: certificates.key };
  const old = connect({ servers: `tls://127.0.0.1:${nats.port}`, tls: files, authenticator, reconnect: false });
  await expect(old).rejects.toThrow(/Authorization/i);
}
