import { expect, test } from 'vitest';
import { superuser } from '../../src/drills/lab/parts/postgres.ts';
import { withClient } from '../../src/drills/restore/postgres/server.ts';
import type { DrillLab } from './drill-lab.ts';
import { withoutKit } from './tampered.ts';

const LONG = 300_000;
const CONTROL = 'admin-token-revocation';
const only = /of api$/;

export function suite(lab: () => DrillLab): void {
  test('a revoked token is refused soon, and no admin comes in without the list', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL, { only });
    expect(ran.because).toBe('');
    expect(ran.outcome).toBe('pass');
    expect(ran.observation('revoked to refused').value).toBeLessThan(60);
    for (const when of ['went on', 'came back'])
      expect(ran.observation(`revoked tokens not refused after the store ${when}`).value).toBe(0);
  });

  test('a list that is empty once its store was killed', { timeout: LONG }, async () => {
    const store = superuser(lab().platform.open.lab, 'postgres');
    const make = (persistence: 'LOGGED' | 'UNLOGGED') =>
      withClient(store, (client) => client.query(`ALTER TABLE denylist SET ${persistence}`));
    await make('UNLOGGED');
    try {
      const ran = await lab().run(CONTROL, { only });
      expect(ran.outcome).toBe('fail');
      expect(ran.because).toMatch(/revoked tokens not refused after the store came back .*api-1 answers 200/);
    } finally {
      await make('LOGGED');
    }
  });

  test('fails without the deny-list', { timeout: LONG }, async () => {
    const ran = await withoutKit(lab(), 'api', ['denylist'], () =>
      lab().run(CONTROL, { floors: { maxStaleness: '15s' }, only }),
    );
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('revoked to refused').detail).toMatch(/api-1 still answers the revoked token with 200/);
  });
}
