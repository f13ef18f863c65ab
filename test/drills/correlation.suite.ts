/** One id is followed from the edge to the event; with correlation switched off in the API, it is lost there. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 240_000;

export function suite(lab: () => DrillLab): void {
  test('one id from the edge to the event', { timeout: LONG }, async () => {
    const { because, verdicts } = await lab().run('correlation');
    expect(because).toBe('');
    const said = Object.fromEntries(verdicts.map(({ subject, outcome }) => [subject, outcome]));
    for (const subject of ['service/api', 'service/billing-worker', 'service/notification-relay', 'environment/lab'])
      expect([subject, said[subject]]).toEqual([subject, 'pass']);
  });

  test('without correlation in the API', { timeout: LONG }, async () => {
    const { platform } = lab();
    const replicas = platform.open.lab.replicas('api');
    for (const part of replicas) await platform.restart(part, ['correlation']);
    try {
      const { outcome, because } = await lab().run('correlation');
      expect(outcome).toBe('fail');
      expect(because).toContain('events that the customer got under the id of the request is 0');
      expect(because).toContain('logged nothing with request_id');
    } finally {
      for (const part of replicas) await platform.restart(part);
    }
  });
}
