import { describe, expect, it } from 'vitest';
import { policySchema } from '../model/policy.ts';
import { firstPolicy } from './first-policy.ts';
import { keyStatement, nextPolicy, policyStatement } from './statements.ts';
import { ago, drill, evidence, KEYS, POLICY, scan, testKey } from './gate.testkit.ts';
import { World } from './world.testkit.ts';

describe('the policy chain', () => {
  it('enacts a version once its quorum has signed, in one envelope or one after the other', () => {
    const world = new World();
    const second = policyStatement(nextPolicy(world.trust().policy, { nonWaivable: ['drilled'] }));
    world.log(second, [KEYS.ana], ago(9));
    expect(world.trust().policy.policy.version).toBe(1);
    world.log(second, [KEYS.ana], ago(8));
    expect(world.trust().policy.policy.version).toBe(1);
    world.log(second, [KEYS.cy], ago(7));
    expect(world.trust().policy).toMatchObject({ index: 3, since: ago(7), policy: { nonWaivable: ['drilled'] } });
  });

  it('counts the signatures of owners of the version in force only', () => {
    const world = new World();
    const second = policyStatement(nextPolicy(world.trust().policy, {}));
    world.log(second, [KEYS.di, KEYS.ed, KEYS.ci, KEYS.ana], ago(9));
    expect(world.trust().pending[0]?.because).toContain('signed by 1 of the 2 owners');
  });

  it('refuses a version that skips one, forks, or is malformed', () => {
    const world = new World();
    const first = world.trust().policy;
    const second = nextPolicy(first, { nonWaivable: ['a'] });
    const fork = nextPolicy(first, { nonWaivable: ['b'] });
    world.log(policyStatement(second), [KEYS.ana, KEYS.bo], ago(9));
    world.log(policyStatement(fork), [KEYS.ana, KEYS.bo], ago(8));
    world.log(
      evidence('https://launchgate.dev/predicate/policy/v1', { version: 3, policy: { kind: 'Policy' } }),
      [KEYS.ana],
      ago(7),
    );
    const { rejected, policy } = world.trust();
    expect(policy.policy.nonWaivable).toEqual(['a']);
    expect(rejected[0]?.because).toContain('version 2 does not follow version 2');
    expect(rejected[1]?.because).toContain('apiVersion');
  });

  it('does not go by the version before one that the owners put into force and that it cannot read', () => {
    const unread = (keys: Parameters<World['log']>[1]): World => {
      const world = new World();
      const next = nextPolicy(world.trust().policy, {}) as Record<string, unknown>;
      const predicate = { version: 2, policy: { ...next, quarantine: { days: 3 } } };
      world.log(evidence('https://launchgate.dev/predicate/policy/v1', predicate), keys, ago(9));
      return world;
    };
    expect(() => unread([KEYS.ana, KEYS.bo]).trust()).toThrow(
      /the owners put policy version 2 into force, and this release cannot read it: .*quarantine/,
    );
    expect(unread([KEYS.ana]).trust().policy.policy.version).toBe(1);
    expect(unread([KEYS.ci, KEYS.di]).trust().policy.policy.version).toBe(1);
  });

  it('drops a key that a version no longer lists, from there on', () => {
    const world = new World();
    world.log(drill(), [KEYS.ci], ago(9));
    const keys = POLICY.keys.filter(({ owner }) => owner !== 'workload/ci');
    world.log(policyStatement(nextPolicy(world.trust().policy, { keys })), [KEYS.ana, KEYS.bo], ago(8));
    world.log(scan(), [KEYS.ci], ago(7));
    const { evidence: kept, rejected } = world.trust();
    expect(kept.map(({ index }) => index)).toEqual([1]);
    expect(rejected[0]?.because).toContain('no key that was valid at this place');
  });

  it('ends a key at the index that the policy in force names, looking back', () => {
    const world = new World();
    world.log(drill(), [KEYS.ci], ago(9));
    world.log(scan(), [KEYS.ci], ago(8));
    const keys = POLICY.keys.map((key) => (key.owner === 'workload/ci' ? { ...key, notAfterIndex: 1 } : key));
    world.log(policyStatement(nextPolicy(world.trust().policy, { keys })), [KEYS.ana, KEYS.bo], ago(7));
    expect(world.trust().evidence.map(({ index }) => index)).toEqual([1]);
    expect(world.trust().rejected[0]?.because).toContain('ended one of its keys');
  });

  it('keeps the end of a key that a later version lists no more, or that is revoked on top', () => {
    const ended = (): World => {
      const world = new World();
      world.log(drill(), [KEYS.ci], ago(9));
      world.log(scan(), [KEYS.ci], ago(8));
      const keys = POLICY.keys.map((key) => (key.owner === 'workload/ci' ? { ...key, notAfterIndex: 1 } : key));
      world.log(policyStatement(nextPolicy(world.trust().policy, { keys })), [KEYS.ana, KEYS.bo], ago(7));
      return world;
    };
    const dropped = ended();
    const keys = POLICY.keys.filter(({ owner }) => owner !== 'workload/ci');
    dropped.log(policyStatement(nextPolicy(dropped.trust().policy, { keys })), [KEYS.ana, KEYS.bo], ago(6));
    const revoked = ended();
    const revoke = keyStatement({ action: 'revoke', key: KEYS.ci.enrolled.id, reason: 'It was copied.' });
    revoked.log(revoke, [KEYS.ana], ago(6));
    for (const world of [dropped, revoked]) expect(world.trust().evidence.map(({ index }) => index)).toEqual([1]);
    expect(dropped.trust().policy.policy.version).toBe(3);
  });

  it('never hands a key to another person', () => {
    const world = new World();
    const keys = POLICY.keys.map((key) => (key.owner === 'person/bo' ? { ...key, owner: 'person/ana' } : key));
    world.log(policyStatement(nextPolicy(world.trust().policy, { keys })), [KEYS.ana, KEYS.bo], ago(7));
    expect(world.trust().rejected[0]?.because).toContain('already belongs to person/bo');
  });
});

describe('keys', () => {
  it('enrols a key that a quorum of owners signed, for what comes after it', () => {
    const runner = testKey('workload/ci');
    const world = new World();
    world.log(drill(), [runner], ago(9));
    world.log(keyStatement({ action: 'add', key: runner.enrolled }), [KEYS.ana, KEYS.bo], ago(8));
    world.log(scan(), [runner], ago(7));
    expect(world.trust().evidence.map(({ index }) => index)).toEqual([3]);
  });

  it('lets a holder revoke their own key, and nobody else but an owner', () => {
    const revoke = (key: typeof KEYS.ed) =>
      keyStatement({ action: 'revoke', key: key.enrolled.id, reason: 'The laptop was lost.' });
    const own = new World();
    own.log(revoke(KEYS.ed), [KEYS.ed], ago(9));
    expect(own.trust().rejected).toEqual([]);
    const other = new World();
    other.log(revoke(KEYS.di), [KEYS.ed], ago(9));
    expect(other.trust().rejected[0]?.because).toContain('person/ed may not revoke');
  });

  it('never brings a revoked key back', () => {
    const world = new World();
    world.log(
      keyStatement({ action: 'revoke', key: KEYS.ci.enrolled.id, reason: 'It was copied.' }),
      [KEYS.ana],
      ago(9),
    );
    world.log(keyStatement({ action: 'add', key: KEYS.ci.enrolled }), [KEYS.ana, KEYS.bo], ago(8));
    expect(world.trust().rejected[0]?.because).toContain('was revoked at log index 1');
  });

  it('finds the signer without a hint, and is not led by a false one', () => {
    const world = new World();
    const entry = world.log(drill(), [KEYS.ci]);
    const [signature] = entry.envelope.signatures;
    for (const keyid of [undefined, KEYS.ana.enrolled.id, 'nonsense']) {
      const hinted = { sig: signature?.sig ?? '', ...(keyid === undefined ? {} : { keyid }) };
      world.entries[1] = { ...entry, envelope: { ...entry.envelope, signatures: [hinted] } };
      expect(world.trust().evidence[0]?.workloads).toEqual(['workload/ci']);
    }
  });

  it('refuses an envelope with more signatures than people could have made', () => {
    const world = new World();
    const entry = world.log(drill(), [KEYS.ci]);
    const signatures = Array.from({ length: 33 }, () => ({ sig: 'AAAA' }));
    world.entries[1] = { ...entry, envelope: { ...entry.envelope, signatures } };
    expect(world.trust().rejected[0]?.because).toContain('more than 32 signatures');
  });
});

it('starts with a policy that lets nobody approve alone', () => {
  const publicKey = new Uint8Array(Buffer.from(KEYS.ana.enrolled.publicKey, 'base64'));
  const policy = firstPolicy({ id: 'ana', name: 'Ana', publicKey }, 'https://launch.example.com');
  expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  expect(policy.breakGlass.quorum).toBe(2);
  expect(policy.authorities.map(({ predicate }) => predicate)).not.toContain('waiver');
});
