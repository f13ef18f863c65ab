import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { logKey, signCheckpoint } from './checkpoint.ts';
import { inclusionProof, leafHash, rootOf } from './merkle.ts';
import { formatProof, parseProof, verifyProof } from './proof.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const key = logKey('example.com/log', raw);
const signer = {
  keyId: `sha256:${'0'.repeat(64)}` as const,
  publicKey: raw,
  sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)),
};
const entries = Array.from({ length: 11 }, (_, n) => Buffer.from(`entry ${n}`));
const hashes = entries.map(leafHash);
const { bytes: checkpoint } = await signCheckpoint(
  { origin: 'example.com/log', size: 11, root: rootOf(hashes) },
  signer,
);

async function proofOf(index: number) {
  return inclusionProof(index, 11, (level, at) =>
    Promise.resolve(rootOf(hashes.slice(at * 2 ** level, (at + 1) * 2 ** level))),
  );
}

describe('a .tlog-proof file', () => {
  it.each([0, 7, 10])('proves entry %i offline', async (index) => {
    const file = formatProof({ index, hashes: await proofOf(index), checkpoint });
    const proof = parseProof(file, 'x.tlog-proof');
    expect(verifyProof(proof, entries[index] as Buffer, [key], 'x.tlog-proof').size).toBe(11);
    expect(() => verifyProof(proof, Buffer.from('another'), [key], 'x.tlog-proof')).toThrow('do not lead');
    expect(() => verifyProof({ ...proof, index: (index + 1) % 11 }, entries[index] as Buffer, [key], 'x')).toThrow();
  });

  it('has the lines of the specification', async () => {
    const file = formatProof({ index: 7, hashes: await proofOf(7), checkpoint, extra: Buffer.from('hi') });
    const lines = Buffer.from(file).toString().split('\n');
    expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'extra aGk=', 'index 7']);
    expect(lines.slice(7, 10)).toEqual(['', 'example.com/log', '11']);
    expect(Buffer.from(parseProof(file, 'x').extra ?? []).toString()).toBe('hi');
  });

  it.each([
    ['', 'no empty line'],
    ['c2sp.org/tlog-proof@v2\nindex 0\n\n', 'the first line'],
    ['c2sp.org/tlog-proof@v1\nextra aGk=\n\n', 'no line with the index'],
    ['c2sp.org/tlog-proof@v1\nindex 01\n\n', 'no line with the index'],
    ['c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n', 'not 32 bytes'],
    ['c2sp.org/tlog-proof@v1\nindex 1\n!\n\n', 'not base64'],
    [`c2sp.org/tlog-proof@v1\nindex 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n`, 'more than 63'],
  ])('%j is refused', (file, reason) => {
    expect(() => parseProof(Buffer.from(file), 'x.tlog-proof')).toThrow(reason);
  });
});
