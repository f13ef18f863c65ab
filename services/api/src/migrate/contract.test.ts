import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS, startDatabase, using, type TestDatabase } from '../../test-support/database.ts';
import { roleOf, serviceStatements } from '../../test-support/statements.ts';
import { brokenStatements, readContract } from './contract.ts';
import { migrateCommand } from './command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database?.stop());

test.each([
  ['api', 20],
  ['billing-worker', 9],
  ['notification-relay', 5],
])('the contract holds every statement of %s', async (service, least) => {
  const statements = [...(await serviceStatements(service))].sort();
  expect(statements.length).toBeGreaterThanOrEqual(least);
  const roles = [...new Set(statements.map(([name]) => roleOf(service, name)))];
  const text = roles
    .map((role) => {
      const own = statements.filter(([name]) => roleOf(service, name) === role);
      return `-- role: ${role}\n${own.map(([name, sql]) => `-- ${name}\n${sql};\n`).join('\n')}`;
    })
    .join('\n');
  await expect(text).toMatchFileSnapshot(`../../migrations/contract/${service}.sql`);
});

describe('against the migrated schema', () => {
  test('each statement prepares, and its role may run it', async () => {
    const statements = readContract(MIGRATIONS);
    await using(database.client('postgres'), async (client) => {
      for (const { file, role, text } of statements) {
        await client.query(`SET ROLE ${role}`);
        await client.query(`PREPARE tried AS ${text}`);
        const { rows } = await client.query(
          `SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = 'tried'`,
        );
        const nulls = Array.from({ length: rows[0]?.count ?? 0 }, () => 'NULL').join(', ');
        // Planning asks for no right; starting to execute does.
        const run = client.query(`EXPLAIN EXECUTE tried${nulls === '' ? '' : `(${nulls})`}`);
        await expect(run, `contract/${file} as ${role}: ${text}`).resolves.toBeDefined();
        await client.query('DEALLOCATE tried; RESET ROLE');
      }
    });
  });

  test('a migration that takes something away is found, with whom it breaks', async () => {
    await using(database.client('migrator_a'), async (client) => {
      await client.query('BEGIN; ALTER TABLE nodes RENAME COLUMN gpu_model TO model; COMMIT');
      const broken = await brokenStatements(client, readContract(MIGRATIONS));
      await client.query('ALTER TABLE nodes RENAME COLUMN model TO gpu_model');
      expect(broken.length).toBeGreaterThan(2);
      expect(broken[0]).toMatchObject({ file: 'api.sql', role: 'api', because: 'column "gpu_model" does not exist' });
    });
  });

  test('`migrate check` answers 0 for what fits and 1 for what does not', async () => {
    const env = database.env('migrator_a');
    expect(await migrateCommand(['check'], env)).toBe(0);
    await using(database.client('migrator_a'), (client) => client.query('ALTER TABLE labels RENAME TO tags'));
    expect(await migrateCommand(['check'], env)).toBe(1);
    await using(database.client('migrator_a'), (client) => client.query('ALTER TABLE tags RENAME TO labels'));
    expect(await migrateCommand(['status'], env)).toBe(0);
    await expect(migrateCommand(['sideways'], env)).rejects.toThrow(/usage/);
    await expect(migrateCommand(['up', '--lock-timeout=soon'], env)).rejects.toThrow(/--lock-timeout=soon/);
  });
});
