import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeScratch, scratchOf } from '../run/scratch.ts';
import { removeCopy } from './remove-copy.ts';

let scratch: string;
beforeEach(() => {
  scratch = scratchOf(randomBytes(6).toString('hex'));
  makeScratch(scratch);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test('whoever works in the copy is ended with it, and nobody else', async () => {
  const folder = join(scratch, 'orders-pgbackrest-0a1b2c');
  mkdirSync(join(folder, 'data'), { recursive: true });
  const inside = spawn('sleep', ['600'], { cwd: join(folder, 'data'), stdio: 'ignore' });
  const beside = spawn('sleep', ['600'], { cwd: scratch, stdio: 'ignore' });
  const gone = once(inside, 'exit');
  await removeCopy.undo({ folder }, AbortSignal.timeout(30_000));
  await gone;
  expect(inside.signalCode).toBe('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  expect(beside.exitCode ?? beside.signalCode).toBeNull();
  beside.kill('SIGKILL');
  // Again, as after a crash in the middle.
  await removeCopy.undo({ folder }, AbortSignal.timeout(30_000));
});

test.each(['/etc', '/tmp/launchgate-drill-000000000000', '/tmp/launchgate-drill-000000000000/../../etc-0a1b2c'])(
  'a journal that names %s is not believed',
  (folder) => expect(removeCopy.data.safeParse({ folder }).success).toBe(false),
);
