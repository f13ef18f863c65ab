/** Bad releases: halted by the analysis, taken back by the rollback, stopped by the gate. */
import { describe, expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test(
    'rollback-rehearsal: forward, bad, back, in time and without a failure after it',
    { timeout: LONG },
    async () => {
      const { outcome, because, observation } = await lab().run('rollback-rehearsal');
      expect([outcome, because]).toEqual(['pass', '']);
      expect(observation('rollback').value).toBeGreaterThan(0);
      expect(observation('requests that failed on the bad release').value).toBeGreaterThan(0);
    },
  );

  test(
    'promotion-gate: smoke, short load and rollback, and a bad candidate is stopped',
    { timeout: LONG },
    async () => {
      const { outcome, because, observation } = await lab().run('promotion-gate');
      expect([outcome, because]).toEqual(['pass', '']);
      expect(observation('bad candidates that would be promoted').value).toBe(0);
    },
  );

  describe('progressive-delivery', () => {
    test(
      'a release that fails a fifth of its requests is halted by the analysis of the manifests',
      { timeout: LONG },
      async () => {
        const { outcome, because, observation } = await lab().run('progressive-delivery');
        expect([outcome, because]).toEqual(['pass', '']);
        expect(observation('a bad release is halted').detail).toContain('http-canary');
        expect(observation('no data passes').value).toBe(0);
      },
    );

    test('one that fails less than the analysis bears is not, and the drill says so', { timeout: LONG }, async () => {
      const { outcome, because } = await lab().run('progressive-delivery', {
        parameters: { failing: 0.001, window: 6 },
      });
      expect(outcome).toBe('fail');
      expect(because).toContain('a bad release is halted is 0');
    });
  });

  test(
    'a release that fails a fifth of its requests fails the gates that it is before',
    { timeout: LONG },
    async () => {
      const { platform } = lab();
      const [api] = platform.open.lab.replicas('api');
      const undo = { before: async () => ({ now: async () => undefined }) };
      const use = { signal: AbortSignal.timeout(LONG), undo, run: 'test', scratch: lab().runs };
      const { parts } = lab().target.capabilities(use);
      await parts.restart(api!, { failing: 0.2 });
      try {
        const { outcome, because } = await lab().run('promotion-gate');
        expect(outcome).toBe('fail');
        expect(because).toMatch(/smoke: routes that failed|short load: requests that failed/);
      } finally {
        await platform.restart(api!);
      }
    },
  );
}
