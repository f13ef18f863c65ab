/** The engine is killed in the middle of every kind of fault, and its watchdog leaves the lab as it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isClosed, readEntries, type JournalEntry } from '../../src/drills/journal/entries.ts';
import { openRuns } from '../../src/drills/journal/recover.ts';
import { readConfig } from '../../src/drills/lab/parts/edge/files.ts';
import { mountsIn } from '../../src/drills/lab/run/mounts.ts';
import { readState } from '../../src/drills/lab/run/state.ts';
import { labStatus } from '../../src/app/lab.ts';
import type { DrillLab } from './drill-lab.ts';
import { FAULTS } from './faults.ts';

const LONG = 300_000;
const CHILD = fileURLToPath(new URL('fault-child.ts', import.meta.url));

export function suite(lab: () => DrillLab): void {
  let runs: string;
  beforeAll(() => {
    runs = mkdtempSync(join(tmpdir(), 'launchgate-kills-'));
  });
  afterAll(() => rmSync(runs, { recursive: true, force: true }));

  const able = Object.entries(FAULTS).filter(([, fault]) => fault.able?.() !== false);
  test.each(able)('while %s', { timeout: LONG }, async (name, { kind }) => {
    const before = await pictureOf(lab());
    const entries = await killedDuring(name);
    const noted = entries.flatMap((one) => (one.type === 'undo' ? [one] : []));
    expect(noted.map((one) => one.kind)).toContain(kind);
    const undone = entries.flatMap((one) => (one.type === 'undone' ? [one] : []));
    expect(undone.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(new Set(undone.map(({ number }) => number))).toEqual(new Set(noted.map(({ number }) => number)));
    expect(undone.every(({ by }) => by === 'watchdog')).toBe(true);
    await expect.poll(() => unready(lab()), { timeout: 60_000 }).toEqual([]);
    expect(await pictureOf(lab())).toEqual(before);
  });

  /** What the journal says once the watchdog is done. */
  async function killedDuring(name: string): Promise<JournalEntry[]> {
    const { lab: open } = lab().platform.open;
    const child = spawn(process.execPath, ['--conditions=launchgate-source', CHILD, open.directory, runs, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const [run = ''] = openRuns(runs);
    child.kill('SIGKILL');
    const folder = join(runs, run);
    await expect.poll(() => isClosed(readEntries(folder)), { timeout: 120_000 }).toBe(true);
    return readEntries(folder);
  }
}

/** What of the lab a fault may change and an undo must bring back; counters only ever rise. */
async function pictureOf({ platform }: DrillLab) {
  const { lab } = platform.open;
  const state = readState(lab.directory)!;
  const { generation: _, ...edge } = readConfig(lab.folder('edge'));
  const parts = Object.entries(state.parts).map(([name, { phase, ports }]) => ({
    name,
    phase,
    ports,
  }));
  return { edge, parts, mounts: mountsIn(state.partsFolder), clocks: await clocksOf(parts) };
}

/** Parts whose clock is another than this machine's, by more than an answer takes. */
async function clocksOf(
  parts: readonly { name: string; ports: Readonly<Record<string, number>> }[],
): Promise<string[]> {
  const wrong = parts.map(async ({ name, ports: { health } }) => {
    if (health === undefined) return [];
    const { headers } = await fetch(`http://127.0.0.1:${health}/livez`);
    return Math.abs(Date.parse(headers.get('date') ?? '') - Date.now()) < 30_000 ? [] : [name];
  });
  return (await Promise.all(wrong)).flat();
}

async function unready({ platform }: DrillLab): Promise<string[]> {
  const parts = await labStatus(platform.open);
  return parts
    .filter(({ state }) => state !== 'ready' && state !== 'done')
    .map(({ part, because }) => `${part}: ${because}`);
}
