import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('dependencies slow, gone and lossy: what is promised holds', { timeout: LONG }, async () => {
    const report = await lab().run('chaos', { only: /slow, gone and lossy/ });
    for (const o of report.runs.flatMap((r) => r.observations))
      console.log(o.met ? 'ok ' : 'NOT', o.name, o.value, o.unit, o.predicted ?? '', o.detail ?? '');
    for (const s of report.runs.flatMap((r) => r.steps))
      console.log(s.name, s.outcome, ((s.endedMs ?? 0) - (s.startedMs ?? 0)).toFixed(0), s.error ?? '');
    console.log(report.runs.map((r) => [r.durationMs, r.because]));
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
  });

  test('processes killed: what is promised holds', { timeout: LONG }, async () => {
    const report = await lab().run('chaos', { only: /killed/ });
    for (const o of report.runs.flatMap((r) => r.observations))
      console.log(o.met ? 'ok ' : 'NOT', o.name, o.value, o.unit, o.predicted ?? '', o.detail ?? '');
    for (const s of report.runs.flatMap((r) => r.steps))
      console.log(s.name, s.outcome, ((s.endedMs ?? 0) - (s.startedMs ?? 0)).toFixed(0), s.error ?? '');
    console.log(report.runs.map((r) => [r.durationMs, r.because]));
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
  });
}
