/** Customers do not notice a rollout; one of a service that does not drain they do. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { restarted } from './parts-off.ts';

const LONG = 240_000;
const only = /rollout of api/;

export function suite(lab: () => DrillLab): void {
  test('replicas of the API are replaced, and no request fails', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('graceful-shutdown', { only });
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation('requests while replicas were replaced').value).toBeGreaterThan(50);
  });

  test('without drain requests fail, and the drill says how', { timeout: LONG }, async () => {
    const parameters = { perSecond: 150 };
    const { outcome, because } = await restarted(lab(), ['api-1', 'api-2'], ['drain'], () =>
      lab().run('graceful-shutdown', { only, parameters }),
    );
    expect(outcome).toBe('fail');
    expect(because).toMatch(/requests that failed is \d+ requests/);
  });
}
