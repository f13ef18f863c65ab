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
import type { DrillLab } from './drill-lab.ts';
import { FAULTS } from './faults.ts';
import { pictureOf, unready } from './picture.ts';

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
