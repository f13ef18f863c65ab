import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';

const base = mkdtempSync(join(tmpdir(), 'launchgate-lock-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A path of exactly so many bytes, its folders made. */
function pathOf(bytes: number): string {
  const folder = join(base, 'f'.repeat(200), 'g'.repeat(200));
  mkdirSync(folder, { recursive: true });
  return join(folder, 'l'.repeat(bytes - folder.length - 1));
}

it('a path that SQLite does not take is named as the reason, and the longest that it takes is locked', async () => {
  await (await lockFile(pathOf(504), 0)).release();
  await expect(lockFile(pathOf(505), 0)).rejects.toMatchObject({ next: expect.stringContaining('shorter path') });
});
