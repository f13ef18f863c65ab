import { expect, test } from 'vitest';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import { withEnvironment } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 400_000;
const PARAMETERS = { seconds: 4 };

export function suite(lab: () => DrillLab): void {
  test('full pools stay within the budget, and all is well afterwards', { timeout: LONG }, async () => {
    const report = await lab().run('connection-budget', { parameters: PARAMETERS });
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
    expect(report.observation('connections of api to postgres').value).toBeGreaterThan(0);
    expect(report.runs[0]!.faults.every(({ undoneMs }) => undoneMs !== undefined)).toBe(true);
  });

  test('a pool that is larger than what was declared is noticed', { timeout: LONG }, async () => {
    const { platform, runs } = lab();
    const { open } = withEnvironment(platform, { api: { DATABASE_MAX_CONNS: '60' } });
    const { runs: planned } = await lab().plan('connection-budget', PARAMETERS);
    const record = await rehearse(
      {
        control: 'connection-budget',
        summary: 'pools too large',
        blastRadius: 'api',
        parameters: PARAMETERS,
        rehearsal: planned[0]!,
      },
      { target: labTarget(open), drills: runs, signal: new AbortController().signal },
    );
    expect(record.outcome).toBe('fail');
    expect(record.because).toMatch(
      /^connections of api to postgres of \S+ is \d+ connections, and should be at most \d+/,
    );
  });
}
