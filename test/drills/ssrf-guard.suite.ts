import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withoutKit } from './tampered.ts';

const LONG = 300_000;
const CONTROL = 'ssrf-guard';
const only = /of api are led/;

export function suite(lab: () => DrillLab): void {
  test('no spelling, no name and no redirect leads inside', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL, { only });
    expect(ran.because).toBe('');
    expect(ran.outcome).toBe('pass');
    expect(ran.observation('bypasses tried').value).toBeGreaterThan(80);
  });

  test('fails without the guard', { timeout: LONG }, async () => {
    const ran = await withoutKit(lab(), 'api', ['egress'], () => lab().run(CONTROL, { only }));
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('bypasses that went through').detail).toContain('127.0.0.1');
  });
}
