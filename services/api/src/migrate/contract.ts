/**
 * Old code against the new schema. `migrations/contract/*.sql` lists what the services of the release in production say to the database,
 * one statement after the other, each under the role that says it. A migration is additive when all of them still prepare: PostgreSQL
 * then still knows each table, column, type and function they name. A file leaves the folder when no pod of its release can run any more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { MigrationRefused } from './refused.ts';

export interface ContractStatement {
  readonly file: string;
  readonly role: string;
  readonly text: string;
}

export interface Broken extends ContractStatement {
  readonly because: string;
}

/** Statements end with a semicolon at the end of a line; `-- role: NAME` says for whom the following ones are. */
export function readContract(folder: string): ContractStatement[] {
  const files = readdirSync(join(folder, 'contract'))
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const statements = files.flatMap((file) => parseContract(file, readFileSync(join(folder, 'contract', file), 'utf8')));
  if (statements.length === 0)
    throw new MigrationRefused(`${folder}/contract holds no statement, so nothing would be checked`);
  return statements;
}

function parseContract(file: string, text: string): ContractStatement[] {
  let role: string | undefined;
  const statements: ContractStatement[] = [];
  for (const part of text.split(/;[ \t]*(?:\r?\n|$)/)) {
    role = /^-- role: (\w+)$/m.exec(part)?.[1] ?? role;
    const statement = part.replaceAll(/^--.*$/gm, '').trim();
    if (statement === '') continue;
    if (role === undefined) throw new MigrationRefused(`contract/${file}: begin with -- role: NAME`);
    statements.push({ file, role, text: statement });
  }
  return statements;
}

/** Prepares each statement in a transaction that is rolled back; answers those that no longer can be. */
export async function brokenStatements(client: Client, statements: readonly ContractStatement[]): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (const statement of statements) {
    await client.query('BEGIN');
    try {
      await client.query(`PREPARE contract_statement AS ${statement.text}`);
      await client.query('DEALLOCATE contract_statement');
    } catch (error) {
      broken.push({ ...statement, because: error instanceof Error ? error.message : String(error) });
    } finally {
      await client.query('ROLLBACK');
    }
  }
  return broken;
}
