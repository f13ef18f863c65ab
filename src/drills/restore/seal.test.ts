import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSealed, sealing, unseal, verifySeal } from './seal.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'launchgate-seal-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function seal(plain: Buffer, secret = 'a secret'): Promise<string> {
  const path = join(folder, randomBytes(4).toString('hex'));
  await pipeline(Readable.from(plain.length === 0 ? [] : [plain]), sealing(secret), createWriteStream(path));
  return path;
}

async function open(path: string, secret = 'a secret'): Promise<Buffer> {
  const to = `${path}.plain`;
  await unseal(path, secret, createWriteStream(to));
  return readFileSync(to);
}

test.each([0, 1, 65_536, 1_000_003])('%i bytes come back as they were', async (length) => {
  const plain = randomBytes(length);
  const path = await seal(plain);
  expect(isSealed(path)).toBe(true);
  expect((await open(path)).equals(plain)).toBe(true);
  // A single byte stands in any file by chance.
  if (length > 16) expect(readFileSync(path).includes(plain)).toBe(false);
});

test('a byte that was changed, wherever it is, makes an error and no data', async () => {
  const sealed = readFileSync(await seal(Buffer.from('what must come back')));
  for (let at = 8; at < sealed.length; at += 1) {
    const path = join(folder, 'changed');
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    writeFileSync(path, changed);
    await expect(open(path), `byte ${at}`).rejects.toThrow(/not as it was written/);
    await expect(verifySeal(path, 'a secret'), `byte ${at}`).rejects.toThrow(/not as it was written/);
  }
});

test('another key, a file that was cut off, and one that was never sealed are refused', async () => {
  const path = await seal(randomBytes(1000));
  await expect(open(path, 'another')).rejects.toThrow(/another key/);
  truncateSync(path, 900);
  await expect(open(path)).rejects.toThrow(/not as it was written/);
  truncateSync(path, 20);
  await expect(open(path)).rejects.toThrow(/cut off/);
  writeFileSync(path, randomBytes(500));
  await expect(open(path)).rejects.toThrow(/not a sealed backup/);
});
