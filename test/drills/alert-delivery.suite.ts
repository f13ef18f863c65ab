/** A fault pages somebody, in time; a page that is lost on the way is noticed, and where. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import {
  resolveAtOnce,
  silence,
  withFirstRoute,
  withoutIntegrations,
  withoutResolves,
  withRouting,
  withRule,
} from './monitoring.ts';

const LONG = 300_000;
const ALERT = 'SyntheticProbeFailing';

export function suite(lab: () => DrillLab): void {
  const open = () => lab().platform.open.lab;

  test(
    'on the platform as it is: paged, escalated, resolved, and alerting is missed when it is gone',
    { timeout: LONG },
    async () => {
      const { outcome, because, observation } = await lab().run('alert-delivery');
      expect(because).toBe('');
      expect(outcome).toBe('pass');
      expect(observation('fault to page')).toMatchObject({ met: true, predicted: expect.any(Number) as number });
      expect(observation('page to escalation').detail).toContain('level 2');
      for (const name of ['end to resolve', 'silence to page of the dead man', 'return to resolve of the dead man'])
        expect(observation(name).met).toBe(true);
    },
  );

  test('a route that pages nobody', { timeout: LONG }, async () => {
    const { outcome, because } = await withRouting(open(), withoutIntegrations('pagerduty-sre'), () =>
      lab().run('alert-delivery'),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain(`${ALERT} fires and goes to pagerduty-sre, which told nobody`);
  });

  test('a route that pages another team than the manifests say', { timeout: LONG }, async () => {
    const { outcome, because } = await withRouting(open(), withFirstRoute(ALERT, 'pagerduty-security'), () =>
      lab().run('alert-delivery'),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain(`${ALERT} paged pagerduty-security, and by the manifests it is to page pagerduty-sre`);
  });

  test('a page that is resolved while its cause lasts', { timeout: LONG }, async () => {
    const { outcome, because } = await withRouting(open(), withoutResolves, async () => {
      const [ran] = await Promise.all([lab().run('alert-delivery'), resolveAtOnce(open(), ALERT, LONG / 2)]);
      return ran;
    });
    expect(outcome).toBe('fail');
    expect(because).toMatch(new RegExp(`end to resolve .*${ALERT} was resolved while \\S+ was still gone`));
  });

  test('an alert that never fires', { timeout: LONG }, async () => {
    const never = (rule: object) => ({ ...rule, expr: 'probe_success{job="renamed"} == 0' });
    const { outcome, because } = await withRule(open(), ALERT, never, () => lab().run('alert-delivery'));
    expect(outcome).toBe('fail');
    expect(because).toContain(`${ALERT} never fired while`);
  });

  test('a silence that somebody forgot', { timeout: LONG }, async () => {
    const end = await silence(open(), ALERT);
    try {
      const { outcome, because } = await lab().run('alert-delivery');
      expect(outcome).toBe('fail');
      expect(because).toContain(`${ALERT} fires and is silenced`);
    } finally {
      await end();
    }
  });
}
