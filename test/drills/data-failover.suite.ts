/** The loss of the primary: with a standby that commits wait for, with one that has stopped, and with one that nobody waits for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { superuser } from '../../src/drills/lab/parts/postgres.ts';
import { recordedProcess } from '../../src/drills/lab/run/state.ts';
import { processInfo } from '../../src/drills/lab/run/proc.ts';
import { withClient } from '../../src/drills/restore/postgres/server.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;
const POSTGRES = /failover of postgres/;

export function suite(lab: () => DrillLab): void {
  const place = () => lab().platform.open.lab;
  const run = (loadMs: number) => lab().run('data-failover', { only: POSTGRES, parameters: { loadMs } });
  const primary = <T>(sql: string): Promise<T[]> =>
    withClient(superuser(place(), 'postgres'), async (client) => (await client.query(sql)).rows as T[]);

  test('commits wait for the standby, so none that was acknowledged is lost', { timeout: LONG }, async () => {
    const before = await primary<{ system: string }>('SELECT system_identifier AS system FROM pg_control_system()');
    const { outcome, because, observation, runs } = await run(1000);
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('acknowledged writes').value).toBeGreaterThan(10);
    expect(observation('acknowledged writes lost').value).toBe(0);
    expect(observation('commits wait for the standby').value).toBe(1);
    expect(runs[0]!.faults.every(({ undoneMs }) => undoneMs !== undefined)).toBe(true);
    // The primary is the one that it was, on the history that it had, and somebody follows it again.
    expect(await primary('SELECT system_identifier AS system FROM pg_control_system()')).toEqual(before);
    expect(await primary('SELECT timeline_id AS line FROM pg_control_checkpoint()')).toEqual([{ line: 1 }]);
    expect(await primary('SELECT sync_state AS sync FROM pg_stat_replication')).toEqual([{ sync: 'sync' }]);
    expect(await primary(`SELECT to_regnamespace('launchgate_drill') AS left`)).toEqual([{ left: null }]);
  });

  test('a standby that has stopped without a word is noticed before anybody is killed', { timeout: LONG }, async () => {
    const id = recordedProcess(lab().platform.open.state, 'postgres');
    await primary('ALTER SYSTEM SET synchronous_standby_names = $$$$');
    await primary('SELECT pg_reload_conf()');
    await withClient(superuser(place(), 'postgres-replica'), (client) => client.query('SELECT pg_wal_replay_pause()'));
    try {
      const { outcome, because } = await run(500);
      expect(because).toMatch(/standby has stopped following/);
      expect(outcome).toBe('fail');
      expect(processInfo(id!.pid)?.startedAt).toBe(id!.startedAt);
    } finally {
      await withClient(superuser(place(), 'postgres-replica'), (client) =>
        client.query('SELECT pg_wal_replay_resume()'),
      );
      await primary('ALTER SYSTEM RESET synchronous_standby_names');
      await primary('SELECT pg_reload_conf()');
    }
  });

  test(
    'where nobody waits for the standby, what it had not received is lost, and told',
    { timeout: LONG },
    async () => {
      await primary('ALTER SYSTEM SET synchronous_standby_names = $$$$');
      await primary('SELECT pg_reload_conf()');
      try {
        const running = run(3000);
        await stopSending(primary);
        const { outcome, because } = await running;
        expect(because).toMatch(/acknowledged writes lost of store\/postgres is \d+ writes/);
        expect(outcome).toBe('fail');
      } finally {
        await primary('ALTER SYSTEM RESET synchronous_standby_names');
        await primary('SELECT pg_reload_conf()');
      }
    },
  );
}

/** Stops the process that sends to the standby, once the drill has begun to write. */
async function stopSending(primary: <T>(sql: string) => Promise<T[]>): Promise<void> {
  for (let writing = false; !writing; await sleep(50)) {
    const [found] = await primary<{ made: boolean }>(
      `SELECT to_regclass('launchgate_drill.writes') IS NOT NULL AS made`,
    );
    const [counted] =
      found?.made === true
        ? await primary<{ n: string }>('SELECT count(*) AS n FROM launchgate_drill.writes WHERE id > 0')
        : [];
    writing = Number(counted?.n ?? 0) > 5;
  }
  const [sender] = await primary<{ pid: number }>('SELECT pid FROM pg_stat_replication');
  process.kill(sender!.pid, 'SIGSTOP');
}
