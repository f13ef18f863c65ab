import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeScratch } from './scratch.ts';

it('goes away when it is disposed of, with what it holds, and leaves no listener behind', () => {
  const before = process.listenerCount('SIGINT');
  const [one, other] = [makeScratch('test'), makeScratch('test')];
  writeFileSync(join(one.path, 'file'), 'x');
  one.dispose();
  one.dispose();
  expect([existsSync(one.path), existsSync(other.path)]).toEqual([false, true]);
  other.dispose();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

it('says where no folder can be made, and what decides where', () => {
  vi.stubEnv('TMPDIR', '/nowhere/at-all');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(() => makeScratch('test')).toThrow(
    'no folder can be made in /nowhere/at-all: ENOENT: no such file or directory',
  );
});

/** Starts a process that makes a folder and says where, and then does as it is told. */
async function made(then: string) {
  const script = `
    import { makeScratch } from ${JSON.stringify(new URL('scratch.ts', import.meta.url).href)};
    const { path, dispose } = makeScratch('test');
    ${then};
    process.stdout.write(path);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [path] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, path: path.toString() };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('goes away by %s, which ends the process', async (signal) => {
  const { child, path } = await made('setInterval(() => undefined, 1000)');
  expect(existsSync(path)).toBe(true);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([null, signal]);
  expect(existsSync(path)).toBe(false);
});

it('leaves a signal to who else listens to it', async () => {
  const { child, path } = await made(
    "process.once('SIGINT', () => setTimeout(() => { dispose(); process.exit(7); }, 50)); setInterval(() => undefined, 1000)",
  );
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([7, null]);
  expect(existsSync(path)).toBe(false);
});
