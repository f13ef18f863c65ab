import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { denylistDdl } from '@launchgate/runtime/denylist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { expectCode, workspace, type Surroundings } from './workspace.ts';

let server: PostgresServer;
let admin: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('CREATE ROLE revokers; CREATE ROLE oncall LOGIN IN ROLE revokers; CREATE ROLE reader LOGIN;');
  await admin.query(denylistDdl({ readers: ['reader'], writers: ['revokers'] }));
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

async function revoke(args: readonly string[], env: Record<string, string> = {}) {
  const surroundings: Surroundings = {
    now: new Date('2026-03-01T12:00:00Z'),
    env: {
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(server.port),
      DATABASE_USER: 'oncall',
      DATABASE_ROLE: 'revokers',
      DATABASE_SSLMODE: 'disable',
      ...env,
    },
  };
  return workspace().run(['revoke', ...args], surroundings);
}

const last = async () =>
  (await admin.query('SELECT * FROM denylist ORDER BY id DESC LIMIT 1')).rows[0] as Record<string, unknown>;

describe('launchgate revoke', () => {
  it.each([
    ['token', 'token'],
    ['subject', 'subject'],
    ['session', 'session'],
    ['tenant', 'tenant'],
    ['key', 'key'],
  ])('%s is written with who, why and until when, and says how to verify and undo', async (what, kind) => {
    const { out, err } = expectCode(
      await revoke([what, 'x-1', '-r', 'a leak', '--incident', 'INC-1', '--until', '15m', '--by', 'ana']),
      0,
    );
    const row = await last();
    expect(row).toMatchObject({
      kind,
      value: 'x-1',
      reason: 'a leak',
      incident: 'INC-1',
      revoked_by: 'ana',
      database_user: 'oncall',
    });
    expect(row['until']).toEqual(new Date('2026-03-01T12:20:00Z'));
    expect(out).toContain(`${kind} x-1`);
    expect(err).toContain(`launchgate revoke lift ${String(row['id'])}`);
  });

  it.each([
    [['issued-before', 'now'], { kind: 'issued-before', value: '*', issued_before: '1772366400' }],
    [
      ['issued-before', '2026-02-28T00:00:00Z', '--subject', 'bo'],
      { kind: 'subject-issued-before', value: 'bo', issued_before: '1772236800' },
    ],
    [
      ['issued-before', '1772236801', '--tenant', 't'],
      { kind: 'tenant-issued-before', value: 't', issued_before: '1772236801' },
    ],
  ])('%j', async (args, expected) => {
    expectCode(await revoke([...args, '-r', 'a leak'], { TOKEN_MAX_LIFETIME: '1h' }), 0);
    expect(await last()).toMatchObject({ ...expected, until: new Date('2026-03-01T13:05:00Z') });
  });

  it('a dry run tries it and leaves nothing', async () => {
    const before = await last();
    const { out, err } = expectCode(await revoke(['token', 'dry', '-r', 'a drill', '--dry-run', '-f', 'json']), 0);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'Revocation',
      dryRun: true,
      revocation: { kind: 'token', value: 'dry' },
    });
    expect(err).toBe('');
    expect(await last()).toEqual(before);
  });

  it('lists what is in force, and lifts it once', async () => {
    expectCode(await revoke(['token', 'to-lift', '-r', 'a leak', '--until', '2036-01-01T00:00:00Z']), 0);
    const id = String((await last())['id']);
    expect((await revoke(['list'])).out).toContain('token to-lift');
    expectCode(await revoke(['lift', id, '-r', 'a test token']), 0);
    expect((await revoke(['list'])).out).not.toContain('to-lift');
    expect((await revoke(['list', '--all'])).out).toContain('lifted by line');
    const again = await revoke(['lift', id, '-r', 'again']);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('lifted already');
  });

  it.each([
    [['token', 'eyJhbGciOi.eyJzdWIi.x', '-r', 'x'], 'that is a token itself'],
    [['token', 'x'], '--reason'],
    [['token', 'x', '-r', ' '], 'the reason is empty'],
    [['token', 'x', '-r', 'x', '--until', '2020-01-01T00:00:00Z'], 'has passed'],
    [['token', 'x', '-r', 'x', '--until', 'soon'], 'is no time'],
    [['issued-before', '2036-01-01T00:00:00Z', '-r', 'x'], 'lies ahead'],
    [['issued-before', 'now', '--subject', 'a', '--tenant', 'b', '-r', 'x'], 'exclude each other'],
    [['lift', 'x', '-r', 'x'], 'no revocation'],
    [['tokens', 'x', '-r', 'x'], 'token'],
  ])('%j is refused with what to write instead', async (args, words) => {
    const { code, out, err } = await revoke(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
  });

  it.each([
    [{ DATABASE_HOST: '' }, 'DATABASE_HOST is not set'],
    [{ DATABASE_PORT: '1' }, 'nothing was written to oncall@127.0.0.1:1/postgres'],
    [{ DATABASE_PORT: 'x' }, 'port'],
    [{ DATABASE_SSLMODE: 'require' }, 'proves nothing'],
    [{ DATABASE_SSLMODE: 'verify-full' }, 'nothing was written'],
    [{ DATABASE_PASSWORD_FILE: '/missing' }, '/missing, which DATABASE_PASSWORD_FILE names'],
    [{ DATABASE_USER: 'reader', DATABASE_ROLE: '' }, 'role that may append'],
    [{ DATABASE_NAME: 'template1', DATABASE_USER: 'postgres', DATABASE_ROLE: '' }, 'no deny-list'],
  ])('with %j it says that nothing was written, and what to do', async (env, words) => {
    const { code, out, err } = await revoke(['token', 'x', '-r', 'x'], env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
  });

  it('takes a password from a file and shows it nowhere', async () => {
    const world = workspace();
    const file = join(world.base, 'password');
    writeFileSync(file, 's3cret-of-the-test\n', { mode: 0o600 });
    const { out, err } = await revoke(['token', 'x', '-r', 'x'], { DATABASE_PASSWORD_FILE: file, DATABASE_PORT: '1' });
    expect(out + err).not.toContain('s3cret');
  });
});
