import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needsRoot } from '../../../test/need.ts';
import { mountsIn, unmount } from '../lab/run/mounts.ts';
import { empty, fill, freeOn, moveToDisk, refuses, takeFromDisk } from './disk.ts';

const ROOM = 4 * 1024 * 1024;

describe.skipIf(!needsRoot())('a disk of its own', () => {
  let root: string;
  let data: string;
  beforeEach(() => {
    // A name that the kernel's table of mounts has to escape.
    root = mkdtempSync(join(tmpdir(), 'launchgate disk-'));
    data = join(root, 'data');
    mkdirSync(join(data, 'base'), { recursive: true });
    writeFileSync(join(data, 'base', 'rows'), 'before');
    chmodSync(join(data, 'base', 'rows'), 0o640);
  });
  afterEach(async () => {
    for (const place of mountsIn(root)) await unmount(place);
    rmSync(root, { recursive: true, force: true });
  });

  const rows = (): string => readFileSync(join(data, 'base', 'rows'), 'utf8');

  /** As it was, but for the rows, and nothing beside it. */
  function expectBack(text: string): void {
    expect(mountsIn(root)).toEqual([]);
    expect(readdirSync(root)).toEqual(['data']);
    expect(readdirSync(data)).toEqual(['base']);
    expect(rows()).toBe(text);
    expect(statSync(join(data, 'base', 'rows')).mode & 0o777).toBe(0o640);
  }

  test('is full, and has room again; what was written on it stays', async () => {
    await moveToDisk(data, ROOM);
    expect(mountsIn(root)).toEqual([data]);
    expect(freeOn(data)).toBeGreaterThan(ROOM / 2);
    expect(refuses(data, 8192)).toBe(false);
    fill(data, 4096);
    expect(freeOn(data)).toBeLessThanOrEqual(4096);
    expect(refuses(data, 8192)).toBe(true);
    empty(data);
    expect(refuses(data, 8192)).toBe(false);
    writeFileSync(join(data, 'base', 'rows'), 'meanwhile');
    fill(data, 0);
    await takeFromDisk(data);
    expectBack('meanwhile');
    await takeFromDisk(data);
    expectBack('meanwhile');
  });

  test('without one there is nothing to take away', async () => {
    await takeFromDisk(data);
    expectBack('before');
  });

  describe('taken away after it was cut short', () => {
    test('before the disk was there', async () => {
      renameSync(data, `${data}.whole`);
      await takeFromDisk(data);
      expectBack('before');
      renameSync(data, `${data}.whole`);
      mkdirSync(data);
      await takeFromDisk(data);
      expectBack('before');
    });

    test('while it was filled: what is on it is half of the data', async () => {
      await moveToDisk(data, ROOM);
      rmSync(`${data}.moved`);
      rmSync(join(data, 'base'), { recursive: true });
      await takeFromDisk(data);
      expectBack('before');
    });

    test('while it was copied back', async () => {
      await moveToDisk(data, ROOM);
      writeFileSync(join(data, 'base', 'rows'), 'meanwhile');
      mkdirSync(`${data}.copying`);
      writeFileSync(join(`${data}.copying`, 'half'), '');
      await takeFromDisk(data);
      expectBack('meanwhile');
    });

    test('when the disk was gone and the copy not in its place, and when it was', async () => {
      await moveToDisk(data, ROOM);
      await unmount(data);
      execFileSync('cp', ['-a', `${data}.whole`, `${data}.back`]);
      writeFileSync(join(`${data}.back`, 'base', 'rows'), 'meanwhile');
      await takeFromDisk(data);
      expectBack('meanwhile');
      execFileSync('cp', ['-a', data, `${data}.whole`]);
      writeFileSync(join(`${data}.whole`, 'base', 'rows'), 'before');
      writeFileSync(`${data}.moved`, '');
      await takeFromDisk(data);
      expectBack('meanwhile');
    });
  });

  test('a disk that cannot be made leaves the folder to be put back', async () => {
    await expect(moveToDisk(data, -1024 * 1024 * 1024)).rejects.toThrow('mount');
    await takeFromDisk(data);
    expectBack('before');
    expect(existsSync(`${data}.whole`)).toBe(false);
  });
});
