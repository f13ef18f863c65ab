/** What of the lab a drill may change and must bring back, as text that can be compared. Counters, data and passwords that rotate are left out. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labStatus } from '../../src/app/lab.ts';
import { readConfig } from '../../src/drills/lab/parts/edge/files.ts';
import { mountsIn } from '../../src/drills/lab/run/mounts.ts';
import { readState } from '../../src/drills/lab/run/state.ts';
import { SCRATCH_NAME } from '../../src/drills/run/scratch.ts';
import type { Capabilities } from '../../src/model/drill/capabilities.ts';
import type { DrillLab } from './drill-lab.ts';

const RULES = ['prometheus', 'alertmanager'];

const POSTGRES = {
  roles: 'SELECT rolname, rolcanlogin, rolsuper, rolconnlimit FROM pg_roles ORDER BY 1',
  databases: 'SELECT datname FROM pg_database ORDER BY 1',
  tables: `SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  settings: `SELECT name, setting FROM pg_settings WHERE source IN ('configuration file', 'database', 'user', 'override') ORDER BY 1`,
  standbys: `SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY 1`,
};

const MARIADB = {
  users: 'SELECT User, Host FROM mysql.user ORDER BY 1, 2',
  databases: 'SELECT schema_name FROM information_schema.schemata ORDER BY 1',
};

export async function pictureOf({ platform, target }: DrillLab): Promise<Readonly<Record<string, unknown>>> {
  const { lab } = platform.open;
  const state = readState(lab.directory)!;
  const { generation: _, ...edge } = readConfig(lab.folder('edge'));
  // Not the phase that was noted of them: an engine that dies while it starts a part notes nothing more, and `unready` asks the part itself.
  const parts = Object.entries(state.parts).map(([name, { ports }]) => ({ name, ports }));
  const { databases } = target.capabilities({
    signal: AbortSignal.timeout(30_000),
    undo: { before: () => Promise.reject(new Error('a picture changes nothing')) },
    run: 'picture',
    scratch: '',
  });
  return {
    edge,
    parts,
    mounts: mountsIn(state.partsFolder),
    clocks: await clocksOf(parts),
    rules: RULES.flatMap((part) => digests(lab.folder(part))),
    scratch: readdirSync(tmpdir()).filter((name) => SCRATCH_NAME.test(name)),
    stores: Object.fromEntries(
      await Promise.all(
        [...lab.plan.stores].map(async ([store, kind]) => [
          store,
          kind === 'nats' ? streams(lab.folder('nats')) : await ofStore(store, kind, databases),
        ]),
      ),
    ),
  };
}

/** Parts whose clock is another than this machine's, by more than an answer takes. */
async function clocksOf(
  parts: readonly { readonly name: string; readonly ports: Readonly<Record<string, number>> }[],
): Promise<string[]> {
  const wrong = parts.map(async ({ name, ports: { health } }) => {
    if (health === undefined) return [];
    const { headers } = await fetch(`http://127.0.0.1:${health}/livez`);
    return Math.abs(Date.parse(headers.get('date') ?? '') - Date.now()) < 30_000 ? [] : [name];
  });
  return (await Promise.all(wrong)).flat();
}

/** Parts that are not up, each with the reason. */
export async function unready({ platform }: DrillLab): Promise<string[]> {
  const parts = await labStatus(platform.open);
  return parts
    .filter(({ state }) => state !== 'ready' && state !== 'done')
    .map(({ part, because }) => `${part}: ${because}`);
}

function ofStore(store: string, kind: string, databases: Capabilities['databases']): Promise<unknown> {
  if (kind === 'postgres') return answers(databases, store, POSTGRES);
  return kind === 'mariadb' ? answers(databases, store, MARIADB) : accessList(databases, store);
}

async function answers(
  databases: Capabilities['databases'],
  store: string,
  questions: Readonly<Record<string, string>>,
) {
  const sql = await databases.sql(store);
  try {
    const said: Record<string, unknown> = {};
    for (const [name, text] of Object.entries(questions)) said[name] = await sql.query(text);
    return said;
  } finally {
    await sql.close();
  }
}

/** Users with what they may, whose words Redis gives in the order of a hash of its own; of their passwords only how many. */
async function accessList(databases: Capabilities['databases'], store: string) {
  const redis = await databases.redis(store);
  try {
    const names = ((await redis.call('ACL', 'USERS')) as string[]).toSorted();
    const users: unknown[] = [];
    for (const name of names) {
      const said = ((await redis.call('ACL', 'GETUSER', name)) ?? []) as unknown[];
      users.push([name, said.map((part, at) => inOrder(part, said[at - 1]))]);
    }
    return users;
  } finally {
    await redis.close();
  }
}

function inOrder(part: unknown, name: unknown): unknown {
  if (name === 'passwords') return (part as unknown[]).length;
  return typeof part === 'string' ? part.split(' ').toSorted().join(' ') : part;
}

/** Streams as the server keeps them on its disk. */
function streams(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/streams\/[^/]+$/.test(path))
    .toSorted();
}

function digests(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(json|ya?ml)$/.test(file) && !file.includes('data'))
    .map(
      (file) =>
        `${file} ${createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}`,
    )
    .toSorted();
}
