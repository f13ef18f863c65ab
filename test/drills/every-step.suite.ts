/**
 * The engine is killed in the middle of every step of every drill, and its watchdog leaves the lab as it was. With
 * `LAUNCHGATE_TEST_PUBLISH=1` what came of it is written to docs/drills-killed.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drillables } from '../../src/app/drill/subjects.ts';
import type { DrillLab } from './drill-lab.ts';
import { killedIn, undisturbed } from './every-step/killed.ts';
import { publish, type Row } from './every-step/publish.ts';
import { pictureOf, unready } from './picture.ts';
import { planDrill } from './planned.ts';

const LONG = 3_600_000;
const controls = (await drillables()).map(({ control }) => control.meta.id);

export function suite(lab: () => DrillLab): void {
  const rows: Row[] = [];
  let runs: string;
  beforeAll(() => {
    runs = mkdtempSync(join(tmpdir(), 'launchgate-killed-'));
  });
  afterAll(() => {
    rmSync(runs, { recursive: true, force: true });
    if (process.env['LAUNCHGATE_TEST_PUBLISH'] === '1') publish(rows);
  });

  test.each(controls)('%s', { timeout: LONG }, async (control) => {
    const place = { lab: lab().platform.open.lab.directory, runs };
    const { plan } = await planDrill(control);
    const found: unknown[] = [];
    for (const { name, method } of plan.runs) {
      const whole = await undisturbed(place, control, name);
      const before = await pictureOf(lab());
      for (const [index, step] of method.entries()) {
        const { startedMs = 0, endedMs = 0 } = whole.steps[index] ?? {};
        const killed = await killedIn(place, control, name, { index, name: step.name, lastsMs: endedMs - startedMs });
        const changed = await differences(before);
        rows.push({ control, rehearsal: name, ...killed, changed });
        if (killed.left.length > 0 || changed.length > 0) found.push({ name, killed, changed });
      }
    }
    expect(found).toEqual([]);
  });

  /** Paths of the picture that are not as before, and parts that do not become ready again. */
  async function differences(before: Readonly<Record<string, unknown>>): Promise<string[]> {
    await expect.poll(() => unready(lab()), { timeout: 60_000 }).toEqual([]);
    const now = await pictureOf(lab());
    return Object.keys(before).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  }
}
