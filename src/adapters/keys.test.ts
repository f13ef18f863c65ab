import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../model/digest.ts';
import { fileSigner, parsePublicKey, readPublicKey } from './keys.ts';

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'launchgate-keys-'));
  folder = join(home, 'config', 'keys');
});

afterEach(() => rmSync(home, { recursive: true }));

describe('a key file', () => {
  it('is made at first use, for its owner only, and used from then on', async () => {
    const first = await fileSigner(folder, 'alice');
    const again = await fileSigner(folder, 'alice');
    expect(again.keyId).toBe(first.keyId);
    expect(first.keyId).toBe(sha256(first.publicKey));
    expect(statSync(join(folder, 'alice.key')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).sort()).toEqual(['alice.key', 'alice.pub']);
    const publicKey = readFileSync(join(folder, 'alice.pub'), 'utf8');
    expect(verify(null, Buffer.from('x'), createPublicKey(publicKey), await again.sign(Buffer.from('x')))).toBe(true);
    expect(Buffer.from(parsePublicKey(publicKey, 'pub')).equals(Buffer.from(first.publicKey))).toBe(true);
  });

  it('is one and the same for all who make it at once', async () => {
    const signers = await Promise.allSettled(Array.from({ length: 8 }, () => fileSigner(folder, 'bob')));
    const ids = new Set(signers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.keyId] : [])));
    expect(ids).toEqual(new Set([(await fileSigner(folder, 'bob')).keyId]));
    expect(signers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'fulfilled'));
  });

  it.each([0o640, 0o604, 0o660, 0o620])('with mode %i is refused', async (mode) => {
    await fileSigner(folder, 'alice');
    chmodSync(join(folder, 'alice.key'), mode);
    await expect(fileSigner(folder, 'alice')).rejects.toMatchObject({
      code: 'key-invalid',
      message: expect.stringContaining('others may use it'),
    });
  });

  it('in a folder that others may enter is refused', async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    await expect(fileSigner(folder, 'alice')).rejects.toThrow('others may look into it');
  });

  it('behind a link is refused', async () => {
    await fileSigner(folder, 'alice');
    symlinkSync(join(folder, 'alice.key'), join(folder, 'link.key'));
    await expect(fileSigner(folder, 'link')).rejects.toThrow('it is a link');
  });

  it('of another kind, or no key at all, is refused without being quoted', async () => {
    await fileSigner(folder, 'alice');
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const [name, text] of [
      ['ec', rsa.toString()],
      ['none', 'secret words'],
    ] as const) {
      writeFileSync(join(folder, `${name}.key`), text, { mode: 0o600 });
      const refused = await fileSigner(folder, name).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'key-invalid', message: expect.not.stringContaining('secret') });
    }
  });

  it.each(['', '../x', 'a/b', '.hidden', 'a b'])('cannot be named %j', async (name) => {
    await expect(fileSigner(folder, name)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a public key', () => {
  it.each(['', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])(
    '%j is refused',
    (text) => {
      expect(() => parsePublicKey(text, 'x.pub')).toThrow('x.pub: ');
    },
  );

  it('is read from a file', async () => {
    const { publicKey } = await fileSigner(folder, 'alice');
    expect(Buffer.from(readPublicKey(join(folder, 'alice.pub'))).equals(Buffer.from(publicKey))).toBe(true);
    expect(() => readPublicKey(join(folder, 'nobody.pub'))).toThrow('cannot be read: ENOENT');
  });

  it('is not taken from a private one', async () => {
    await fileSigner(folder, 'alice');
    expect(() => parsePublicKey(readFileSync(join(folder, 'alice.key'), 'utf8'), 'x')).toThrow(
      'expected an Ed25519 public key',
    );
  });
});
