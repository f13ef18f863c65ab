/** A slow request shows its spans; without tracing nobody knows where its time went. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 240_000;

export function suite(lab: () => DrillLab): void {
  test('a slow request says where its time went', { timeout: LONG }, async () => {
    const { because, verdicts, observation } = await lab().run('tracing-pipeline');
    expect(because).toBe('');
    expect(observation('time of the slow request').value).toBeGreaterThan(1000);
    expect(observation('share of the time that spans explain').met).toBe(true);
    expect(verdicts.find(({ subject }) => subject === 'service/billing-worker')?.outcome).toBe('pass');
  });

  test('without tracing in the API', { timeout: LONG }, async () => {
    const { platform } = lab();
    const replicas = platform.open.lab.replicas('api');
    for (const part of replicas) await platform.restart(part, ['telemetry']);
    try {
      const { outcome, because } = await lab().run('tracing-pipeline');
      expect(outcome).toBe('fail');
      expect(because).toContain('api sent none');
    } finally {
      for (const part of replicas) await platform.restart(part);
    }
  });
}
