import { createServer, type Server } from 'node:http';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { revoke } from '@launchgate/runtime/denylist';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDatabase, using, type TestDatabase } from '../test-support/database.ts';
import { denylistCommand } from './admin/denylist-command.ts';
import { serveConfig } from './config/serve.ts';
import { retentionCommand } from './retention/command.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database?.stop());

function api(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--conditions=launchgate-source', MAIN, ...args], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stderr, stdout };
}

describe('configuration', () => {
  const good = {
    DATABASE_HOST: 'db',
    DATABASE_NAME: 'gpucloud',
    DATABASE_USER: 'api_a',
    TLS_CERT_FILE: '/c',
    TLS_KEY_FILE: '/k',
    TLS_CA_FILE: '/a',
    REDIS_ADDR: 'redis:6380',
    NATS_URL: 'tls://nats:4222',
    OIDC_ISSUER: 'https://id.example',
    OIDC_AUDIENCE: 'api',
    DATABASE_PASSWORD: 'very-secret',
    REDIS_PASSWORD: 'very-secret',
    NATS_NKEY_SEED_FILE: '/seed',
    TERMINAL_TICKET_KEY: 'x',
    STRIPE_WEBHOOK_SECRET: 'whsec_very-secret',
  };
  test('with what the manifests say is taken, with durations in milliseconds', () => {
    expect(serveConfig({ ...good, REQUEST_TIMEOUT: '25s', CACHE_STALE_LIMIT: '15m' })).toMatchObject({
      REQUEST_TIMEOUT: 25_000,
      CACHE_STALE_LIMIT: 900_000,
      MAX_HEADER_BYTES: 16_384,
      HTTP_ADDR: { port: 8443 },
    });
  });
  test.each([
    [{ DATABASE_HOST: undefined }, /DATABASE_HOST/],
    [{ REQUEST_TIMEOUT: '25' }, /REQUEST_TIMEOUT: expected a duration/],
    [{ REQUEST_TIMEOUT: '0s' }, /REQUEST_TIMEOUT: expected a duration such as 45s or 10m, at least 1s/],
    [{ RECONCILE_INTERVAL: '0s' }, /RECONCILE_INTERVAL: expected a duration/],
    [{ ADMIN_DENYLIST_MAX_STALENESS: '0s' }, /ADMIN_DENYLIST_MAX_STALENESS: expected a duration/],
    [{ OTEL_TRACES_SAMPLER_ARG: '' }, /OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1/],
    [{ HTTP_ADDR: 'nonsense' }, /HTTP_ADDR: expected host:port/],
    [{ OIDC_ISSUER: 'http://id.example' }, /OIDC_ISSUER: expected https/],
    [{ OIDC_ISSUER: 'id.example', TERMINAL_URL: 'wss://[' }, /OIDC_ISSUER: [^]*TERMINAL_URL: /],
    [{ ADMIN_DENYLIST_FAIL_MODE: 'open' }, /only `closed`/],
    [{ PARTS_OFF: 'denylist' }, /PARTS_OFF: is for the lab alone/],
    [{ PARTS_OFF: 'gravity', DEPLOYMENT_ENVIRONMENT: 'lab' }, /PARTS_OFF/],
    [{ REDIS_PASSWORD: undefined }, /REDIS_PASSWORD: expected a value, or a path in REDIS_PASSWORD_FILE/],
    [{ REDIS_ADDR: undefined }, /REDIS_SENTINELS with REDIS_MASTER/],
    [{ ALLOWED_ORIGINS: 'https://console.example/' }, /ALLOWED_ORIGINS/],
    [{ CACHE_TTL: '20m' }, /CACHE_STALE_LIMIT/],
    [{ STRIPE_WEBHOOK_SECRET: undefined }, /STRIPE_WEBHOOK_SECRET_FILE/],
    [{ DATABASE_SSLMODE: 'prefer' }, /DATABASE_SSLMODE/],
  ])('with %j is refused by name, and no value is quoted', (change, message) => {
    const read = () => serveConfig({ ...good, ...change } as NodeJS.ProcessEnv);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/very-secret/);
  });
  test('that is invalid ends the process with 78, and an unknown command, too', () => {
    expect(api(['serve'])).toMatchObject({ status: 78, stderr: expect.stringContaining('DATABASE_HOST') });
    expect(api(['sing'])).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('expected serve, migrate, denylist, retention'),
    });
    expect(api(['migrate', 'up'])).toMatchObject({ status: 78 });
  });
});

test('`api migrate up` and `check` work as a process', () => {
  expect(
    api(['migrate', 'up', '--lock-timeout=5s', '--statement-timeout=5m'], database.env('migrator_a')),
  ).toMatchObject({ status: 0, stdout: 'nothing to do\n' });
  expect(api(['migrate', 'check'], database.env('migrator_a')).status).toBe(0);
});

describe('`api denylist check`', () => {
  let statusz: Server;
  let head = 0;
  let env: Record<string, string>;
  beforeAll(async () => {
    statusz = createServer(
      (_, response) => void response.end(JSON.stringify({ denylist: { head, stale: false, ageMs: 5 } })),
    );
    await new Promise<void>((resolve) => statusz.listen(0, '127.0.0.1', resolve));
    env = { ...database.env(), HEALTH_ADDR: `127.0.0.1:${(statusz.address() as { port: number }).port}` };
  });
  afterAll(() => void statusz?.close());

  test('says 1 for what is not revoked, 2 until this process knows, 0 when it does', async () => {
    expect(await denylistCommand(['check', '--jti=token-1'], env)).toBe(1);
    const until = new Date(Date.now() + 60_000);
    const { id } = await using(database.client(), (client) =>
      revoke(client, { kind: 'token', value: 'token-1', until, by: 'root', reason: 'lost laptop' }),
    );
    expect(await denylistCommand(['check', '--jti=token-1'], env)).toBe(2);
    head = id;
    expect(await denylistCommand(['check', '--jti=token-1'], env)).toBe(0);
    expect(await denylistCommand(['check', '--sub=token-1'], env)).toBe(1);
    expect(await denylistCommand(['check', '--jti', 'token-1'], { ...env, HEALTH_ADDR: '127.0.0.1:1' })).toBe(2);
    for (const args of [['check'], ['check', '--jti='], ['check', '--jti', '']])
      await expect(denylistCommand(args, env)).rejects.toThrow(/usage/);
  });
});

test('`api retention run` forgets what is old, in batches, and nothing else', async () => {
  await using(database.client('postgres'), (client) =>
    client.query(`INSERT INTO outbox (user_id, type, data, published_at) SELECT 'u', 'x', '{}', now() - interval '8 days' FROM generate_series(1, 25);
      INSERT INTO outbox (user_id, type, data, published_at) VALUES ('u', 'x', '{}', now());
      INSERT INTO outbox (user_id, type, data, created_at) VALUES ('u', 'x', '{}', now() - interval '90 days')`),
  );
  expect(await retentionCommand(['run', '--batch=10'], database.env('retention_a'))).toBe(0);
  await using(database.client('postgres'), async (client) =>
    expect((await client.query('SELECT count(*)::int AS left FROM outbox')).rows[0]).toEqual({ left: 2 }),
  );
  await expect(retentionCommand(['run'], { ...database.env('retention_a'), RETAIN_OUTBOX: '1s' })).rejects.toThrow(
    /RETAIN_OUTBOX/,
  );
});
