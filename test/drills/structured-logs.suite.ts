/** Lines of every service fit the schema; a service that writes text is named. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

const LONG = 180_000;

export function suite(lab: () => DrillLab): void {
  test('lines of every service fit', { timeout: LONG }, async () => {
    const { because, verdicts } = await lab().run('structured-logs');
    expect(because).toBe('');
    const said = Object.fromEntries(verdicts.map(({ subject, outcome }) => [subject, outcome]));
    expect(said).toMatchObject({ 'service/api': 'pass', 'service/billing-worker': 'pass', 'environment/lab': 'pass' });
    // The lab does not run it, and nobody else speaks for it.
    expect(said['service/provisioner']).toBe('inconclusive');
  });

  test('a service that writes plain text, and one whose requests have no id', { timeout: LONG }, async () => {
    const { platform } = lab();
    const { appendFileSync } = await import('node:fs');
    appendFileSync(platform.open.lab.log('billing-worker-1'), 'Traceback: something went wrong\n');
    await platform.restart('api-1', ['correlation']);
    try {
      const { outcome, verdicts } = await lab().run('structured-logs');
      expect(outcome).toBe('fail');
      const of = (subject: string) => verdicts.find((one) => one.subject === subject);
      expect(of('service/billing-worker')).toMatchObject({
        outcome: 'fail',
        because: expect.stringContaining('the line is no JSON object') as string,
      });
      expect(of('service/api')).toMatchObject({
        outcome: 'fail',
        because: expect.stringContaining('a line about a request has no request_id') as string,
      });
      expect(of('service/notification-relay')?.outcome).toBe('pass');
    } finally {
      await platform.restart('api-1');
    }
  });
}
