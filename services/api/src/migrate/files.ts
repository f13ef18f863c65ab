/**
 * Migrations as they lie on disk: `0001_name.up.sql` with its `0001_name.down.sql`, numbered without a gap. They are found beside the
 * sources and beside the bundle; `MIGRATIONS_DIR` names another folder.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationRefused } from './refused.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of the up file with LF line ends, in hex. A down file may still be mended after it was needed. */
  readonly checksum: string;
  /** False for the one statement that PostgreSQL refuses inside of a transaction (`CREATE INDEX CONCURRENTLY`). */
  readonly transactional: boolean;
}

const FILE = /^(\d{4})_([a-z0-9_]+)\.(up|down)\.sql$/;
const WITHOUT_TRANSACTION = /^-- migrate: no transaction\n/;
/** A file that ends its own transaction would be applied without being recorded. */
const OWN_TRANSACTION = /^\s*(begin|commit|rollback|start\s+transaction|end)\s*;/im;

export function migrationsFolder(env: NodeJS.ProcessEnv): string {
  if (env['MIGRATIONS_DIR'] !== undefined) return env['MIGRATIONS_DIR'];
  const places = ['../../migrations', './migrations', '../migrations'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(join(place, 'roles.sql')));
  if (found === undefined)
    throw new MigrationRefused(`no migrations in ${places.join(', ')}; name their folder in MIGRATIONS_DIR`);
  return found;
}

export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => /\.(up|down)\.sql$/.test(file))
    .sort();
  const odd = files.find((file) => !FILE.test(file));
  if (odd !== undefined) throw new MigrationRefused(`${odd}: a migration is named 0001_what_it_does.up.sql`);
  const ups = files.filter((file) => file.endsWith('.up.sql'));
  const orphan = files.find((file) => file.endsWith('.down.sql') && !ups.includes(file.replace('.down.', '.up.')));
  if (orphan !== undefined) throw new MigrationRefused(`${orphan}: there is no up file of that name`);
  return ups.map((file, index) => readMigration(folder, file, index + 1));
}

function readMigration(folder: string, file: string, expected: number): Migration {
  const [, digits = '', name = ''] = FILE.exec(file) ?? [];
  const version = Number(digits);
  if (version !== expected)
    throw new MigrationRefused(`${file}: expected number ${expected}; numbers have no gap and no twin`);
  const downFile = file.replace('.up.', '.down.');
  if (!existsSync(join(folder, downFile)))
    throw new MigrationRefused(`${file}: ${downFile} is missing; every step has its way back`);
  const [up, down] = [file, downFile].map((each) => {
    const text = readFileSync(join(folder, each), 'utf8').replaceAll('\r\n', '\n');
    if (OWN_TRANSACTION.test(text))
      throw new MigrationRefused(`${each}: begins or ends a transaction, which is the runner's to do`);
    return text;
  }) as [string, string];
  return {
    version,
    name,
    up,
    down,
    checksum: createHash('sha256').update(up).digest('hex'),
    transactional: !WITHOUT_TRANSACTION.test(up),
  };
}
