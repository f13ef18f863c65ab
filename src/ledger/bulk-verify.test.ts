import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bulkVerify } from './bulk-verify.ts';
import { verifyEd25519 } from './ed25519.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
const data = Buffer.from('what was signed');
const signature = sign(null, data, privateKey);

/** Each bit of a byte in every fourth place turned. */
function* damaged(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4)
    for (let bit = 0; bit < 8; bit += 1) yield bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
}

describe('verifying in bulk', () => {
  it('has the package that makes it fast', async () => {
    expect(await bulkVerify()).not.toBe(verifyEd25519);
  });

  it('accepts the signature', async () => {
    expect((await bulkVerify())(raw, data, signature)).toBe(true);
  });

  it('refuses a damaged signature, key or text, as one by one', async () => {
    const verify = await bulkVerify();
    for (const wrong of damaged(signature)) expect(verify(raw, data, wrong)).toBe(false);
    for (const wrong of damaged(raw))
      expect(verify(wrong, data, signature)).toBe(verifyEd25519(wrong, data, signature));
    for (const wrong of damaged(data)) expect(verify(raw, wrong, signature)).toBe(false);
  });

  it('refuses keys and signatures of a wrong length', async () => {
    const verify = await bulkVerify();
    for (const length of [0, 31, 33, 63, 65]) {
      expect(verify(Buffer.alloc(length), data, signature)).toBe(false);
      expect(verify(raw, data, Buffer.alloc(length))).toBe(false);
    }
  });
});
