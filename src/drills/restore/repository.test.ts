import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addBackup, inspectSealed, listBackups, newestBackup, type SealedPlace } from './repository.ts';

let place: SealedPlace;
beforeEach(() => {
  const folder = join(mkdtempSync(join(tmpdir(), 'launchgate-repository-')), 'repository');
  place = { folder, owner: undefined, secret: 'a secret' };
});
afterEach(() => rmSync(join(place.folder, '..'), { recursive: true, force: true }));

const words = (text: string) => async (to: Writable) => void to.end(text);

test('a backup is there whole or not at all, and is its owner’s alone', async () => {
  await addBackup(place, 'rdb', words('one'));
  const broken = addBackup(place, 'rdb', async (to) => {
    to.write('half of');
    throw new Error('the tool failed');
  });
  await expect(broken).rejects.toThrow('the tool failed');
  expect(listBackups(place.folder, 'rdb')).toHaveLength(1);
  expect(statSync(newestBackup(place.folder, 'rdb')).mode & 0o777).toBe(0o600);
  expect(statSync(place.folder).mode & 0o777).toBe(0o700);
  const { backups, exposed, plain, ageSeconds } = inspectSealed(place, 'rdb');
  expect({ backups, exposed, plain }).toEqual({ backups: 1, exposed: [], plain: [] });
  expect(ageSeconds).toBeLessThan(60);
});

test('two of each way are kept, the newest', async () => {
  for (const text of ['1', '2', '3']) await addBackup(place, 'rdb', words(text));
  await addBackup(place, 'aof', words('log'));
  const kept = listBackups(place.folder, 'rdb');
  expect(kept).toHaveLength(2);
  expect(kept[0]!.at).toBeGreaterThan(kept[1]!.at);
  expect(listBackups(place.folder, 'aof')).toHaveLength(1);
});

test('what others may read, what is not sealed, and no backup at all are told', async () => {
  expect(inspectSealed(place, 'rdb')).toMatchObject({ backups: 0, ageSeconds: undefined });
  expect(() => newestBackup(place.folder, 'rdb')).toThrow(/no backup by rdb/);
  await addBackup(place, 'rdb', words('one'));
  chmodSync(newestBackup(place.folder, 'rdb'), 0o644);
  writeFileSync(join(place.folder, '20200101T000000.000Z.rdb'), 'REDIS0010 as it is', { mode: 0o600 });
  const found = inspectSealed(place, 'rdb');
  expect(found.exposed).toEqual([newestBackup(place.folder, 'rdb')]);
  expect(found.plain).toEqual([join(place.folder, '20200101T000000.000Z.rdb')]);
});

test('the age is that of its name: a copy of an old file is not new', async () => {
  await addBackup(place, 'rdb', words('one'));
  for (const name of readdirSync(place.folder)) rmSync(join(place.folder, name));
  const old = join(place.folder, '20200101T000000.000Z.rdb');
  writeFileSync(old, 'x');
  utimesSync(old, new Date(), new Date());
  expect(inspectSealed(place, 'rdb').ageSeconds).toBeGreaterThan(365 * 86_400);
});
