import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../test/need.ts';
import { filesIn, type LedgerStorage } from '../model/ledger-storage.ts';
import { durableFiles } from './durable-files.ts';

let folder: string;
let root: string;
let storage: LedgerStorage;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-files-'));
  root = join(folder, '.launchgate');
  storage = durableFiles(root);
});

afterEach(() => rmSync(folder, { recursive: true }));

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });

describe('durable files', () => {
  it('are made with their folders, read back, and leave no temporary files', async () => {
    await storage.replace([file('a/b/c', 'one'), file('a/d', 'two')]);
    expect(Buffer.from((await storage.read('a/b/c', 10)) ?? []).toString()).toBe('one');
    expect(await storage.list('a')).toEqual(['b/', 'd']);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });

  it('are created once, and replaced as often as wanted', async () => {
    expect(await storage.create([file('x', 'one'), file('y', 'one')])).toEqual(['created', 'created']);
    expect(await storage.create([file('x', 'two'), file('z', 'two')])).toEqual(['exists', 'created']);
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('one');
    await storage.replace([file('x', 'three')]);
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('three');
  });

  it('that are missing are undefined, in missing folders too', async () => {
    expect(await storage.read('no/such/file', 10)).toBeUndefined();
    expect(await storage.list('no/such')).toEqual([]);
    expect(filesIn(await storage.readMany(['no', 'no/such'], 10))).toEqual([undefined, undefined]);
    await expect(storage.remove(['no/such'])).resolves.toBeUndefined();
  });

  it('over the limit are refused, those at the limit are not', async () => {
    await storage.replace([file('x', 'x'.repeat(200_000))]);
    expect(await storage.read('x', 200_000)).toHaveLength(200_000);
    await expect(storage.read('x', 199_999)).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });

  it('are never read or written through links', async () => {
    await storage.replace([file('real/x', 'x')]);
    writeFileSync(join(folder, 'outside'), 'secret');
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'outside'), join(root, 'link'));
    symlinkSync(join(folder, 'elsewhere'), join(root, 'away'));
    await expect(storage.read('link', 100)).rejects.toMatchObject({ code: 'ledger-unreadable' });
    await expect(storage.read('away/x', 100)).rejects.toThrow('expected a folder');
    await expect(storage.replace([file('away/x', 'x')])).rejects.toThrow('expected a folder');
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    await storage.replace([file('link', 'new')]);
    expect(readFileSync(join(folder, 'outside'), 'utf8')).toBe('secret');
  });

  it('stay inside their root', async () => {
    for (const path of ['../x', 'a/../../x', './x', 'x\0y'])
      await expect(storage.replace([file(path, 'x')])).rejects.toMatchObject({ code: 'internal' });
  });

  it('that turn out to be folders or pipes are errors, and never waited for', async () => {
    mkdirSync(join(root, 'folder'), { recursive: true });
    await expect(storage.read('folder', 10)).rejects.toMatchObject({ code: 'ledger-unreadable' });
    if (!needs('mkfifo')) return;
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await storage.read('pipe', 10)).toHaveLength(0);
  });

  it('whose writers are gone are swept up, those of living ones are not', async () => {
    mkdirSync(join(root, 'tmp'), { recursive: true });
    for (const name of ['4194305-aa', `${process.pid}-bb`, 'other']) writeFileSync(join(root, 'tmp', name), '');
    await (await storage.lock(1000)).release();
    expect(readdirSync(join(root, 'tmp')).sort()).toEqual([`${process.pid}-bb`, 'other'].sort());
  });
});

describe('the lock', () => {
  it('is held by one at a time, in one process too, and names its holder', async () => {
    const held = await storage.lock(1000);
    const refused = durableFiles(root).lock(60);
    await expect(refused).rejects.toMatchObject({
      code: 'ledger-locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await held.release();
    await held.release();
    await (await durableFiles(root).lock(60)).release();
  });

  it('is waited for', async () => {
    const held = await storage.lock(1000);
    const waiting = durableFiles(root).lock(10_000);
    setTimeout(() => void held.release(), 50);
    await (await waiting).release();
  });

  it('is not taken through a link', async () => {
    mkdirSync(join(root, 'ledger'), { recursive: true });
    symlinkSync(join(folder, 'target'), join(root, 'ledger', 'lock'));
    await expect(storage.lock(60)).rejects.toMatchObject({ code: 'ledger-unreadable' });
  });

  it.each([
    ['a link', (path: string) => symlinkSync(join(folder, 'of-somebody'), path)],
    ['a pipe that nobody reads', (path: string) => execFileSync('mkfifo', [path])],
  ])('leaves no note through %s, and waits for none', async (_what, place) => {
    mkdirSync(join(root, 'ledger'), { recursive: true });
    writeFileSync(join(folder, 'of-somebody'), 'precious');
    place(join(root, 'ledger', 'lock.holder'));
    const held = await storage.lock(1000);
    await expect(durableFiles(root).lock(60)).rejects.toMatchObject({ code: 'ledger-locked' });
    await held.release();
    expect(readFileSync(join(folder, 'of-somebody'), 'utf8')).toBe('precious');
  });

  it('is not taken on a file that is not empty: a journal beside it could have any file taken back', async () => {
    mkdirSync(join(root, 'ledger'), { recursive: true });
    writeFileSync(join(root, 'ledger', 'lock'), 'not of SQLite'.repeat(50));
    await expect(storage.lock(60)).rejects.toMatchObject({
      code: 'ledger-unreadable',
      message: expect.stringContaining('expected a plain, empty lock file') as string,
    });
  });
});
