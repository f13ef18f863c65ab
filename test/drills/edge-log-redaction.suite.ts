/** No log has a secret; one that is written with queries and headers is named. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withNginx } from './edge.ts';

const LONG = 180_000;

export function suite(lab: () => DrillLab): void {
  test('canaries by every way are in no log', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('edge-log-redaction');
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation('requests with canaries').value).toBeGreaterThan(20);
  });

  test('with redaction off the log is named, and the canary, and never its line', { timeout: LONG }, async () => {
    const leak = (text: string) => text.replace('"path":"$log_path"', '"path":"$request_uri $http_authorization"');
    const { outcome, because } = await withNginx(lab(), leak, () => lab().run('edge-log-redaction'));
    expect(outcome).toBe('fail');
    expect(because).toMatch(/canaries in logs is \d+ lines/);
    expect(because).toContain('logs/access.log');
    expect(because).not.toContain('Bearer');
  });
}
