import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeScratch, scratchOf } from '../run/scratch.ts';
import { isClosed, readEntries } from './entries.ts';
import { openJournal, type Journal } from './journal.ts';
import { openRuns, recoverAll } from './recover.ts';

const ONE = '0a1b2c3d4e5f';
const OTHER = 'f5e4d3c2b1a0';

let base: string;
let drills: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'launchgate-recover-'));
  drills = join(base, 'drills');
  vi.stubEnv('TMPDIR', base);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

function journalOf(id: string): Journal {
  const folder = join(drills, id);
  mkdirSync(folder, { recursive: true });
  return openJournal({ folder, id, control: 'chaos', target: 'lab' });
}

/** As a run leaves it that died with nothing but its scratch folder. Answers that folder. */
async function died(id: string): Promise<string> {
  const folder = scratchOf(id);
  await journalOf(id).before({ kind: 'remove-folder', data: { folder } });
  makeScratch(folder);
  return folder;
}

// One loads every kind of undo in a process of its own.
vi.setConfig({ testTimeout: 120_000 });

describe('what a run that died has left', () => {
  test('is taken back from a shell with another TMPDIR', async () => {
    const scratch = await died(ONE);
    vi.stubEnv('TMPDIR', join(base, 'other'));
    expect(await recoverAll(drills, 'cleanup')).toEqual([{ run: ONE, undo: `remove ${scratch}` }]);
    expect(existsSync(scratch)).toBe(false);
    expect(openRuns(drills)).toEqual([]);
  });

  test.each(['/etc', '/tmp', 'here'])('is not %s, whatever a journal says', async (folder) => {
    await died(ONE);
    const entry = { type: 'undo', number: 2, kind: 'remove-folder', data: { folder }, at: new Date().toISOString() };
    appendFileSync(join(drills, ONE, 'journal.jsonl'), `${JSON.stringify(entry)}\n`);
    const [forged, own] = await recoverAll(drills, 'cleanup');
    expect(forged?.error).toContain('cannot be read');
    expect(own?.error).toBeUndefined();
    expect(openRuns(drills), 'it is left to a person').toEqual([ONE]);
  });

  test('is taken back beside a journal that cannot be read, which is named with how to mend it', async () => {
    const scratch = await died(ONE);
    await died(OTHER);
    const broken = join(drills, OTHER, 'journal.jsonl');
    writeFileSync(broken, '{"type":"und{"type":"closed"}\n');
    const error = `${broken}: line 1 is no entry that this version knows. Look at what it names, undo that by hand, and remove the folder.`;
    const stuck = { run: OTHER, undo: `take back what run ${OTHER} did`, error };
    expect(await recoverAll(drills, 'cleanup')).toEqual([{ run: ONE, undo: `remove ${scratch}` }, stuck]);
    expect(openRuns(drills)).toEqual([OTHER]);
    expect(await recoverAll(drills, 'cleanup'), 'it is named until it is mended').toEqual([stuck]);
  });

  test('is taken back after a line that was cut off', async () => {
    const scratch = await died(ONE);
    appendFileSync(join(drills, ONE, 'journal.jsonl'), '{"type":"undo","num');
    expect(await recoverAll(drills, 'watchdog')).toEqual([{ run: ONE, undo: `remove ${scratch}` }]);
    expect(isClosed(readEntries(join(drills, ONE)))).toBe(true);
  });

  test('is taken back, all of it, where nothing can be noted any more', async () => {
    const scratch = await died(ONE);
    const data = { part: 'x'.repeat(50_000), processes: [] };
    const thawed = { type: 'undo', number: 2, kind: 'thaw', data, at: new Date().toISOString() };
    appendFileSync(join(drills, ONE, 'journal.jsonl'), `${JSON.stringify(thawed)}\n`);
    const said = withoutRoom(
      `const { recoverAll } = await import(${JSON.stringify(new URL('recover.ts', import.meta.url).href)});
       const all = await recoverAll(${JSON.stringify(drills)}, 'cleanup');
       console.log(JSON.stringify(all.map(({ error }) => error)));`,
    );
    expect(JSON.parse(said)).toEqual([expect.stringContaining('EFBIG'), expect.stringContaining('EFBIG')]);
    expect(existsSync(scratch)).toBe(false);
    expect(openRuns(drills), 'nobody knows it later').toEqual([ONE]);
  });
});

/** Runs a program whose files may have no more bytes than a journal here has already. */
function withoutRoom(program: string): string {
  const node = [process.execPath, '--conditions=launchgate-source', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 32; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
