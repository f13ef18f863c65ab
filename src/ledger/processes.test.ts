import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { durableFiles } from '../adapters/durable-files.ts';
import { logKey } from './checkpoint.ts';
import { fsck } from './fsck.ts';
import { LedgerReader } from './read.ts';

const CHILD = fileURLToPath(new URL('../../test/ledger-child.ts', import.meta.url));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const logKeys = [logKey('example.com/launch', raw)];

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-ledger-'));
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  /** What it has reported so far: digest by index. */
  readonly reported: Map<number, string>;
  readonly ended: Promise<{ code: number | null; errors: string }>;
}

function start(name: string, count: number): Running {
  const store = join(folder, '.launchgate');
  const child = spawn(process.execPath, [CHILD, store, name, String(count), join(folder, 'key.pem')]);
  children.push(child);
  const reported = new Map<number, string>();
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    for (const line of output.split('\n').slice(0, -1)) {
      const [index = '', digest = ''] = line.split(' ');
      reported.set(Number(index), digest);
    }
  });
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, errors }));
  });
  return { child, reported, ended };
}

async function expectInLog(all: readonly Running[]): Promise<number> {
  const storage = durableFiles(join(folder, '.launchgate'));
  expect(await fsck({ storage, logKeys })).toMatchObject({ state: 'sound' });
  const reader = await LedgerReader.open({ storage, logKeys });
  const leaves = await reader.leaves(0, reader.checkpoint.size);
  for (const { reported } of all) for (const [index, digest] of reported) expect(leaves[index]?.envelope).toBe(digest);
  return leaves.length;
}

describe('several processes', () => {
  it('append to one ledger at once without losing or sharing an index', async () => {
    const running = ['a', 'b', 'c'].map((name) => start(name, 30));
    for (const { ended } of running) expect(await ended).toEqual({ code: 0, errors: '' });
    expect(await expectInLog(running)).toBe(90);
    expect(new Set(running.flatMap(({ reported }) => [...reported.keys()])).size).toBe(90);
  });

  it('lose nothing they reported when they are killed, and free the lock by it', async () => {
    const running: Running[] = [];
    for (let round = 0; round < 6; round += 1) {
      const victim = start(`round-${round}`, 5000);
      running.push(victim);
      while (victim.reported.size === 0) await sleep(5);
      await sleep(round * 7);
      victim.child.kill('SIGKILL');
      await victim.ended;
    }
    const last = start('last', 5);
    expect(await last.ended).toEqual({ code: 0, errors: '' });
    const total = running.reduce((sum, { reported }) => sum + reported.size, last.reported.size);
    expect(await expectInLog([...running, last])).toBeGreaterThanOrEqual(total);
  });
});
