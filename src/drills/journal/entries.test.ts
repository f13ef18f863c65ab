import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendEntry, readEntries, type JournalEntry } from './entries.ts';

const at = '2026-11-28T10:15:00.000Z';
const RUN: JournalEntry = { type: 'run', id: '0a1b2c3d4e5f', control: 'chaos', target: 'lab', at };
const UNDO: JournalEntry = { type: 'undo', number: 1, kind: 'thaw', data: { part: 'api', processes: [] }, at };
const CLOSED: JournalEntry = { type: 'closed', by: 'cleanup', at };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('entries are read as they were written, one a line', () => {
  expect(readEntries(folder)).toEqual([]);
  for (const one of [RUN, UNDO, CLOSED]) appendEntry(folder, one);
  expect(readEntries(folder)).toEqual([RUN, UNDO, CLOSED]);
});

test.each([
  ['half a line', JSON.stringify(UNDO).slice(0, 30)],
  ['a line that lacks its end alone', JSON.stringify(UNDO)],
  ['a line that never reached the disk', '\0'.repeat(200)],
])('%s is no entry, and what is appended after it can be read', (_, left) => {
  appendEntry(folder, RUN);
  appendFileSync(path, left);
  expect(readEntries(folder)).toEqual([RUN]);
  appendEntry(folder, CLOSED);
  expect(readEntries(folder)).toEqual([RUN, CLOSED]);
});

test('a journal that is half a line alone is none, and can be begun', () => {
  writeFileSync(path, JSON.stringify(RUN).slice(0, 20));
  expect(readEntries(folder)).toEqual([]);
  appendEntry(folder, RUN);
  expect(readEntries(folder)).toEqual([RUN]);
});

test('any other line that cannot be read is damage, and named', () => {
  appendEntry(folder, RUN);
  appendFileSync(path, `${JSON.stringify(UNDO).slice(0, 30)}\n`);
  appendEntry(folder, CLOSED);
  expect(() => readEntries(folder)).toThrow(`${path}: line 2 is no entry that this version knows`);
});

test('an entry for which there is no room is not taken for written', () => {
  appendEntry(folder, RUN);
  const entry = { ...UNDO, data: { part: 'x'.repeat(50_000), processes: [] } };
  const said = withLittleRoom(
    `const { appendEntry } = await import(${JSON.stringify(new URL('entries.ts', import.meta.url).href)});
     try { appendEntry(${JSON.stringify(folder)}, ${JSON.stringify(entry)}); console.log('written'); }
     catch (error) { console.log(error.code); }`,
  );
  expect(said).toBe('EFBIG');
  expect(readFileSync(path, 'utf8'), 'a part of it is there').toContain('xxxx');
  appendEntry(folder, CLOSED);
  expect(readEntries(folder)).toEqual([RUN, CLOSED]);
});

/** Runs a program whose files may have 16 or 32 KiB, as the shell counts: like a full disk it takes a part, and then no more. */
function withLittleRoom(program: string): string {
  const node = [process.execPath, '--conditions=launchgate-source', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 32; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
