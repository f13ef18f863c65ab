import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { untilForgotten } from './forgotten.ts';
import { processInfo } from './proc.ts';

test('a process that has ended is waited for until its parent has noticed', { timeout: 30_000 }, async () => {
  // The parent becomes a program that looks after no child; once it ends, init does. The child waits for that: a shell might notice its end.
  const child = 'until grep -q sleep /proc/$PPID/comm; do :; done';
  const parent = spawn('sh', ['-c', `sh -c '${child}' & echo $!; exec sleep 4`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number.parseInt(line.toString(), 10);
  await expect.poll(() => processInfo(pid)?.defunct, { timeout: 4000 }).toBe(true);
  await untilForgotten(pid, AbortSignal.timeout(20_000));
  expect(processInfo(pid)).toBeUndefined();
});

test('one that never was is not waited for', async () => {
  await untilForgotten(2 ** 22 + 1, AbortSignal.timeout(1000));
});
