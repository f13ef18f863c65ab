/** Every limit of the edge is where the spec puts it; one that is gone is missed. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withEdge, withNginx } from './edge.ts';

const LONG = 240_000;

export function suite(lab: () => DrillLab): void {
  test('sizes, rates and slow clients are bounded as declared', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('edge-limits', { parameters: { slowClients: 6 } });
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation('a body above the limit is refused').value).toBe(413);
    expect(observation('/events is limited by the edge').value).toBe(1);
    expect(observation('longest that a slow client was held').value).toBeLessThan(20);
  });

  test('a rate limit that is gone is missed, by the route', { timeout: LONG }, async () => {
    const { outcome, because } = await withEdge(
      lab(),
      (config) => ({ ...config, rateLimits: false }),
      () => lab().run('edge-limits', { parameters: { slowClients: 1 } }),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('is limited by the edge of service/');
  });

  test('a body that is let through is missed', { timeout: LONG }, async () => {
    const { outcome, because } = await withNginx(
      lab(),
      (text) => text.replaceAll(/client_max_body_size \d+;/g, 'client_max_body_size 0;'),
      () => lab().run('edge-limits', { parameters: { slowClients: 1 } }),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('a body above the limit is refused');
  });
}
