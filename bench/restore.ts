/**
 * What a restore costs beyond its tool: the time to recover a PostgreSQL as the drill measures it, with pgBackRest and a server started by hand on the same
 * repository, in turn. Integrity checks count in neither. Wants a lab that is up: `node --conditions=launchgate-source bench/restore.ts DIRECTORY [ROUNDS]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../src/drills/lab/open.ts';
import { pgBackRestSettings } from '../src/drills/lab/parts/postgres.ts';
import { needProgram } from '../src/drills/lab/run/programs.ts';
import { ownerFor } from '../src/drills/lab/run/users.ts';
import { makeFolder, writeOwned } from '../src/drills/lab/trust/mount.ts';
import { mustRun } from '../src/drills/restore/command.ts';
import { withClient } from '../src/drills/restore/postgres/server.ts';
import { makeScratch, scratchOf } from '../src/drills/run/scratch.ts';
import { labStore } from '../src/drills/targets/lab/backups/stores.ts';
import type { Use } from '../src/drills/target.ts';
import { takeBack } from '../src/drills/undo/kinds.ts';
import type { Undo } from '../src/drills/undo/types.ts';

/** The drill's recovery may take this much of the bare tool's time. */
const LIMIT = 1.3;
const USER = 'postgres';
const PORT = 54_329;

const [directory = '', rounds = '5'] = process.argv.slice(2);
const open = await openLab(directory);
if (open === undefined) throw new Error(`no lab is up in ${JSON.stringify(directory)}`);
const store = [...open.plan.stores].find(([, kind]) => kind === 'postgres')?.[0] ?? '';

const run = randomBytes(6).toString('hex');
const scratch = scratchOf(run);
const undone: Undo[] = [];
makeScratch(scratch);
const use: Use = {
  run,
  scratch,
  signal: AbortSignal.timeout(3_600_000),
  undo: {
    before: (undo) => {
      undone.push(undo);
      return Promise.resolve({ now: () => takeBack(undo) });
    },
  },
};
const backups = labStore(open, store, use)!;

const ours: number[] = [];
const bare: number[] = [];
try {
  await backups.take('pgbackrest');
  for (let round = 0; round < Number(rounds); round += 1) {
    bare.push(await byHand());
    const copy = await backups.restore('pgbackrest', undefined);
    ours.push(copy.tookMs);
    await copy.remove();
  }
} finally {
  for (const undo of undone.toReversed()) await takeBack(undo);
  await takeBack({ kind: 'remove-folder', data: { folder: scratch } });
}
const [mine, tools] = [Math.min(...ours), Math.min(...bare)];
console.log(`bare  ${bare.map((ms) => ms.toFixed(0)).join(' ')} ms`);
console.log(`drill ${ours.map((ms) => ms.toFixed(0)).join(' ')} ms`);
console.log(`${(mine / tools).toFixed(2)}x the bare tool's time, at most ${LIMIT}x (the least of each)`);
process.exitCode = mine / tools <= LIMIT ? 0 : 1;

/** As an operator would: configuration, restore, start, ask until it has left recovery, write. */
async function byHand(): Promise<number> {
  const folder = join(scratch, `bare-postgres-${randomBytes(3).toString('hex')}`);
  const undo: Undo = { kind: 'remove-copy', data: { folder } };
  const owner = ownerFor(USER);
  for (const path of [folder, join(folder, 'data')]) makeFolder(path, owner);
  const began = performance.now();
  const place = { folder, data: join(folder, 'data'), socket: folder, port: PORT };
  writeOwned(join(folder, 'pgbackrest.conf'), pgBackRestSettings(open!.lab, place), 0o600, owner);
  writeOwned(join(folder, 'pg_hba.conf'), 'local all all trust\n', 0o600, owner);
  const config = `--config=${join(folder, 'pgbackrest.conf')}`;
  await mustRun('pgbackrest', [config, '--stanza=gpucloud', '--archive-mode=off', 'restore'], {
    cwd: folder,
    user: USER,
    signal: use.signal,
  });
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  const settings = { hba_file: join(folder, 'pg_hba.conf'), unix_socket_directories: folder, listen_addresses: '' };
  const options = Object.entries({ ...settings, port: PORT, max_connections: 200, archive_mode: 'off' });
  const server = spawn(
    needProgram('postgres'),
    ['-D', join(folder, 'data'), ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { cwd: folder, stdio: ['ignore', log, log], ...owner },
  );
  closeSync(log);
  const client = { host: folder, port: PORT, user: 'postgres', database: 'postgres' };
  for (let usable = false; !usable; await sleep(5))
    usable = await withClient(client, async (asked) => {
      const { rows } = await asked.query('SELECT pg_is_in_recovery() AS recovering');
      return rows[0]?.recovering === false;
    }).catch(() => false);
  await withClient(client, (asked) => asked.query('CREATE TABLE usable (at timestamptz)'));
  const took = performance.now() - began;
  const gone = once(server, 'exit');
  await takeBack(undo);
  await gone;
  return took;
}
