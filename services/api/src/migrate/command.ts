/** `api migrate up|down|status|check`: what the job before a rollout runs, and what a person runs by hand. */
import { parseArgs } from 'node:util';
import { parseDuration } from '@launchgate/runtime/config';
import pg from 'pg';
import { commandClient } from '../config/database.ts';
import { brokenStatements, readContract } from './contract.ts';
import { migrationsFolder, readMigrations, type Migration } from './files.ts';
import type { Line } from './plan.ts';
import { MigrationRefused } from './refused.ts';
import { down, status, up, type Limits } from './run.ts';

const USAGE = `usage: api migrate up [--lock-timeout=5s] [--statement-timeout=5m]
       api migrate down [--to=VERSION]      one step, or until VERSION is the newest left
       api migrate status                   every migration and its state
       api migrate check                    exit 1 unless all are applied and the contract's statements still prepare`;

/** Answers the exit code. Prints to stdout what was done; throws what went wrong. */
export async function migrateCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'lock-timeout': { type: 'string' }, 'statement-timeout': { type: 'string' }, to: { type: 'string' } },
  });
  const verb = positionals[0];
  if (positionals.length !== 1 || !['up', 'down', 'status', 'check'].includes(verb ?? ''))
    throw new MigrationRefused(USAGE);
  const limits: Limits = {
    lockTimeoutMs: durationOption('--lock-timeout', values['lock-timeout'] ?? '5s'),
    statementTimeoutMs: durationOption('--statement-timeout', values['statement-timeout'] ?? '5m'),
  };
  const folder = migrationsFolder(env);
  const files = readMigrations(folder);
  const client = new pg.Client(await commandClient(env));
  await client.connect();
  try {
    if (verb === 'up') return say('applied', await up(client, files, limits));
    if (verb === 'down') return say('reverted', await down(client, files, limits, targetOption(values.to)));
    const lines = await status(client, files);
    print(lines.map(({ version, name, state }) => `${String(version).padStart(4, '0')}  ${state.padEnd(8)} ${name}`));
    return verb === 'status' ? 0 : await check(client, folder, lines);
  } finally {
    await client.end();
  }
}

async function check(client: pg.Client, folder: string, lines: readonly Line[]): Promise<number> {
  const unfit = lines.filter(({ state }) => state !== 'applied' && state !== 'newer');
  const statements = readContract(folder);
  const broken = await brokenStatements(client, statements);
  print([
    `${unfit.length} of ${lines.length} migrations are not applied as they are`,
    `${statements.length - broken.length} of ${statements.length} statements of the contract still prepare`,
    ...broken.map(({ file, role, text, because }) => `contract/${file} (${role}): ${because}: ${text.slice(0, 120)}`),
  ]);
  return unfit.length + broken.length === 0 ? 0 : 1;
}

function say(what: string, steps: readonly Migration[]): number {
  print(
    steps.length === 0
      ? [`nothing to do`]
      : steps.map(({ version, name }) => `${what} ${String(version).padStart(4, '0')}_${name}`),
  );
  return 0;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function durationOption(name: string, text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value === 0) throw new MigrationRefused(`${name}=${text}: expected a duration such as 5s`);
  return value;
}

function targetOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new MigrationRefused(`--to=${text}: expected the number of a migration, or 0`);
  return Number(text);
}
