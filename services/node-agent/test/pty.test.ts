import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openPty } from '../src/pty.ts';

function shell(account: { uid?: number; gid?: number }, command: string): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    openPty({
      shell: '/bin/sh',
      args: ['-c', command],
      cwd: '/',
      environment: { PATH: '/usr/bin:/bin' },
      cols: 80,
      rows: 24,
      ...account,
      onData: (bytes) => void (output += bytes.toString()),
      onTaken() {},
      onExit: () => resolve(output.trim()),
    });
  });
}

const isRoot = process.getuid?.() === 0;

describe('the account of a shell', () => {
  it.each([{ uid: 65_534 }, { gid: 65_534 }, { uid: 0 }])('is not half of one: %j', async (half) => {
    await expect(shell(half, 'id -u')).rejects.toThrow('one of uid and gid is missing');
  });

  it('is its own without one', async () => {
    expect(await shell({}, 'id -u')).toBe(String(process.getuid?.()));
  });

  it.runIf(isRoot)('is the one that is given, without the groups of the agent', async () => {
    const own = process.getgroups?.() ?? [];
    process.setgroups?.([0, 4, 6]);
    const started = shell({ uid: 65_534, gid: 65_533 }, 'echo $(id -u) $(id -G)');
    const after = process.getgroups?.();
    process.setgroups?.(own);
    expect(await started).toBe('65534 65533');
    expect(after).toEqual([0, 4, 6]);
  });
});

describe('a terminal', () => {
  it('erases whole characters', async () => {
    expect(await shell({}, 'stty -a')).toMatch(/ iutf8/);
  });

  it('is all that its shell has open, however many others there are', async () => {
    const others = [shell({}, 'sleep 2'), shell({}, 'sleep 2')];
    // The fourth is the folder that is being listed.
    expect(await shell({}, 'echo $(ls /proc/self/fd)')).toBe('0 1 2 3');
    expect(await Promise.all(others)).toEqual(['', '']);
  });

  it('gives all that was written to it, in reads of any number', async () => {
    const numbers = await shell({}, 'seq 200000');
    expect(numbers).toBe(Array.from({ length: 200_000 }, (_, index) => index + 1).join('\r\n'));
  });

  it('holds nobody up while its shell reads nothing, and keeps what is for it', async () => {
    const [sent, paste] = [Buffer.alloc(1_048_576), 16_384];
    for (let at = 0; at < sent.length; at++) sent[at] = 33 + (at % 90);
    let output = '';
    const taken: Buffer[] = [];
    const ended = Promise.withResolvers<void>();
    const pty = openPty({
      shell: '/bin/sh',
      args: ['-c', `stty raw -echo; echo ready; sleep 1; head -c ${sent.length} | sha256sum`],
      cwd: '/',
      environment: { PATH: '/usr/bin:/bin' },
      cols: 80,
      rows: 24,
      onData: (bytes) => void (output += bytes.toString()),
      onTaken: (bytes) => void taken.push(bytes),
      onExit: () => ended.resolve(),
    });
    await expect.poll(() => output).toContain('ready');
    for (let at = 0; at < sent.length; at += paste) pty.write(sent.subarray(at, at + paste));
    expect(pty.unwritten).toBeGreaterThan(sent.length / 2);
    expect(await shell({}, 'echo another')).toBe('another');
    await ended.promise;
    expect(output).toContain(createHash('sha256').update(sent).digest('hex'));
    expect(pty.unwritten).toBe(0);
    expect(Buffer.concat(taken).equals(sent)).toBe(true);
  });

  it('is over a moment after its shell, whoever else has it open', async () => {
    const started = performance.now();
    expect(await shell({}, 'trap "" HUP; sleep 5 & echo over')).toBe('over');
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
