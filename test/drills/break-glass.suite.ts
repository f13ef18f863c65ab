import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { superuser } from '../../src/drills/lab/parts/postgres.ts';
import { EMERGENCY_LOGIN } from '../../src/drills/targets/lab/emergency/login.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 120_000;
const CONTROL = 'break-glass';
const parameters = { lifeSeconds: 4 };

export function suite(lab: () => DrillLab): void {
  test('access is granted by a quorum, used, over, and in the trail', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL, { parameters });
    expect(ran.because).toBe('');
    expect(ran.outcome).toBe('pass');
    expect(ran.observation('approvals until granted').value).toBe(2);
  });

  test('fails by a grant that does not end', { timeout: LONG }, async () => {
    const stop = new AbortController();
    const extended = extendGrants(lab(), stop.signal);
    try {
      const ran = await lab().run(CONTROL, { parameters });
      expect(ran.outcome).toBe('fail');
      expect(ran.observation('granted to over').detail).toBe('it is still let in');
    } finally {
      stop.abort();
      await extended;
    }
  });
}

/** Somebody with rights enough makes every grant one for ever. */
async function extendGrants({ platform }: DrillLab, signal: AbortSignal): Promise<void> {
  const client = new pg.Client(superuser(platform.open.lab, 'postgres'));
  await client.connect();
  while (!signal.aborted) {
    const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = $1 AND rolvaliduntil <> 'infinity'", [
      EMERGENCY_LOGIN,
    ]);
    if (rows.length > 0) await client.query(`ALTER ROLE ${EMERGENCY_LOGIN} VALID UNTIL 'infinity'`);
    await sleep(20);
  }
  await client.end();
}
