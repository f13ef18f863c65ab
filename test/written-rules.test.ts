import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { controls } from '../src/controls/catalog.ts';
import { patchesOf } from '../src/engine/synth.ts';
import type { Patch } from '../src/model/control.ts';
import { fixturesOf, platformOf } from './fixture-platform.ts';
import { needs } from './need.ts';

/** The rule groups that a patch brings, as a rule file holds them. */
function groupsOf(patch: Patch): unknown[] {
  if (patch.op === 'create-file') return (parse(patch.content) as { groups: unknown[] }).groups;
  if (patch.op !== 'add-object') return [];
  return (patch.object['spec'] as { groups: unknown[] }).groups;
}

function checked(groups: readonly unknown[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-written-'));
  try {
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify({ groups }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.runIf(needs('promtool'))('rules that synth writes are accepted by promtool', () => {
  const ids = ['alert-pack', 'slo-burn-rate-alerts'];
  const fixtures = ids.flatMap((id) =>
    fixturesOf(fileURLToPath(new URL(`../src/controls/${id}`, import.meta.url)))
      .filter(({ outcome }) => outcome === 'fail')
      .map((fixture) => [`${id}/${fixture.name}`, id, fixture] as const),
  );

  it.each(fixtures)('%s', async (_, id, fixture) => {
    const control = controls.find(({ meta }) => meta.id === id);
    if (control === undefined) throw new Error(`no control ${id}`);
    const patches = patchesOf(await platformOf(fixture.tree), control);
    const groups = patches.flatMap(({ patch }) => groupsOf(patch));
    if (groups.length > 0) expect(checked(groups)).toBe('');
  });
});
