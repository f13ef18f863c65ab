import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { tampered, withEnv, withoutKit } from './tampered.ts';

const LONG = 300_000;
const CONTROL = 'webhook-ingestion';
const parameters = { events: 2, times: 3 };

export function suite(lab: () => DrillLab): void {
  test('nothing is applied twice, nothing forged, and what was lost is found', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL, { parameters });
    expect(ran.because).toBe('');
    expect(ran.outcome).toBe('pass');
  });

  test('fails without signatures and idempotency', { timeout: LONG }, async () => {
    const ran = await withoutKit(lab(), 'api', ['webhooks'], () => lab().run(CONTROL, { parameters }));
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('events applied more than once').met).toBe(false);
    expect(ran.observation('objects in the state of an older event').met).toBe(false);
    expect(ran.observation('forged deliveries taken').detail).toMatch(/other-key/);
  });

  test('fails without the comparison', { timeout: LONG }, async () => {
    const replicas = lab().platform.open.lab.replicas('api');
    const ran = await tampered(
      lab(),
      replicas,
      (part) => withEnv(part, { RECONCILE_INTERVAL: '24h' }),
      () => lab().run(CONTROL, { parameters }),
    );
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('lost events never applied').value).toBe(2);
  });
}
