import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applyPatches } from '../src/engine/patch/index.ts';
import { catalog, controls } from '../src/controls/catalog.ts';
import { plannedControls } from '../src/controls/planned.ts';
import { locate } from '../src/engine/locate.ts';
import { patchesOf } from '../src/engine/synth.ts';
import { rowsOf } from '../src/engine/report.ts';
import { runControls } from '../src/engine/run.ts';
import type { AnyControl } from '../src/model/control.ts';
import { parseDuration } from '../src/model/duration.ts';
import type { PlatformFacts } from '../src/model/platform.ts';
import type { CheckRow } from '../src/model/report.ts';
import type { FileTree } from '../src/model/world.ts';
import { fixturesOf, memoryTree, platformOf, type Fixture } from './fixture-platform.ts';
import { inexactAnswers } from './plain-answer.ts';

const folderOf = (id: string): string => fileURLToPath(new URL(`../src/controls/${id}`, import.meta.url));

describe('catalog', () => {
  it('is sorted and names every control once', () => {
    const ids = catalog.map((meta) => meta.id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('plans nothing that is built', () => {
    const built = new Set(controls.map((control) => control.meta.id));
    expect(plannedControls.filter((meta) => built.has(meta.id))).toEqual([]);
  });
});

describe.each(controls.map((control) => [control.meta.id, control] as const))('control %s', (id, control) => {
  const fixtures = fixturesOf(folderOf(id));

  it('lives in a folder of its own name, with a readme', () => {
    expect(existsSync(`${folderOf(id)}/readme.md`)).toBe(true);
    expect(control.meta.halves.length).toBeGreaterThan(0);
  });

  it('takes no text for a duration that is none', () => {
    const { params } = control;
    if (!(params instanceof z.ZodObject)) throw new Error(`the params of ${id} are no object`);
    for (const [name, value] of Object.entries(params.parse({}))) {
      const isDuration = typeof value === 'string' && parseDuration(value) !== undefined;
      if (isDuration) expect(params.safeParse({ [name]: 'soon' }).success, name).toBe(false);
    }
  });

  it('can satisfy at least one half, and only halves it declares', () => {
    const built = (['check', 'drill', 'accept'] as const).filter((half) => control[half] !== undefined);
    expect(built.length).toBeGreaterThan(0);
    expect(control.meta.halves).toEqual(expect.arrayContaining(built));
  });

  if (control.check !== undefined) {
    it('has a passing, a failing and an inconclusive fixture', () => {
      expect([...new Set(fixtures.map((fixture) => fixture.outcome))].sort()).toEqual(['fail', 'inconclusive', 'pass']);
    });
  }

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, fixture) => {
    const facts = await platformOf(fixture.tree);
    const rows = rowsIn(facts, control, fixture.tree);
    expectOutcome(rows, fixture);
    expect(inexactAnswers(facts, control)).toEqual([]);
    for (const row of rows) expect(row.remediation ?? 'a stop.').toMatch(/\.$/);
    await expect(rows.map(line).join('\n')).toMatchFileSnapshot(
      `${folderOf(id)}/fixtures/__results__/${fixture.name}.txt`,
    );
  });

  if (control.synth !== undefined) {
    it.each(
      fixtures.filter((fixture) => fixture.outcome === 'fail').map((fixture) => [fixture.name, fixture] as const),
    )('patches for %s are stable and leave nothing failing that they claim to mend', async (_, fixture) => {
      const facts = await platformOf(fixture.tree);
      const patches = patchesOf(facts, control);
      expect(patchesOf(facts, control)).toEqual(patches);
      if (patches.length === 0) return;
      const changed = applyPatches(
        fixture.tree,
        patches.map((item) => item.patch),
      );
      const after = await rowsFor(control, memoryTree({ ...allFiles(fixture.tree), ...changed }));
      const mended = new Set(patches.map((item) => item.subject));
      expect(after.filter((row) => mended.has(row.subject) && row.outcome === 'fail')).toEqual([]);
    });
    it('has a failing fixture that its patches mend', async () => {
      const counts = await Promise.all(
        fixtures
          .filter((fixture) => fixture.outcome === 'fail')
          .map(async (fixture) => patchesOf(await platformOf(fixture.tree), control).length),
      );
      expect(Math.max(0, ...counts)).toBeGreaterThan(0);
    });
  }
});

async function rowsFor(control: AnyControl, tree: FileTree): Promise<CheckRow[]> {
  return rowsIn(await platformOf(tree), control, tree);
}

function rowsIn(facts: PlatformFacts, control: AnyControl, tree: FileTree): CheckRow[] {
  const run = runControls(facts, [control]);
  return run.conclusions.flatMap((conclusion) => rowsOf(conclusion, (origin) => locate(tree, origin)));
}

function expectOutcome(rows: readonly CheckRow[], fixture: Fixture): void {
  const outcomes = new Set(rows.map((row) => row.outcome));
  expect(outcomes, 'a fixture must have something to judge').not.toEqual(new Set());
  expect(outcomes).not.toContain('error');
  if (fixture.outcome === 'pass') expect([...outcomes]).toEqual(['pass']);
  else expect(outcomes).toContain(fixture.outcome);
  if (fixture.outcome === 'inconclusive') expect(outcomes).not.toContain('fail');
}

function line(row: CheckRow): string {
  const place = row.location === undefined ? '' : ` (${row.location.path}:${row.location.line}:${row.location.column})`;
  const steps = (row.counterExample ?? [])
    .map((step, index) => `\n    ${index + 1}. ${step.action}: ${step.state}`)
    .join('');
  return `${row.outcome} ${row.severity} ${row.subject}: ${row.message}${place}${steps}`;
}

function allFiles(tree: FileTree): Record<string, string> {
  return Object.fromEntries(tree.files.map((path) => [path, tree.text(path)]));
}
