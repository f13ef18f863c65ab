/** Faults that no drill of the catalog uses yet: they have their effect, and are gone afterwards. */
import { describe, expect, test } from 'vitest';
import { mountsIn } from '../../src/drills/lab/run/mounts.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { rehearsed } from '../../src/drills/run/run.testkit.ts';
import type { Deed } from '../../src/model/drill/deeds.ts';
import type { StepContext } from '../../src/model/drill/drill.ts';
import type { RunRecord } from '../../src/model/drill/record.ts';
import { acknowledgedIn, lostOf } from '../../src/proofs/drilling/writes.ts';
import { needsFakeTime, needsRoot } from '../need.ts';
import { until } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 240_000;
const AHEAD = 300;

export function suite(lab: () => DrillLab): void {
  describe.skipIf(!needsRoot())('a full disk', () => {
    test(
      'refuses NATS what it would write; what customers were promised comes through',
      { timeout: LONG },
      async () => {
        let acknowledged: readonly string[] = [];
        let arrived: Deed['arrived'] = () => Promise.resolve(new Map());
        const record = await run(lab(), async ({ target: { deeds, faults, load }, observe }) => {
          const deed = await deeds.prepare();
          arrived = deed.arrived;
          const disk = await faults.fillDisk('nats', { freeBytes: 0, roomBytes: 32 * 1024 * 1024 });
          observe({ name: 'free', value: await disk.free(), unit: 'bytes', atMost: 0 });
          const { requests, idHeader } = deed;
          acknowledged = acknowledgedIn(await load.run({ requests, idHeader, perSecond: 10, seconds: 2 }), idHeader);
          await disk.clear();
          observe({ name: 'free again', value: await disk.free(), unit: 'bytes', atLeast: 1024 * 1024 });
        });
        expect([record.outcome, record.because]).toEqual(['pass', undefined]);
        expect(record.faults.map(({ undo }) => undo)).toContain('give nats its own disk back');
        expect(mountsIn(lab().platform.open.state.partsFolder)).toEqual([]);
        expect(acknowledged.length).toBeGreaterThan(0);
        await until('what was acknowledged', async () =>
          lostOf(acknowledged, await arrived()).length === 0 ? true : undefined,
        );
      },
    );
  });

  describe.skipIf(!needsFakeTime())('a wrong clock', () => {
    test('is what the part tells, and is right again afterwards', { timeout: LONG }, async () => {
      const told = async (): Promise<number> => {
        const port = lab().platform.open.lab.port('notification-relay-1', 'health');
        const { headers } = await fetch(`http://127.0.0.1:${port}/livez`);
        return (Date.parse(headers.get('date') ?? '') - Date.now()) / 1000;
      };
      const record = await run(lab(), async ({ target: { faults }, observe }) => {
        await faults.skewClock('notification-relay-1', AHEAD);
        observe({ name: 'ahead', value: await told(), unit: 's', atLeast: AHEAD - 30, atMost: AHEAD + 30 });
      });
      expect([record.outcome, record.because]).toEqual(['pass', undefined]);
      expect(Math.abs(await told())).toBeLessThan(30);
    });

    test('of a part that does not tell it, nobody can tell', { timeout: LONG }, async () => {
      const record = await run(lab(), ({ target: { faults } }) => faults.skewClock('redis', 60));
      expect(record.outcome).toBe('inconclusive');
      expect(record.because).toContain('redis does not tell what its clock says');
      expect(record.faults.filter(({ kind }) => kind === 'restart-parts')).toEqual([]);
    });
  });
}

function run({ target, runs }: DrillLab, work: (context: StepContext) => Promise<void>): Promise<RunRecord> {
  const step = { name: 'cause the fault', kind: 'fault', timeoutMs: LONG, run: work } as const;
  return rehearse(rehearsed({ method: [step] }), { target, drills: runs, signal: new AbortController().signal });
}
