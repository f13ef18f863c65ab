/** Customers do not notice a rollout; behind an edge that asks nobody else they do. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withNginx } from './edge.ts';

const LONG = 240_000;
const only = /rollout of api/;

export function suite(lab: () => DrillLab): void {
  test('replicas of the API are replaced, and no request fails', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('graceful-shutdown', { only });
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation('requests while replicas were replaced').value).toBeGreaterThan(50);
  });

  test(
    'behind an edge that asks no other replica requests fail, and the drill says how',
    { timeout: LONG },
    async () => {
      const { outcome, because } = await withNginx(
        lab(),
        (text) => text.replaceAll(/proxy_next_upstream [^;]+;/g, 'proxy_next_upstream off;'),
        () => lab().run('graceful-shutdown', { only }),
      );
      expect(outcome).toBe('fail');
      expect(because).toMatch(/requests that failed is \d+ requests.*502 x \d+/);
    },
  );
}
