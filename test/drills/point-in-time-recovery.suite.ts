/** Back to the moment before a mistake: with the log, and with an archive that only says that it keeps it. */
import { expect, test } from 'vitest';
import { superuser } from '../../src/drills/lab/parts/postgres.ts';
import { withClient } from '../../src/drills/restore/postgres/server.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('the dropped table is back, with the last write before and none after', { timeout: LONG }, async () => {
    const { outcome, because, runs } = await lab().run('point-in-time-recovery', { parameters: { rows: 2000 } });
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(runs.map(({ name }) => name)).toEqual([
      'the recovery of postgres to a moment',
      'the recovery of usage-legacy to a moment',
    ]);
    for (const { observations } of runs)
      expect(observations.find(({ name }) => name.startsWith('rows of the dropped table'))?.value).toBe(2000);
  });

  test('an archive command that keeps nothing and says that all is well', { timeout: LONG }, async () => {
    const operator = superuser(lab().platform.open.lab, 'postgres');
    const set = (sql: string) =>
      withClient(operator, async (client) => {
        await client.query(sql);
        await client.query('SELECT pg_reload_conf()');
      });
    // The backup needs the archive, so it is taken while that still keeps something.
    const running = lab().run('point-in-time-recovery', { only: /of postgres/, parameters: { rows: 100 } });
    await untilMarked(lab);
    await set(`ALTER SYSTEM SET archive_command = '/bin/true'`);
    try {
      const { outcome, because } = await running;
      expect(because).toMatch(/recovered of store\/postgres is 0 copies/);
      expect(outcome).toBe('fail');
    } finally {
      await set('ALTER SYSTEM RESET archive_command');
    }
  });
}

/** The first marker is written once the backup is whole. */
async function untilMarked(lab: () => DrillLab): Promise<void> {
  const operator = superuser(lab().platform.open.lab, 'postgres');
  for (let marked = false; !marked; await new Promise((resolve) => setTimeout(resolve, 20)))
    marked = await withClient(operator, async (client) => {
      const { rows } = await client.query(`SELECT to_regclass('launchgate_drill.markers') IS NOT NULL AS made`);
      return rows[0]?.made === true;
    });
}
