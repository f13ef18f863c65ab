/** The lab's PostgreSQL and its streaming replica, as a primary that can be lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Standby } from '../../../../model/drill/databases.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { superuser } from '../../../lab/parts/postgres.ts';
import { recordedProcess } from '../../../lab/run/state.ts';
import { runs } from '../../../lab/run/proc.ts';
import { withClient } from '../../../restore/postgres/server.ts';
import type { Use } from '../../../target.ts';
import { makeWrites, startWriting, WRITES } from './writes.ts';

const PRIMARY = 'postgres';
const REPLICA = 'postgres-replica';
const POLL_MS = 10;
const PROMOTE_SECONDS = 30;

/** `undefined` for a store that the lab keeps on one server. */
export function labStandby(open: OpenLab, store: string, use: Use): Standby | undefined {
  const { lab, plan } = open;
  if (plan.stores.get(store) !== 'postgres' || !lab.has(REPLICA)) return undefined;
  const primary = superuser(lab, PRIMARY);
  const replica = superuser(lab, REPLICA);
  const directory = lab.directory;
  return {
    synchronous: () =>
      withClient(primary, async (client) => {
        const { rows } = await client.query<{ names: string }>(
          `SELECT current_setting('synchronous_standby_names') AS names`,
        );
        return rows[0]?.names !== '';
      }),
    async replayDelay(timeoutMs) {
      await use.undo.before({ kind: 'remove-markers', data: { directory, store } });
      return replayDelay(primary, replica, timeoutMs, use.signal);
    },
    async write() {
      await use.undo.before({ kind: 'remove-markers', data: { directory, store } });
      return startWriting([primary, replica], use.signal);
    },
    async killPrimary() {
      await use.undo.before({ kind: 'rebuild-standby', data: { directory } });
      const id = recordedProcess(open.state, PRIMARY);
      if (id !== undefined && runs(id)) process.kill(id.pid, 'SIGKILL');
    },
    promote: () =>
      withClient(replica, async (client) => {
        const began = performance.now();
        await client.query('SELECT pg_promote(true, $1)', [PROMOTE_SECONDS]);
        await client.query(`INSERT INTO ${WRITES} (id) VALUES (-1)`);
        return performance.now() - began;
      }),
  };
}

/** The write waits for nobody, so that a replica that has stopped shows as late and not as a commit that hangs. */
async function replayDelay(
  primary: pg.ClientConfig,
  replica: pg.ClientConfig,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  const id = -Date.now();
  const began = await withClient(primary, async (client) => {
    await client.query('SET synchronous_commit = local');
    await makeWrites(client);
    await client.query(`INSERT INTO ${WRITES} (id) VALUES ($1)`, [id]);
    return performance.now();
  });
  return withClient({ ...replica, query_timeout: timeoutMs }, async (client) => {
    for (;;) {
      signal.throwIfAborted();
      const waited = performance.now() - began;
      if ((await isThere(client, id)) || waited >= timeoutMs) return waited;
      await sleep(POLL_MS);
    }
  });
}

async function isThere(client: pg.Client, id: number): Promise<boolean> {
  const made = await client.query('SELECT to_regclass($1) IS NOT NULL AS made', [WRITES]);
  if (made.rows[0]?.made !== true) return false;
  return (await client.query(`SELECT FROM ${WRITES} WHERE id = $1`, [id])).rowCount === 1;
}
