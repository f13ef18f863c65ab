/** Writes that are counted once they are acknowledged, and looked for afterwards: what is acknowledged must not be lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { AcknowledgedWrites } from '../../../../model/drill/databases.ts';
import { DRILL_SCHEMA } from '../../../restore/postgres/contents.ts';
import { withClient } from '../../../restore/postgres/server.ts';

export const WRITES = `${DRILL_SCHEMA}.writes`;
const CONNECTIONS = 4;
const STATEMENT_MS = 2000;
const CONNECT_MS = 1000;
/** Before the next server is tried. */
const PAUSE_MS = 20;

export async function makeWrites(client: pg.Client): Promise<void> {
  await client.query('SET client_min_messages = warning');
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${DRILL_SCHEMA}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${WRITES} (id bigint PRIMARY KEY)`);
}

/**
 * Writes to the first of the servers that takes writes, as clients do that are given several (`target_session_attrs=read-write`). An id is used once: one whose
 * answer was lost is neither acknowledged nor tried again.
 */
export async function startWriting(
  servers: readonly pg.ClientConfig[],
  signal: AbortSignal,
): Promise<AcknowledgedWrites> {
  const acknowledged: number[] = [];
  let next = 0;
  let failedAt: number | undefined;
  let backAt: number | undefined;
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  await withClient(servers[0] ?? {}, makeWrites);
  const writers = Array.from({ length: CONNECTIONS }, () => write());

  return {
    get acknowledged() {
      return acknowledged.length;
    },
    get failedAt() {
      return failedAt;
    },
    get backAt() {
      return backAt;
    },
    async lost() {
      over.abort();
      await Promise.all(writers);
      const present = new Set(await readIds(servers));
      return acknowledged.filter((id) => !present.has(id)).length;
    },
  };

  async function write(): Promise<void> {
    for (let turn = 0; !ended.aborted; turn += 1) {
      await writeTo(servers[turn % servers.length] ?? {}).catch(() => undefined);
      await sleep(PAUSE_MS);
    }
  }

  /** Goes on until the server takes no more. */
  async function writeTo(server: pg.ClientConfig): Promise<void> {
    const client = new pg.Client({ ...server, connectionTimeoutMillis: CONNECT_MS, query_timeout: STATEMENT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!ended.aborted) {
        const id = (next += 1);
        await client.query(`INSERT INTO ${WRITES} (id) VALUES ($1)`, [id]);
        acknowledged.push(id);
        if (failedAt !== undefined) backAt ??= Date.now();
      }
    } catch (error) {
      // What the drill wrote was taken out, so the drill is over, whether anybody asked what was lost or not.
      if (isGone(error)) over.abort();
      // A standby refuses writes; that is no failure of the primary.
      if (!isReadOnly(error)) failedAt ??= Date.now();
      throw error;
    } finally {
      client.end().catch(() => undefined);
    }
  }
}

/** From the server that is the primary now. */
async function readIds(servers: readonly pg.ClientConfig[]): Promise<number[]> {
  for (const server of servers) {
    const found = await withClient({ ...server, query_timeout: 30_000 }, async (client) => {
      const { rows } = await client.query('SELECT pg_is_in_recovery() AS recovering');
      if (rows[0]?.recovering !== false) return undefined;
      return (await client.query<{ id: string }>(`SELECT id FROM ${WRITES}`)).rows.map(({ id }) => Number(id));
    }).catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error('no server takes writes, so nobody can tell which of them were lost');
}

function isGone(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42P01';
}

/** Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html (undefined_table, read_only_sql_transaction) */
function isReadOnly(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '25006';
}
