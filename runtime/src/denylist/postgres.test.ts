import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../test/servers/postgres.ts';
import { createDenylist, type Denylist } from './denylist.ts';
import { DENYLIST_DDL_DOWN, denylistDdl } from './postgres-ddl.ts';
import { postgresSource, type PostgresSourceOptions } from './postgres-source.ts';
import { lift, listRevocations, revoke, type NewRevocation } from './postgres-store.ts';
import { listenPush } from './pushes.ts';
import { until } from './test-lists.ts';

const BOUND = 3000;
const ADMIN = { jti: 'fresh', sub: 'ana', iat: 2_000_000_000 };
let server: PostgresServer;
let admin: pg.Pool;
const open: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startPostgres();
  admin = poolOf('postgres');
  await admin.query('CREATE ROLE api LOGIN; CREATE ROLE revoker LOGIN;');
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});
beforeEach(async () => {
  await admin.query(DENYLIST_DDL_DOWN);
  await admin.query(denylistDdl({ readers: ['api'], writers: ['revoker'] }));
});
afterEach(async () => {
  signalAll('SIGCONT');
  for (const one of open.splice(0)) await one.stop();
});

/** To the server and the backends that hold its connections: the first alone would go on answering. */
function signalAll(name: NodeJS.Signals): void {
  const { pid } = server.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  server.signal(name);
  for (const child of children.filter((one) => one > 0))
    try {
      process.kill(child, name);
    } catch (error) {
      // A backend whose connection was cut has ended since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
}

function poolOf(user: string): pg.Pool {
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: server.port,
    user,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
  });
  pool.on('error', () => undefined);
  return pool;
}

async function follow(options: Partial<PostgresSourceOptions> = {}): Promise<Denylist> {
  const pool = poolOf('api');
  const source = postgresSource({ pool, pollEveryMs: 50, deadlineMs: 500, ...options });
  const denylist = createDenylist({ source, maxStalenessMs: BOUND });
  open.push({ stop: () => denylist.stop().then(() => pool.end()) });
  await denylist.start();
  return denylist;
}

function entry(more: Partial<NewRevocation> = {}): NewRevocation {
  const until = new Date(Date.now() + 3_600_000);
  return { kind: 'token', value: 'j1', until, by: 'ana', reason: 'a test', ...more };
}

const listener = () => new pg.Client({ host: '127.0.0.1', port: server.port, user: 'api', database: 'postgres' });

describe('the table', () => {
  it('may be made twice, and takes appends of its writers only', async () => {
    await admin.query(denylistDdl({ readers: ['api'], writers: ['revoker'] }));
    const [api, revoker] = [poolOf('api'), poolOf('revoker')];
    try {
      await expect(revoke(api, entry())).rejects.toThrow('permission denied');
      const { id } = await revoke(revoker, entry({ incident: 'INC-7' }));
      for (const statement of ['UPDATE denylist SET until = now()', 'DELETE FROM denylist', 'TRUNCATE denylist']) {
        await expect(revoker.query(statement)).rejects.toThrow('permission denied');
        await expect(admin.query(statement)).rejects.toThrow('append-only');
      }
      await expect(
        revoker.query(
          `INSERT INTO denylist (id, kind, value, until, revoked_by, reason) OVERRIDING SYSTEM VALUE VALUES (1, 'token', 'x', now(), 'x', 'x')`,
        ),
      ).rejects.toThrow('permission denied');
      expect(await listRevocations(revoker)).toMatchObject([
        { id, kind: 'token', value: 'j1', by: 'ana', reason: 'a test', incident: 'INC-7' },
      ]);
    } finally {
      await Promise.all([api.end(), revoker.end()]);
    }
  });

  it('lifts once, what is in force', async () => {
    const { id } = await revoke(admin, entry());
    await lift(admin, { id, by: 'bo', reason: 'found it' });
    await expect(lift(admin, { id, by: 'bo', reason: 'again' })).rejects.toThrow('lifted already');
    await expect(lift(admin, { id: 999, by: 'bo', reason: 'none' })).rejects.toThrow('does not exist');
    expect(await listRevocations(admin)).toEqual([]);
    expect(await listRevocations(admin, { all: true })).toMatchObject([{ id, liftedBy: expect.any(Number) as number }]);
  });

  it('lifts once, though two do it at the same time', async () => {
    const { id } = await revoke(admin, entry());
    const before = await admin.connect();
    await before.query('BEGIN; SELECT pg_advisory_xact_lock(7310594021482917)');
    const lifts = ['ana', 'bo'].map((by) =>
      lift(admin, { id, by, reason: 'found it' }).then(
        () => 'lifted',
        (error: Error) => error.message,
      ),
    );
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'advisory'`;
    try {
      await expect.poll(async () => (await admin.query(waiting)).rows[0]?.n, { timeout: 20_000 }).toBe(2);
    } finally {
      await before.query('COMMIT');
      before.release();
    }
    expect((await Promise.all(lifts)).sort()).toEqual(['lifted', expect.stringContaining('lifted already')]);
  });

  it.each([
    { value: '' },
    { value: 'x'.repeat(513) },
    { kind: 'issued-before' as const, value: '*' },
    { kind: 'issued-before' as const, value: 'ana', issuedBefore: 5 },
    { issuedBefore: 5 },
    { reason: ' ' },
    { reason: '\t\n' },
    { reason: 'x'.repeat(1025) },
    { by: '' },
    { incident: 'x'.repeat(257) },
    { value: 'a\0b' },
    { value: 'a\ud800' },
    { kind: 'subject-issued-before' as const, issuedBefore: Date.now() },
    { until: new Date('never') },
  ])('refuses %o', async (fault) => {
    await expect(revoke(admin, entry(fault))).rejects.toThrow(Error);
  });

  it('refuses before it asks the database, and says what is wrong', async () => {
    const nobody = { query: () => Promise.reject(new Error('it was asked')) };
    await expect(revoke(nobody, entry({ reason: '  ' }))).rejects.toThrow(
      'reason has 1 to 1024 characters, this one 0',
    );
    await expect(revoke(nobody, entry({ value: 'a\0b' }))).rejects.toThrow('value holds a NUL');
    await expect(revoke(nobody, entry({ kind: 'subject-issued-before', issuedBefore: Date.now() }))).rejects.toThrow(
      'expected Unix seconds',
    );
    await expect(lift(nobody, { id: 1, by: 'bo', reason: '\n' })).rejects.toThrow('reason has 1 to 1024 characters');
    const second = Math.floor(Date.now() / 1000);
    const { id } = await revoke(admin, entry({ kind: 'subject-issued-before', issuedBefore: second }));
    expect((await listRevocations(admin))[0]).toMatchObject({ id, issuedBefore: second });
  });

  it('shows lines in the order of their ids, though a writer is slow to commit', async () => {
    const denylist = await follow();
    const slow = await admin.connect();
    try {
      await slow.query('BEGIN');
      await revoke(slow, entry({ value: 'slow' }));
      const writers = Array.from({ length: 8 }, (_, index) => revoke(admin, entry({ value: `fast-${index}` })));
      await slow.query('SELECT pg_sleep(0.2)');
      await slow.query('COMMIT');
      await Promise.all(writers);
    } finally {
      slow.release();
    }
    await until(() => denylist.status().entries === 9, 'all nine');
  });
});

describe('following the table', () => {
  it('sees revocations and lifts by polling alone', async () => {
    const { id } = await revoke(admin, entry({ value: 'before' }));
    const denylist = await follow();
    expect(await denylist.synced(10_000)).toBe(true);
    expect(denylist.check({ jti: 'before' })).toEqual({ by: 'token', id });
    await revoke(admin, entry({ value: 'after' }));
    await until(() => denylist.check({ jti: 'after' }) !== undefined, 'the later one');
    await lift(admin, { id, by: 'ana', reason: 'a test' });
    await until(() => denylist.check({ jti: 'before' }) === undefined, 'the lift');
  });

  it('sees them by LISTEN long before the next poll, also after the connection was cut again and again', async () => {
    const denylist = await follow({ pollEveryMs: 600_000, pushes: [listenPush(listener)] });
    await denylist.synced(10_000);
    for (const value of ['one', 'two', 'three']) {
      await revoke(admin, entry({ value }));
      await until(() => denylist.check({ jti: value }) !== undefined, value);
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'api'`);
    }
  });

  it('drops what has ended at the next full read, and nothing that was lifted comes back', async () => {
    const { id } = await revoke(admin, entry({ value: 'lifted' }));
    await lift(admin, { id, by: 'ana', reason: 'a test' });
    await revoke(admin, entry({ value: 'ended', until: new Date(Date.now() - 7_200_000) }));
    const denylist = await follow({ reconcileEveryMs: 50 });
    await denylist.synced(10_000);
    expect(denylist.status()).toMatchObject({ entries: 0, head: 3 });
    await revoke(admin, entry({ value: 'ended too', until: new Date(Date.now() - 7_200_000) }));
    await until(() => denylist.status().head === 4 && denylist.status().entries === 0, 'the full read');
  });

  it('a table that was restored to an earlier state does not give back what was revoked', async () => {
    await revoke(admin, entry({ value: 'lost' }));
    const denylist = await follow();
    await denylist.synced(10_000);
    await admin.query(DENYLIST_DDL_DOWN);
    await admin.query(denylistDdl({ readers: ['api'], writers: ['revoker'] }));
    await revoke(admin, entry({ value: 'other' }));
    await revoke(admin, entry({ value: 'another' }));
    await until(() => denylist.check({ jti: 'another' }) !== undefined, 'the new history');
    expect(denylist.check({ jti: 'other' })?.by).toBe('token');
    expect(denylist.check({ jti: 'lost' })?.by).toBe('token');
    expect(denylist.status().rewritten).toBe(true);
  });

  it('reads a large table without keeping others waiting, and goes on polling meanwhile', async () => {
    await admin.query(`INSERT INTO denylist (kind, value, until, revoked_by, reason)
      SELECT 'token', gen_random_uuid()::text, now() + interval '1 hour', 'ana', 'a test' FROM generate_series(1, 20000)`);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const denylist = await follow({ reconcileEveryMs: 100 });
    await denylist.synced(20_000);
    clearInterval(ticking);
    expect(denylist.status().entries).toBe(20_000);
    expect(turns).toBeGreaterThan(3);
    await revoke(admin, entry({ value: 'amid' }));
    await until(() => denylist.check({ jti: 'amid' }) !== undefined, 'a revocation amid full reads');
  });
});

describe('a database that is away', () => {
  it('hanging: admin is refused after the bound, without waiting, and served again afterwards', async () => {
    const denylist = await follow({ pushes: [listenPush(listener)] });
    await denylist.synced(10_000);
    expect(denylist.decide(ADMIN, { admin: true }).state).toBe('allowed');
    signalAll('SIGSTOP');
    await until(() => denylist.decide(ADMIN, { admin: true }).state === 'stale', 'the bound');
    expect(denylist.status().lastError).toContain('did not answer within 500 ms');
    signalAll('SIGCONT');
    await until(() => denylist.decide(ADMIN, { admin: true }).state === 'allowed', 'the return');
  });

  it('dying in the middle of a read: is read again once it is back, and ends nothing', async () => {
    const denylist = await follow({ deadlineMs: 5000 });
    await denylist.synced(10_000);
    const locking = await admin.connect();
    locking.on('error', () => undefined);
    await locking.query('BEGIN; LOCK denylist IN ACCESS EXCLUSIVE MODE');
    const waiting = `SELECT pid FROM pg_stat_activity WHERE usename = 'api' AND wait_event_type = 'Lock'`;
    let pid: number | undefined;
    while (pid === undefined) pid = (await admin.query(waiting)).rows[0]?.pid as number | undefined;
    process.kill(pid, 'SIGKILL');
    await until(() => denylist.status().lastError !== undefined, 'the error');
    locking.release(true);
    await until(() => denylist.status().lastError === undefined, 'the return');
  });

  it('from the start: starts all the same, refuses admin, and stops', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, user: 'api' });
    const source = postgresSource({
      pool,
      pollEveryMs: 50,
      pushes: [listenPush(() => new pg.Client({ host: '127.0.0.1', port: 1 }))],
    });
    const denylist = createDenylist({ source, maxStalenessMs: BOUND });
    await denylist.start();
    await until(() => denylist.status().lastError !== undefined, 'the error');
    expect(denylist.decide(ADMIN, { admin: true })).toEqual({ state: 'stale', ageMs: Infinity });
    await denylist.stop();
    await pool.end();
  });
});
