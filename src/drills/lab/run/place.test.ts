import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { unmount } from './mounts.ts';
import { lockLab, makePlace, removeFolder, removePlace } from './place.ts';
import { readState, writeState } from './state.ts';

let base: string;
let directory: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'launchgate-place-'));
  directory = join(base, 'lab');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('a folder that its holder has removed is another lab’s to take, before the holder is done', async () => {
  const first = await lockLab(directory);
  removeFolder(directory);
  expect(existsSync(directory)).toBe(false);
  const second = await lockLab(directory);
  writeState(directory, makePlace(directory, 'spec.yaml'));
  await first.release();
  expect(readState(directory)).toBeDefined();
  await expect(lockLab(directory)).rejects.toMatchObject({ code: 'refused' });
  await second.release();
});

test.skipIf(process.getuid?.() !== 0)('a file system that is read-only is called so', async () => {
  mkdirSync(directory);
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m,ro', 'launchgate', directory]);
  try {
    await expect(lockLab(join(directory, 'below', 'lab'))).rejects.toMatchObject({ code: 'EROFS' });
  } finally {
    await unmount(directory);
  }
});

test('a folder that is removed while it is being taken is made anew, and its lock is the one that counts', async () => {
  const first = await lockLab(directory);
  const { getBuiltinModule } = process;
  // Asked for when the folder is there and its lock is about to be taken.
  const asked = vi.spyOn(process, 'getBuiltinModule').mockImplementationOnce((id: string) => {
    removeFolder(directory);
    void first.release();
    return getBuiltinModule(id) as never;
  });
  onTestFinished(() => asked.mockRestore());
  const lock = await lockLab(directory);
  expect(asked).toHaveBeenCalledTimes(2);
  writeState(directory, makePlace(directory, 'spec.yaml'));
  await expect(lockLab(directory)).rejects.toMatchObject({ code: 'refused' });
  await lock.release();
});

/** Takes the lab, writes its state and removes it, again and again, at least once; says how often it did, and dies of anything but a refusal. */
const RIVAL = `
const { lockLab, makePlace, removeFolder } = await import(process.argv[1]);
const { readState, writeState } = await import(process.argv[2]);
let done = 0;
for (const end = Date.now() + 3000; Date.now() < end || done === 0;) {
  let lock;
  try { lock = await lockLab(process.argv[3]); } catch (error) { if (error.code === 'refused') continue; throw error; }
  const mine = makePlace(process.argv[3], String(process.pid));
  writeState(process.argv[3], mine);
  if (readState(process.argv[3])?.id !== mine.id) throw new Error('the state is another’s');
  removeFolder(process.argv[3]);
  await lock.release();
  done += 1;
}
console.log(done);
`;

test('commands that come and go at once never meet in one folder', { timeout: 60_000 }, async () => {
  const own = ['./place.ts', './state.ts'].map((name) => new URL(name, import.meta.url).href);
  const rivals = [1, 2, 3].map(async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', RIVAL, ...own, directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, complained] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return {
      code,
      complained: complained.replaceAll(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, ''),
      done: Number(said),
    };
  });
  for (const rival of await Promise.all(rivals)) {
    expect(rival).toMatchObject({ code: 0, complained: '' });
    expect(rival.done).toBeGreaterThan(0);
  }
});

test('what cannot be removed of a lab keeps its state, so that the next command finds it', () => {
  mkdirSync(directory);
  const state = makePlace(directory, 'spec.yaml');
  // Longer than a name may be.
  const lost = { ...state, scratch: join(base, 'x'.repeat(300), `launchgate-${state.id}`) };
  writeState(directory, lost);
  expect(() => removePlace(directory, lost, false)).toThrow();
  expect(readState(directory)).toMatchObject({ id: state.id });
});

test('what a killed removal has left goes with the next', () => {
  for (const name of ['lab', 'lab.0123abcd.removed', 'lab.backup.removed', 'lab2.0123abcd.removed'])
    mkdirSync(join(base, name, 'trust'), { recursive: true });
  removeFolder(directory);
  expect(readdirSync(base).sort()).toEqual(['lab.backup.removed', 'lab2.0123abcd.removed']);
});
