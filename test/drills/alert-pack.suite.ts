/** Every alert of the platform fires once; one that cannot, or that tells nobody, is named. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withoutIntegrations, withRouting, withRule } from './monitoring.ts';

const LONG = 400_000;

export function suite(lab: () => DrillLab): void {
  const open = () => lab().platform.open.lab;

  test('on the rules and routes as they are: each is told of, and resolved', { timeout: LONG }, async () => {
    const { outcome, because, runs } = await lab().run('alert-pack');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    const names = runs.flatMap(({ observations }) => observations.map(({ name }) => name));
    expect(names.filter((name) => name.endsWith(': fault to page')).length).toBeGreaterThan(60);
    expect(names.filter((name) => name.endsWith(': end to resolve')).length).toBeGreaterThan(20);
  });

  test('a threshold that is never reached, and a team that is told nothing', { timeout: LONG }, async () => {
    const never = (rule: object) => ({
      ...rule,
      expr: 'max(pg_replication_lag_seconds) > 60 and max(pg_replication_lag_seconds) < 50',
    });
    const { outcome, because, observation } = await withRule(open(), 'PostgresReplicationLag', never, () =>
      withRouting(open(), withoutIntegrations('pagerduty-security'), () => lab().run('alert-pack')),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('alerts for which no series were found is 1');
    expect(observation('alerts for which no series were found').detail).toContain('PostgresReplicationLag');
    expect(observation('AdminDenyListStale: fault to page')).toMatchObject({
      met: false,
      detail: expect.stringContaining('goes to pagerduty-security') as string,
    });
  });
}
