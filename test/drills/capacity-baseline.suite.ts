import { describe, expect, test } from 'vitest';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { rehearsed } from '../../src/drills/run/run.testkit.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import type { StepContext } from '../../src/model/drill/drill.ts';
import type { RunRecord } from '../../src/model/drill/record.ts';
import { withEnvironment, type Platform } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 400_000;
const parameters = { seconds: 1.5, steps: 1 };

export function suite(lab: () => DrillLab): void {
  test('requests, writes and sessions of the peak are carried', { timeout: LONG }, async () => {
    const report = await lab().run('capacity-baseline', { parameters });
    expect([report.outcome, report.because]).toEqual(['pass', '']);
    const knee = report.observation('knee of api');
    expect(knee.value).toBeGreaterThanOrEqual(knee.atLeast ?? Number.NaN);
    expect(knee.predicted).toBe(360);
    expect(report.observation('sessions that terminal-gateway holds at once').met).toBe(true);
    expect(report.observation('acknowledged reports of use that are lost').value).toBe(0);
  });

  describe('an API with one connection to a database that is far away', () => {
    test('fails, and its pool is named', { timeout: LONG }, async () => {
      const { platform } = lab();
      const throttled = withEnvironment(platform, { api: { DATABASE_MAX_CONNS: '2' } });
      const record = await run(lab(), throttled, 'api', async ({ target: { faults, parts } }) => {
        const wire = await faults.wire(parts.replicas('api'), 'postgres');
        await wire.set({ latencyMs: 40 });
      });
      expect(record.outcome).toBe('fail');
      expect(record.because).toMatch(/knee of api .* is [\d.]+ requests\/s, and should be at least 200/);
      expect(record.because).toContain('the pool "postgres" of service/api');
    });
  });
}

/** After `before`, the steps that load this service, on that platform. */
async function run(
  { plan, runs }: DrillLab,
  { open }: Platform,
  service: string,
  before: (context: StepContext) => Promise<void>,
): Promise<RunRecord> {
  const [planned] = (await plan('capacity-baseline', parameters)).runs;
  const { method, ...rest } = planned!;
  const steps = method.filter(({ name }) => name.endsWith(` ${service}`));
  const first = { name: 'break it on purpose', kind: 'fault', timeoutMs: LONG, run: before } as const;
  const rehearsal = { ...rest, method: [first, ...steps] };
  return rehearse(
    { ...rehearsed(rehearsal), control: 'capacity-baseline' },
    { target: labTarget(open), drills: runs, signal: new AbortController().signal },
  );
}
