import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parseStat, processInfo, runs } from './proc.ts';
import { endProcess } from './stop.ts';

const REST = '1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1024 7';

test.each(['sh', 'a b', 'evil) S 1 2 3', ')(', 'x\n1'])('a name such as %j does not shift the fields', (name) => {
  expect(parseStat(`4711 (${name}) S ${REST}`)).toEqual({
    pid: 4711,
    parent: 1,
    session: 4711,
    startedAt: 98_765,
    defunct: false,
  });
});

test.each(['', '4711', '4711 (sh', '(sh) S 1 2', 'x (sh) S 1 1 1 1 1'])('%j is no line of a process', (line) => {
  expect(parseStat(line)).toBeUndefined();
});

test('a process is ended, and one that was given its pid since is not', async () => {
  const child = spawn('sleep', ['60']);
  const id = processInfo(child.pid!)!;
  expect(runs(id)).toBe(true);
  expect(await endProcess({ ...id, startedAt: id.startedAt - 1 }, 'SIGKILL', 100)).toBe('absent');
  expect(runs(id)).toBe(true);
  const ended = once(child, 'exit');
  expect(await endProcess(id, 'SIGTERM', 10_000)).toBe('ended');
  await ended;
  expect(runs(id)).toBe(false);
});

test('a process that was stopped ends, and one that does not heed is killed', async () => {
  const stopped = spawn('sleep', ['60']);
  stopped.kill('SIGSTOP');
  expect(await endProcess(processInfo(stopped.pid!), 'SIGTERM', 10_000)).toBe('ended');
  const deaf = spawn('sh', ['-c', 'trap "" TERM; echo deaf; while :; do sleep 60; done']);
  await once(deaf.stdout, 'data');
  expect(await endProcess(processInfo(deaf.pid!), 'SIGTERM', 200)).toBe('killed');
});
