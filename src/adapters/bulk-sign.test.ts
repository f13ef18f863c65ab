import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bulkSign } from './bulk-sign.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);

describe('signing in bulk', () => {
  it('has the package that makes it fast', () => {
    expect(bulkSign(privateKey)).toBeDefined();
  });

  it('makes the signatures that OpenSSL makes, of texts of any length', () => {
    const inBulk = bulkSign(privateKey);
    for (const length of [0, 1, 63, 64, 65, 1000, 100_000]) {
      const data = Buffer.alloc(length, length);
      expect(inBulk?.(data)).toEqual(sign(null, data, privateKey));
    }
  });

  it('leaves the key that it was made of as it was', () => {
    bulkSign(privateKey);
    expect(verify(null, Buffer.from('later'), publicKey, sign(null, Buffer.from('later'), privateKey))).toBe(true);
  });
});
