import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endProcesses, membersOf } from '../src/processes.ts';

describe('what a shell has started', () => {
  // It is in the session of these tests, as a shell is in its agent's until it leaves it.
  it('is the shell alone while it is only just forked, and ends with it', async () => {
    const child = spawn('sleep', ['60']);
    const ended = once(child, 'exit');
    expect(membersOf(child.pid ?? 0)).toEqual([child.pid]);
    expect(await endProcesses(child.pid ?? 0, 1000)).toBe(0);
    expect(await ended).toEqual([null, 'SIGHUP']);
  });

  it('is nothing that another has started', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const grandchild = Number(line.toString());
    expect(membersOf(grandchild)).toEqual([]);
    process.kill(grandchild);
    await once(child, 'exit');
  });
});
