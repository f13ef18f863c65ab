import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('dependencies slow, gone and lossy: what is promised holds', { timeout: LONG }, async () => {
    const report = await lab().run('chaos', { only: /slow, gone and lossy/ });
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
  });

  test('processes killed: what is promised holds', { timeout: LONG }, async () => {
    const report = await lab().run('chaos', { only: /killed/ });
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
  });
}
