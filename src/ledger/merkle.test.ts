import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  nodeHash,
  rangeHash,
  rootOf,
  sameHash,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from './merkle.ts';

/** The recursive definition of RFC 6962 §2.1, word for word, as the oracle. */
function oracle(leaves: readonly Uint8Array[]): Hash {
  const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Uint8Array.of(0), leaves[0] as Uint8Array);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Uint8Array.of(1), oracle(leaves.slice(0, split)), oracle(leaves.slice(split)));
}

const LEAVES = Array.from({ length: 300 }, (_, n) => Buffer.from(`leaf ${n}`));
const HASHES = LEAVES.map(leafHash);
const node = (level: number, index: number) =>
  Promise.resolve(rootOf(HASHES.slice(index * 2 ** level, (index + 1) * 2 ** level)));

describe('tree hash', () => {
  it('has the published roots of the certificate-transparency test tree', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const hashes = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(Buffer.from(EMPTY_ROOT).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(Buffer.from(rootOf(hashes.slice(0, 1))).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(Buffer.from(rootOf(hashes)).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it('agrees with the recursive definition at every size up to 300', async () => {
    for (let size = 0; size <= 300; size += 1) {
      const expected = oracle(LEAVES.slice(0, size));
      expect(sameHash(rootOf(HASHES.slice(0, size)), expected)).toBe(true);
      expect(sameHash(await rangeHash(0, size, node), expected)).toBe(true);
    }
  });
});

describe('inclusion', () => {
  it('proves every leaf of every tree up to 70, and nothing else', async () => {
    for (let size = 1; size <= 70; size += 1) {
      const root = rootOf(HASHES.slice(0, size));
      for (let index = 0; index < size; index += 1) {
        const proof = await inclusionProof(index, size, node);
        const leaf = HASHES[index] as Hash;
        expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true);
        expect(verifyInclusion(index, size, HASHES[index + 1] as Hash, proof, root)).toBe(false);
        expect(verifyInclusion(index + 1, size, leaf, proof, root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, [...proof, root], root)).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(index, size, leaf, proof.slice(1), root)).toBe(false);
      }
    }
  });

  it('refuses a leaf outside the tree', async () => {
    await expect(inclusionProof(5, 5, node)).rejects.toThrow(RangeError);
    expect(verifyInclusion(0, 0, HASHES[0] as Hash, [], EMPTY_ROOT)).toBe(false);
    expect(verifyInclusion(-1, 3, HASHES[0] as Hash, [], EMPTY_ROOT)).toBe(false);
    expect(verifyInclusion(0.5, 3, HASHES[0] as Hash, [], EMPTY_ROOT)).toBe(false);
  });
});

describe('consistency', () => {
  it('proves every pair of sizes up to 40', async () => {
    for (let now = 0; now <= 40; now += 1) {
      for (let old = 0; old <= now; old += 1) {
        const before = { size: old, root: rootOf(HASHES.slice(0, old)) };
        const after = { size: now, root: rootOf(HASHES.slice(0, now)) };
        expect(verifyConsistency(before, after, await consistencyProof(old, now, node))).toBe(true);
      }
    }
  });

  it('refuses a fork, a roll-back and a damaged proof', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 299 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        async (a, b, at) => {
          const [old, now] = a < b ? [a, b] : [b, a];
          const before = { size: old, root: rootOf(HASHES.slice(0, old)) };
          const after = { size: now, root: rootOf(HASHES.slice(0, now)) };
          const proof = await consistencyProof(old, now, node);
          const forked = { size: old, root: nodeHash(before.root, before.root) };
          expect(verifyConsistency(forked, after, proof)).toBe(false);
          if (old !== now) expect(verifyConsistency(after, before, proof)).toBe(false);
          if (proof.length > 0) {
            const damaged = proof.map((hash) => Uint8Array.from(hash));
            const hit = damaged[at % damaged.length] as Hash;
            hit[at % 32] = (hit[at % 32] as number) ^ 1;
            expect(verifyConsistency(before, after, damaged)).toBe(false);
          }
        },
      ),
    );
  });
});
