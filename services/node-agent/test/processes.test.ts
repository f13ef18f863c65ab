import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
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

  it('is ended although descriptors have run out, and not said to be gone before somebody could look', async () => {
    const script = `
      import { execFile, spawn } from 'node:child_process';
      import { closeSync, openSync } from 'node:fs';
      import { endProcesses } from ${JSON.stringify(new URL('../src/processes.ts', import.meta.url).href)};
      const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
      const taken = [];
      child.once('exit', (_code, signal) => setTimeout(() => {
        console.log(signal, said);
        for (const descriptor of taken) closeSync(descriptor);
      }, 100));
      let said = 'nothing yet';
      try { for (;;) taken.push(openSync('/dev/null', 'r')); } catch {}
      endProcesses(child.pid, 1000).then((left) => console.log(said = left + ' left'));
    `;
    const limited = ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const { stdout } = await promisify(execFile)('sh', limited, { timeout: 20_000 });
    expect(stdout).toBe('SIGHUP nothing yet\n0 left\n');
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
