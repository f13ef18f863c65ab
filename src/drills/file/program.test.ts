import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { CannotTell } from '../../model/drill/drill.ts';
import { allProcesses, startedWith } from '../lab/run/proc.ts';
import { endProcesses, RUN_MARK } from '../undo/end-processes.ts';
import { nothingGivenUpRuns, runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchgate-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const newRun = () => randomBytes(6).toString('hex');
const processesOf = (run: string) => allProcesses().filter(({ pid }) => startedWith(pid, RUN_MARK) === run);
const shell = (script: string, run: string | undefined, signal: AbortSignal = never) =>
  runProgram({ argv: ['sh', '-c', script], folder, run, signal });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

describe('a program', () => {
  test('runs in its folder, without a terminal or an input that it could wait for', async () => {
    const { code, stdout, stderr } = await shell('pwd; cat; echo no >&2; exit 3', undefined);
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: `${folder}\n`, stderr: 'no\n' });
  });

  test('whose file is relative is that of its folder', async () => {
    await shell('printf "#!/bin/sh\\necho here" > own.sh; chmod +x own.sh', undefined);
    expect(await runProgram({ argv: ['./own.sh'], folder, run: undefined, signal: never })).toMatchObject({
      stdout: 'here\n',
    });
  });

  test('carries the mark of its run, and none where there is no run', async () => {
    expect((await shell(`echo "$${RUN_MARK}"`, 'abc')).stdout).toBe('abc\n');
    expect((await shell(`echo "$${RUN_MARK}"`, undefined)).stdout).toBe('\n');
  });

  test.each([
    [['/no/such/program'], 'could not be run'],
    [['true', 'a\0b'], 'could not be run'],
    [['sh', '-c', 'kill -9 $$'], 'was ended by SIGKILL'],
    [['sh', '-c', 'yes | head -c 2000000'], 'prints more than'],
  ])('that tells nothing cannot tell: %j', async (argv, message) => {
    const ended = runProgram({ argv, folder, run: undefined, signal: never });
    await expect(ended).rejects.toBeInstanceOf(CannotTell);
    await expect(ended).rejects.toThrow(message);
  });

  test('whose folder is gone says so', async () => {
    const gone = join(folder, 'gone');
    const ended = runProgram({ argv: ['true'], folder: gone, run: undefined, signal: never });
    await expect(ended).rejects.toThrow(`there is no folder ${gone}`);
  });
});

describe('a program that is given up', () => {
  test.each([
    ['children', 'sleep 300 & sleep 301 & echo > started; wait'],
    ['children that ignore TERM', "trap '' TERM; sleep 300 & sleep 301 & echo > started; wait"],
    ['children in groups of their own', "trap '' TERM; set -m; sleep 300 & sleep 301 & echo > started; wait"],
  ])('ends with its %s', async (_, script) => {
    const [run, stop] = [newRun(), new AbortController()];
    const ended = shell(script, run, stop.signal);
    await until(() => existsSync(join(folder, 'started')));
    rmSync(join(folder, 'started'));
    expect(processesOf(run).length).toBeGreaterThanOrEqual(3);
    stop.abort(new Error('its time is up'));
    const nothing = nothingGivenUpRuns();
    await expect(ended).rejects.toThrow('its time is up');
    expect(processesOf(run)).toEqual([]);
    await nothing;
  });

  test('may tidy up before it is killed', async () => {
    const [run, stop] = [newRun(), new AbortController()];
    const ended = shell("trap 'echo tidy > tidied; exit' TERM; echo > ready; sleep 300 & wait", run, stop.signal);
    await until(() => existsSync(join(folder, 'ready')));
    stop.abort(new Error('its time is up'));
    await expect(ended).rejects.toThrow('its time is up');
    expect(readFileSync(join(folder, 'tidied'), 'utf8')).toBe('tidy\n');
  });

  test('before it began is not begun', async () => {
    await expect(shell('echo > begun', undefined, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(existsSync(join(folder, 'begun'))).toBe(false);
  });
});

test('what a program leaves running ends with its run, also in a session of its own', async () => {
  const run = newRun();
  const { code } = await shell("trap '' TERM; setsid sleep 300 >/dev/null 2>&1 & sleep 301 >/dev/null 2>&1 &", run);
  expect(code).toBe(0);
  await until(() => processesOf(run).length === 2);
  await endProcesses.undo({ run }, never);
  expect(processesOf(run)).toEqual([]);
});
