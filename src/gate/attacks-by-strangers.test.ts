import { describe, expect, it } from 'vitest';
import { envelopeDigest, PAYLOAD_TYPE } from '../ledger/envelope.ts';
import { parseStatement } from '../ledger/statement.ts';
import { PREDICATE } from '../model/evidence.ts';
import { policyStatement, nextPolicy } from './statements.ts';
import { ago, KEYS } from './gate.testkit.ts';
import { World } from './world.testkit.ts';

/** Logs a statement as its text stands, with a signature that is nobody's: whoever brings a branch can have that done. */
function logUnsigned(world: World, predicateType: string, predicate: string): void {
  const text = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"${'a1'.repeat(32)}"}}],"predicateType":"${predicateType}","predicate":${predicate}}`;
  const payload = Buffer.from(text);
  const signatures = [{ keyid: KEYS.ana.enrolled.id, sig: Buffer.alloc(64).toString('base64') }];
  const envelope = { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures };
  world.entries.push({
    index: world.entries.length,
    sequencedAt: ago(1),
    digest: envelopeDigest(envelope),
    envelope,
    statement: parseStatement(payload, 'x'),
  });
}

describe('attacks by whoever may offer evidence', () => {
  it.each([
    ['a policy with a number beyond all bounds', PREDICATE.policy, '{"version":2,"policy":{"x":1e999}}'],
    ['a policy that is left out', PREDICATE.policy, '{"version":2}'],
    ['a policy that is none', PREDICATE.policy, '{"version":2,"policy":{"people":{"length":1e9},"keys":null}}'],
    ['a policy statement without a predicate', PREDICATE.policy, 'null'],
    ['a key without bounds', PREDICATE.key, '{"action":"add","key":{"notAfterIndex":1e999}}'],
    ['a decision without a time', PREDICATE.verificationSummary, '{"timeVerified":1e999}'],
    ['a baseline of nothing', PREDICATE.baseline, '[1e999]'],
    ['a drill of a member of every object', PREDICATE.drill, '{"control":"__proto__","subject":"constructor"}'],
  ])('refuses %s, and decides as if it were not there', (_what, predicateType, predicate) => {
    const world = new World().satisfied();
    logUnsigned(world, predicateType, predicate);
    expect(world.decide().verdict).toBe('GO');
    expect(world.trust().rejected).toHaveLength(1);
  });

  it('does not read the policy of a stranger: it may be made to take long', () => {
    const world = new World();
    logUnsigned(world, PREDICATE.policy, '{"version":2,"policy":{"people":"none"}}');
    expect(world.trust().rejected[0]?.because).toContain('no key that was valid at this place of the log signed it');
  });

  it('reads a long policy of somebody who may not propose one in a moment', () => {
    const world = new World();
    const identities = Array.from({ length: 100_000 }, (_, at) => at.toString(36));
    const long = nextPolicy(world.trust().policy, { targets: [{ environment: 'staging', identities }] });
    world.log(policyStatement(long), [KEYS.ci], ago(3));
    const began = performance.now();
    expect(world.trust().rejected[0]?.because).toContain('signed by 0 of the 2 owners');
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
