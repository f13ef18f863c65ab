/**
 * The engine is killed in the middle of every step of every drill, and its watchdog leaves the lab as it was. With
 * `LAUNCHGATE_TEST_PUBLISH=1` what came of it is written to docs/drills-killed.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drillables } from '../../src/app/drill/subjects.ts';
import { until } from '../../src/model/drill/until.ts';
import type { DrillLab } from './drill-lab.ts';
import { killedIn, undisturbed } from './every-step/killed.ts';
import { publish, type Row } from './every-step/publish.ts';
import { pictureOf, unready } from './picture.ts';
import { planDrill } from './planned.ts';

const LONG = 3_600_000;
const READY_MS = 60_000;
const LONGEST_SIDE = 200;
const controls = (await drillables()).map(({ control }) => control.meta.id);

export function suite(lab: () => DrillLab): void {
  let runs: string;
  beforeAll(() => {
    runs = mkdtempSync(join(tmpdir(), 'launchgate-killed-'));
  });
  afterAll(() => rmSync(runs, { recursive: true, force: true }));

  test.each(controls)('%s', { timeout: LONG }, async (control) => {
    const place = { lab: lab().platform.open.lab.directory, runs };
    const { plan } = await planDrill(control);
    const rows: Row[] = [];
    for (const { name } of plan.runs) {
      const whole = await undisturbed(place, control, name);
      const before = await pictureOf(lab());
      for (const [index, { name: step, startedMs, endedMs = startedMs }] of whole.steps.entries()) {
        // Left out also without a kill: there is nothing of it in the lab.
        if (startedMs === undefined || endedMs === undefined) continue;
        const killed = await killedIn(place, control, name, { index, name: step, lastsMs: endedMs - startedMs });
        const changed = await differences(before);
        rows.push({ rehearsal: name, ...killed, changed });
      }
    }
    if (process.env['LAUNCHGATE_TEST_PUBLISH'] === '1') publish(control, rows, new Date());
    expect(rows.filter(({ left, changed }) => left.length > 0 || changed.length > 0)).toEqual([]);
  });

  /** Parts that do not become ready again, and what of the picture does not become as before: a standby that comes back needs a moment to catch up. */
  async function differences(before: Readonly<Record<string, unknown>>): Promise<string[]> {
    let differs: string[] = [];
    const asBefore = async () => {
      const waiting = await unready(lab());
      const changed = waiting.length > 0 ? [] : unlike(before, await pictureOf(lab()));
      differs = [...waiting.map((part) => `${part} is not ready`), ...changed];
      return differs.length === 0 || undefined;
    };
    await until(asBefore, { signal: new AbortController().signal, forMs: READY_MS });
    return differs;
  }
}

/** Where the two differ, each with both sides: `stores.postgres.standbys: [] before, [1] after`. */
function unlike(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  const texts = [before, after].map((side) => JSON.stringify(side)?.slice(0, LONGEST_SIDE));
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isFolder(before) || !isFolder(after)) return [`${path.join('.')}: ${texts[0]} before, ${texts[1]} after`];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => unlike(before[key], after[key], [...path, key]));
}

function isFolder(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
