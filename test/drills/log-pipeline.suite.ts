/** A line that a service writes is found in the sink; where it is not, the drill says of whom. */
import { expect, test } from 'vitest';
import { endProcess } from '../../src/drills/lab/run/stop.ts';
import { readState, recordedProcess } from '../../src/drills/lab/run/state.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 180_000;

export function suite(lab: () => DrillLab): void {
  test('lines of every replica arrive', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('log-pipeline');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('line to sink').met).toBe(true);
  });

  test('a collector that has stopped', { timeout: LONG }, async () => {
    const { platform } = lab();
    const id = recordedProcess(readState(platform.open.lab.directory)!, 'log-sink');
    await endProcess(id, 'SIGKILL', 1000);
    try {
      const { outcome, because } = await lab().run('log-pipeline', { parameters: { lines: 1 } });
      expect(outcome).toBe('fail');
      expect(because).toContain('lines that did not arrive');
      expect(because).toContain('api-1');
    } finally {
      await platform.restart('log-sink');
    }
  });
}
