import { expect, test } from 'vitest';
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
  });

  test('fails without the deny-list', { timeout: LONG }, async () => {
    const ran = await withoutKit(lab(), 'api', ['denylist'], () =>
      lab().run(CONTROL, { floors: { maxStaleness: '15s' }, only }),
    );
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('revoked to refused').detail).toMatch(/api-1 still answers the revoked token with 200/);
  });
}
