/** The budget of each SLO burns in simulated time, by the rules that Prometheus has loaded. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withRule } from './monitoring.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('each tier fires when it was predicted, none on noise', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('slo-burn-rate-alerts');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('burn to ApiAvailabilityBurnFast')).toMatchObject({ met: true, predicted: 1800 });
  });

  test.each([
    ['that can never fire', 'slo:sli_error:ratio_rate1h{slo="api-availability"} > 14.4', 'never fired'],
    ['that fires on noise', 'slo:sli_error:ratio_rate1h{slo="api-availability"} > 0.1 * 0.001', 'alerts on noise is 1'],
  ])('a tier %s', { timeout: LONG }, async (_, expr, because) => {
    const change = (rule: object) => ({ ...rule, expr });
    const run = await withRule(lab().platform.open.lab, 'ApiAvailabilityBurnFast', change, () =>
      lab().run('slo-burn-rate-alerts', { only: /api-availability/ }),
    );
    expect(run.outcome).toBe('fail');
    expect(run.because).toContain(because);
  });
}
