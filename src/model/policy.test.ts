import { describe, expect, it } from 'vitest';
import { sha256 } from './digest.ts';
import { policyDigest, policyParams, policySchema, rolesOf, type PolicyInput } from './policy.ts';

const raw = Buffer.alloc(32, 7);
const base: PolicyInput = {
  apiVersion: 'launchgate/v1',
  kind: 'Policy',
  version: 1,
  verifier: { id: 'https://launch.example.com' },
  people: [
    { id: 'ana', name: 'Ana', roles: ['sre-lead'] },
    { id: 'bo', name: 'Bo' },
  ],
  keys: [{ id: sha256(raw), publicKey: raw.toString('base64'), owner: 'person/ana' }],
  owners: { persons: ['ana', 'bo'], quorum: 2 },
};

function mistakes(change: Partial<PolicyInput> | Record<string, unknown>): string {
  const parsed = policySchema.safeParse({ ...base, ...change });
  return parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join('\n');
}

describe('policySchema', () => {
  it('has defaults that let nobody through', () => {
    expect(policySchema.parse(base)).toMatchObject({
      authorities: [],
      targets: [],
      waivers: { maxDays: 30, maxTotalDays: 90, approvers: ['owner'] },
      breakGlass: { quorum: 2, maxHours: 4, approvers: ['owner'] },
      maxClockSkew: '5m',
    });
  });

  it.each([
    [{ owners: { persons: ['ana'], quorum: 2 } }, 'a quorum of 2 cannot be met'],
    [{ owners: { persons: ['ana', 'ana'], quorum: 2 } }, 'owner ana is listed twice'],
    [{ owners: { persons: ['eve'], quorum: 1 } }, 'owner eve is not one of the people'],
    [{ people: [{ id: 'ana', name: 'Ana', roles: ['owner'] }] }, 'the role owner comes from owners.persons only'],
    [{ version: 2 }, 'expected in every version but the first'],
    [{ keys: [{ ...base.keys[0], id: sha256('other') }] }, 'is not the SHA-256 of its public key'],
    [{ keys: [{ ...base.keys[0], owner: 'person/eve' }] }, 'its owner person/eve is not one of the people'],
    [{ keys: [{ ...base.keys[0], publicKey: 'AAAA' }] }, 'has 3 bytes, expected 32'],
    [{ keys: [base.keys[0], base.keys[0]] }, 'is listed twice'],
    [{ targets: [{ environment: 'lab', identities: ['x'] }] }, 'the lab enrols itself'],
    [
      { targets: ['a', 'b'].map((environment) => ({ environment, identities: ['x'] })) },
      'identity x is enrolled twice',
    ],
    [{ breakGlass: { quorum: 1 } }, '>=2'],
    [
      { gates: [{ name: 'g', environment: 'x', requires: [{ halves: ['drill'] }] }] },
      'expected at least one of launch',
    ],
    [{ gates: [{ name: 'g', environment: 'x', requires: [{ launch: true }], evidenceFrom: ['lab'] }] }, 'the lab only'],
    [{ authorities: [{ predicate: 'drill', signers: {} }] }, 'expected a signer'],
    [{ sings: true }, 'Unrecognized key'],
  ])('refuses %j', (change, message) => {
    expect(mistakes(change)).toContain(message);
  });

  it('gives owners their role, and others only what they were given', () => {
    const policy = policySchema.parse(base);
    expect(rolesOf(policy, 'ana')).toEqual(['sre-lead', 'owner']);
    expect(rolesOf(policy, 'eve')).toEqual([]);
  });
});

it('digests the document as written, whatever its order', () => {
  const reversed = Object.fromEntries(Object.entries(base).toReversed());
  expect(policyDigest(reversed)).toBe(policyDigest(base));
  expect(policyDigest({ ...base, nonWaivable: [] })).not.toBe(policyDigest(base));
});

it('gives the engine the values of its floors', () => {
  const floors = { a: { days: { atLeast: '30d' }, burst: { atMost: 5 }, mode: { exactly: 'block' } } };
  expect(policyParams(policySchema.parse({ ...base, floors }))).toEqual({
    a: { days: '30d', burst: 5, mode: 'block' },
  });
});
