import { expect, test } from 'vitest';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import { withEnvironment } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 400_000;

export function suite(lab: () => DrillLab): void {
  test('stale within the limit, not after it, and without the cache from the source', { timeout: LONG }, async () => {
    const report = await lab().run('stale-cache');
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
    expect(report.observation('stale answers while the source hangs').value).toBeGreaterThan(0);
  });

  test('a service whose cache is switched off is noticed', { timeout: LONG }, async () => {
    const { platform, runs } = lab();
    const { open } = withEnvironment(platform, { api: { PARTS_OFF: 'cache' } });
    const { runs: planned } = await lab().plan('stale-cache');
    const record = await rehearse(
      {
        control: 'stale-cache',
        summary: 'the cache is off',
        blastRadius: 'api',
        parameters: {},
        rehearsal: planned[0]!,
      },
      { target: labTarget(open), drills: runs, signal: new AbortController().signal },
    );
    expect(record.outcome).toBe('fail');
    expect(record.because).toMatch(
      /answers from the cache when asked again of \S+ is 0 answers, and should be at least 1/,
    );
  });
}
