import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POSTGRES_BIN } from '../../../../test/servers/postgres.ts';
import { LIMITS, MIGRATIONS, startDatabase, using, type TestDatabase } from '../../test-support/database.ts';
import { readMigrations } from './files.ts';
import { down, status, up } from './run.ts';

let database: TestDatabase;
let folder: string;
const files = readMigrations(MIGRATIONS);

beforeAll(async () => {
  database = await startDatabase({ migrated: false });
  folder = mkdtempSync(join(tmpdir(), 'launchgate-migrations-'));
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function migrator(name: string) {
  return database.client('migrator_a', name);
}

function dump(name: string): string {
  const url = `postgres://postgres@127.0.0.1:${database.server.port}/${name}`;
  const text = execFileSync(join(POSTGRES_BIN, 'pg_dump'), ['--schema-only', url], { encoding: 'utf8' });
  // Newer minor releases frame the dump with a random word.
  return text.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

function copyWith(changes: Record<string, string>): string {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(MIGRATIONS, copy, { recursive: true });
  for (const [file, text] of Object.entries(changes)) writeFileSync(join(copy, file), text);
  return copy;
}

const next = String(files.length + 1).padStart(4, '0');

describe('up and down', () => {
  test('up, down to nothing, up: the schema is byte for byte the same, and nothing is left in between', async () => {
    await database.empty('round');
    await using(migrator('round'), async (client) => {
      const bare = dump('round');
      expect((await up(client, files, LIMITS)).length).toBe(files.length);
      const first = dump('round');
      expect(first).toContain('CREATE TABLE billing.ledger');
      await down(client, files, LIMITS, 0);
      // What remains is the record of the runner itself.
      await client.query('DROP TABLE schema_migrations');
      expect(dump('round')).toBe(bare);
      await up(client, files, LIMITS);
      expect(dump('round')).toBe(first);
    });
  });

  test('each step alone is reversible', async () => {
    await database.empty('steps');
    await using(migrator('steps'), async (client) => {
      for (const { version } of files) {
        await up(client, files.slice(0, version - 1), LIMITS);
        const before = dump('steps');
        await up(client, files.slice(0, version), LIMITS);
        expect((await down(client, files.slice(0, version), LIMITS)).map((step) => step.version)).toEqual([version]);
        if (version > 1) expect(dump('steps')).toBe(before);
      }
    });
  });

  test('a second run does nothing', async () => {
    await database.empty('twice');
    await using(migrator('twice'), async (client) => {
      await up(client, files, LIMITS);
      expect(await up(client, files, LIMITS)).toEqual([]);
    });
  });

  test('two at once: each step is applied once', async () => {
    await database.empty('race');
    const runs = await Promise.all([1, 2, 3].map(() => using(migrator('race'), (client) => up(client, files, LIMITS))));
    expect(runs.flat().length).toBe(files.length);
  });
});

test('a runner waits for another one, and not for ever', async () => {
  await database.empty('waits');
  await using(migrator('waits'), async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', ['1566745200061283933']);
    await using(migrator('waits'), async (other) => {
      await expect(up(other, files, { ...LIMITS, lockTimeoutMs: 200 })).rejects.toThrow(/another runner/);
      const waiting = up(other, files, LIMITS);
      await client.query('SELECT pg_advisory_unlock($1)', ['1566745200061283933']);
      expect((await waiting).length).toBe(files.length);
    });
  });
});

describe('what is refused', () => {
  beforeAll(async () => {
    await database.empty('refusals');
    await using(migrator('refusals'), (client) => up(client, files, LIMITS));
  });

  test('an applied migration that was edited', async () => {
    const edited = readMigrations(copyWith({ '0001_accounts_and_fleet.up.sql': '-- nothing\n' }));
    await using(migrator('refusals'), async (client) => {
      await expect(up(client, edited, LIMITS)).rejects.toThrow(/0001_accounts_and_fleet: applied, and edited since/);
      await expect(down(client, edited, LIMITS)).rejects.toThrow(/edited since/);
      expect((await status(client, edited))[0]?.state).toBe('edited');
    });
  });

  test('line ends alone are no edit', async () => {
    const text = files[0]?.up.replaceAll('\n', '\r\n') ?? '';
    const copied = readMigrations(copyWith({ '0001_accounts_and_fleet.up.sql': text }));
    await using(migrator('refusals'), async (client) => expect(await up(client, copied, LIMITS)).toEqual([]));
  });

  test('a migration that fails leaves nothing of itself', async () => {
    const broken = readMigrations(
      copyWith({
        [`${next}_bad.up.sql`]: 'CREATE TABLE half (id int);\nSELECT 1 / 0;\n',
        [`${next}_bad.down.sql`]: 'DROP TABLE half;\n',
      }),
    );
    await using(migrator('refusals'), async (client) => {
      await expect(up(client, broken, LIMITS)).rejects.toThrow(/division by zero/);
      const { rows } = await client.query(
        `SELECT to_regclass('public.half') AS half, max(version) FROM schema_migrations`,
      );
      expect(rows[0]).toEqual({ half: null, max: files.length });
    });
  });

  test('a gap, a twin, a missing way back, an own transaction', () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ '0099_far.up.sql': '', '0099_far.down.sql': '' }, /expected number/],
      [{ '0001_twin.up.sql': '', '0001_twin.down.sql': '' }, /expected number/],
      [{ [`${next}_alone.up.sql`]: '' }, /down.sql is missing/],
      [{ [`${next}_x.up.sql`]: 'COMMIT;\n', [`${next}_x.down.sql`]: '' }, /runner's to do/],
      [{ [`${next}-x.up.sql`]: '' }, /is named/],
      [{ [`${next}_x.down.sql`]: '' }, /no up file/],
    ];
    for (const [changes, message] of cases) expect(() => readMigrations(copyWith(changes))).toThrow(message);
  });
});

test('a release that was rolled back meets its future without a fault, and cannot revert it', async () => {
  await database.empty('future');
  await using(migrator('future'), async (client) => {
    await up(client, files, LIMITS);
    const old = files.slice(0, -1);
    expect(await up(client, old, LIMITS)).toEqual([]);
    expect((await status(client, old)).at(-1)?.state).toBe('newer');
    await expect(down(client, old, LIMITS)).rejects.toThrow(/later release/);
  });
});

test('a lock held by somebody else bounds the wait', async () => {
  await database.empty('locked');
  await using(migrator('locked'), async (client) => {
    await up(client, files.slice(0, 1), LIMITS);
    await using(migrator('locked'), async (other) => {
      await other.query('BEGIN; LOCK TABLE tenants');
      await expect(up(client, files, { ...LIMITS, lockTimeoutMs: 200 })).rejects.toThrow(/lock timeout/);
    });
    expect((await up(client, files, LIMITS)).length).toBe(files.length - 1);
  });
});

test('what cannot run in a transaction is marked dirty until it has ended, and tried again', async () => {
  await database.empty('dirty');
  const concurrent = '-- migrate: no transaction\nCREATE INDEX CONCURRENTLY users_email ON users (email, missing);\n';
  const bad = copyWith({
    [`${next}_index.up.sql`]: concurrent,
    [`${next}_index.down.sql`]: 'DROP INDEX users_email;\n',
  });
  await using(migrator('dirty'), async (client) => {
    await expect(up(client, readMigrations(bad), LIMITS)).rejects.toThrow(/missing/);
    expect((await status(client, readMigrations(bad))).at(-1)?.state).toBe('dirty');
    await client.query('ALTER TABLE users ADD COLUMN missing int');
    expect((await up(client, readMigrations(bad), LIMITS)).length).toBe(1);
    expect((await status(client, readMigrations(bad))).at(-1)?.state).toBe('applied');
  });
});
