import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('every service says which store it lost, stays alive, and comes back', { timeout: LONG }, async () => {
    const report = await lab().run('readiness-shedding', { parameters: { asks: 2 } });
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
    expect(report.runs.length).toBeGreaterThanOrEqual(2);
    expect(report.observation('longest answer of api without postgres').value).toBeGreaterThan(0);
    expect(report.observation('replicas of api left in rotation').value).toBeGreaterThanOrEqual(1);
  });

  test('a service whose readiness is switched off never says so', { timeout: LONG }, async () => {
    const { platform } = lab();
    const replicas = platform.open.lab.replicas('notification-relay');
    for (const part of replicas) await platform.restart(part, ['readiness']);
    try {
      const report = await lab().run('readiness-shedding', { only: /realtime hangs/, parameters: { asks: 1 } });
      expect(report.outcome).toBe('fail');
      expect(report.because).toMatch(
        /time until notification-relay says that realtime is missing .* \(notification-relay-1 said nothing at \/readyz\)/,
      );
    } finally {
      for (const part of replicas) await platform.restart(part);
    }
  });
}
