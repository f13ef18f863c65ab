import { describe, expect, it } from 'vitest';
import type { PolicyInput } from '../model/policy.ts';
import { baselineFacts } from './baseline.ts';
import {
  baselineStatement,
  exclusionStatement,
  keyStatement,
  nextPolicy,
  policyStatement,
  signOffStatement,
} from './statements.ts';
import {
  control,
  CONTROLS,
  drill,
  judgement,
  scan,
  specOf,
  SUBJECT,
  testKey,
  ago,
  KEYS,
  NOW,
  POLICY,
} from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

const WAIVER = {
  control: 'drilled',
  environment: 'staging',
  reason: 'The restore drill waits for a new cluster.',
  requester: 'bo',
  issuedAt: ago(2),
  expires: ago(-20),
};

const WITH_SIGN_OFF: PolicyInput = {
  ...POLICY,
  gates: [
    {
      name: 'release',
      environment: 'staging',
      requires: [{ controls: ['checked', 'drilled', 'scanned'] }],
      signOffs: [{ topic: 'restore', roles: ['sre-lead', 'security-lead'] }],
    },
  ],
};

/** A world whose last GO was recorded, for the attacks on what it demanded. */
function afterGo(): World {
  const world = new World().satisfied();
  const decision = world.decide();
  expect(decision.verdict).toBe('GO');
  world.log(baselineStatement(decision, baselineFacts(world.input())), [KEYS.ci], ago(0.5));
  return world;
}

it('opens for a world in which nothing is attacked', () => {
  const decision = new World().satisfied().decide();
  expect(reasons(decision)).toBe('');
  expect(decision.verdict).toBe('GO');
});

describe('attacks on keys and policy', () => {
  it('refuses a key that enrols itself', () => {
    const world = new World();
    const mallory = testKey('workload/ci');
    world.log(keyStatement({ action: 'add', key: mallory.enrolled }), [mallory], ago(3));
    world.log(drill(), [mallory]);
    world.log(scan(), [KEYS.ci]);
    const decision = world.decide();
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('no key that was valid at this place of the log signed it');
  });

  it('refuses a policy version that lists a key and is signed by it', () => {
    const world = new World();
    const mallory = testKey('person/ana');
    const second = nextPolicy(world.trust().policy, { keys: [...POLICY.keys, mallory.enrolled] });
    world.log(policyStatement(second), [mallory, KEYS.bo], ago(3));
    expect(world.trust().policy.policy.version).toBe(1);
    expect(world.trust().pending[0]?.because).toContain('signed by 1 of the 2 owners');
  });

  it('refuses a lowered quorum that the quorum before it did not sign', () => {
    const world = new World();
    const lowered = nextPolicy(world.trust().policy, { owners: { persons: ['ana', 'bo', 'cy'], quorum: 1 } });
    world.log(policyStatement(lowered), [KEYS.ana], ago(3));
    const trust = world.trust();
    expect(trust.policy.policy.owners.quorum).toBe(2);
    expect(trust.pending[0]?.because).toContain('signed by 1 of the 2 owners that version 1 asks for');
  });

  it('refuses two keys of one person as two persons', () => {
    const second = testKey('person/ana');
    const world = new World({ ...POLICY, keys: [...POLICY.keys, second.enrolled] });
    const lowered = nextPolicy(world.trust().policy, { owners: { persons: ['ana'], quorum: 1 } });
    world.log(policyStatement(lowered), [KEYS.ana, second], ago(3));
    expect(world.trust().policy.policy.version).toBe(1);
    expect(world.trust().pending[0]?.because).toContain('signed by 1 of the 2 owners');
  });

  it('refuses two keys of one person as two sign-offs', () => {
    const second = testKey('person/ana');
    const people = POLICY.people.map((one) =>
      one.id === 'ana' ? { ...one, roles: ['sre-lead', 'security-lead'] } : one,
    );
    const world = new World({ ...WITH_SIGN_OFF, people, keys: [...POLICY.keys, second.enrolled] }).satisfied();
    world.log(signOffStatement(world.decide(), ['restore'], NOW), [KEYS.ana, second], NOW.toISOString());
    const decision = world.decide();
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('restore is not signed off by security-lead');
  });

  it('refuses a key that was revoked, though its owner lists it again', () => {
    const world = new World();
    world.log(
      keyStatement({ action: 'revoke', key: KEYS.ci.enrolled.id, reason: 'The runner was taken over.' }),
      [KEYS.ana],
      ago(2),
    );
    const again = nextPolicy(world.trust().policy, {});
    world.log(policyStatement(again), [KEYS.ana, KEYS.bo], ago(1.5));
    world.satisfied();
    expect(world.trust().policy.policy.version).toBe(2);
    expect(reasons(world.decide())).toContain('was revoked at log index 1');
  });

  it('refuses a policy that the candidate brings along: the root is pinned', () => {
    const own = new World({ ...POLICY, owners: { persons: ['ana'], quorum: 1 } });
    const pinned = new World();
    own.satisfied();
    expect(() => pinned.trust(own.entries)).toThrow(`the ledger holds no policy with the pinned root ${pinned.root}`);
  });

  it('refuses evidence of a kind that its signer may not sign', () => {
    const world = new World();
    world.log(drill(), [KEYS.di]);
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('person/di may not sign drill for environment staging');
  });
});

describe('attacks on what is demanded', () => {
  it('refuses a deleted store', () => {
    const decision = afterGo().decide({ spec: specOf({ stores: [] }) });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('store/orders rto was 7200 at the last GO and is gone');
  });

  it('refuses a deleted SLO', () => {
    const decision = afterGo().decide({ spec: specOf({ slos: [] }) });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('slo/api-availability objective was 99.9 at the last GO and is gone');
  });

  it('refuses a loosened RTO', () => {
    const stores = [{ name: 'orders', kind: 'postgres', rpo: '15m', rto: '8h' }];
    const decision = afterGo().decide({ spec: specOf({ stores }) });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('store/orders rto was 7200 at the last GO and is loosened to 28800');
  });

  it('refuses an objective that is measured by something else', () => {
    const slos = [{ name: 'api-availability', service: 'api', objective: 99.9, good: 'vector(1)', total: 'vector(1)' }];
    expect(reasons(afterGo().decide({ spec: specOf({ slos }) }))).toContain('slo/api-availability indicator was');
  });

  it("refuses a control of one's own that takes a weaker or an older proof", () => {
    const own = (accept: object) =>
      specOf({ controls: [{ id: 'pentest', title: 'Pentest', statement: 'It was tested.', accept }] });
    const world = new World().satisfied();
    const strict = { spec: own({ predicate: 'scan', maxAge: '30d' }) };
    const decision = world.decide(strict);
    expect(decision.verdict).toBe('GO');
    world.log(baselineStatement(decision, baselineFacts(world.input(strict))), [KEYS.ci], ago(0.5));
    expect(world.decide(strict).verdict).toBe('GO');
    expect(world.decide({ spec: own({ predicate: 'scan', maxAge: '7d' }) }).verdict).toBe('GO');
    expect(reasons(world.decide({ spec: own({ predicate: 'attachment', maxAge: '30d' }) }))).toContain(
      'control/pentest proof was scan at the last GO and is loosened to attachment',
    );
    expect(reasons(world.decide({ spec: own({ predicate: 'scan', maxAge: '365d' }) }))).toContain(
      'control/pentest greatest age of its proof',
    );
  });

  it("decides about a control of one's own that is called like a member of every object, and misses it once it is gone", () => {
    const controls = [...CONTROLS, control('constructor', ['accept'], { launch: false })];
    const own = { id: 'constructor', title: 'Own', statement: 'It holds.', accept: { predicate: 'attachment' } };
    const given = {
      controls,
      spec: specOf({ controls: [own], tracks: [{ id: 'a', title: 'A', controls: [own.id] }] }),
    };
    const expected = new Map([...CONTROLS.map(({ meta }) => meta.id), own.id].map((id) => [id, [SUBJECT]]));
    const world = new World().satisfied();
    const decision = world.decide({ ...given, expected });
    expect(decision.verdict).toBe('GO');
    world.log(baselineStatement(decision, baselineFacts(world.input({ ...given, expected }))), [KEYS.ci], ago(0.5));
    expect(reasons(world.decide())).toContain('control constructor was part of the last GO and is gone');
  });

  it('takes a tightened RTO', () => {
    const stores = [{ name: 'orders', kind: 'postgres', rpo: '5m', rto: '1h' }];
    expect(afterGo().decide({ spec: specOf({ stores }) }).verdict).toBe('GO');
  });

  it('refuses a subject that disappeared', () => {
    const world = afterGo();
    const decision = world.decide({
      expected: new Map([
        ['checked', [SUBJECT]],
        ['scanned', [SUBJECT]],
        ['drilled', []],
      ]),
    });
    expect(decision.requirements).toContainEqual(
      expect.objectContaining({ control: 'drilled', subject: SUBJECT, state: 'weakened', owner: 'ana, bo, cy' }),
    );
  });

  it('refuses a param that the platform loosened since the last GO', () => {
    const loose = judgement('checked', { paramOrigins: { minReplicas: { value: 1, from: 'platform' } } });
    const decision = afterGo().decide({ judgements: [loose] });
    expect(reasons(decision)).toContain('weakened: minReplicas was its default at the last GO and is 1 now');
  });

  it('refuses a baseline that its recorder lowers, and takes one that a quorum of owners signs once', () => {
    const world = afterGo();
    const weaker = { spec: specOf({ slos: [] }) };
    const lowered = baselineStatement(world.decide(weaker), baselineFacts(world.input(weaker)));
    world.log(lowered, [KEYS.ci], ago(0.4));
    world.log(lowered, [KEYS.ana], ago(0.4));
    expect(world.decide(weaker).verdict).toBe('NO-GO');
    world.log(lowered, [KEYS.bo], ago(0.3));
    expect(world.decide(weaker).verdict).toBe('GO');
    const strict = baselineStatement(world.decide(), baselineFacts(world.input()));
    world.log(strict, [KEYS.ci], ago(0.2));
    world.log(lowered, [KEYS.ana, KEYS.bo], ago(0.1));
    expect(reasons(world.decide(weaker))).toContain('slo/api-availability');
  });

  it('keeps to what the owners accepted when one of them leaves, and lets no later quorum stand in for theirs', () => {
    const weaker = { spec: specOf({ slos: [] }) };
    const leave = (world: World) =>
      world.log(
        policyStatement(nextPolicy(world.trust().policy, { owners: { persons: ['ana'], quorum: 1 } })),
        [KEYS.ana, KEYS.bo],
        ago(0.2),
      );
    const lowered = (world: World) => baselineStatement(world.decide(weaker), baselineFacts(world.input(weaker)));
    const accepted = afterGo();
    accepted.log(lowered(accepted), [KEYS.bo, KEYS.cy], ago(0.3));
    leave(accepted);
    expect(accepted.decide(weaker).verdict).toBe('GO');
    const alone = afterGo();
    alone.log(lowered(alone), [KEYS.ana], ago(0.3));
    leave(alone);
    expect(reasons(alone.decide(weaker))).toContain('slo/api-availability');
  });

  it('refuses notApplicable without a signature', () => {
    const spec = specOf({ notApplicable: [{ control: 'drilled', reason: 'we do not need it' }] });
    const decision = new World().satisfied().decide({ spec });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('declares it notApplicable, and no signed exclusion says so');
  });

  it('refuses a required control without any subject', () => {
    const expected = new Map([
      ['checked', [SUBJECT]],
      ['scanned', [SUBJECT]],
    ]);
    const decision = new World().satisfied().decide({ expected });
    expect(reasons(decision)).toContain('no subject is never a pass');
    const excluded = new World().satisfied();
    excluded.log(exclusionStatement(WAIVER), [KEYS.bo, KEYS.ana], ago(1));
    expect(excluded.decide({ expected }).verdict).toBe('GO');
  });

  it('refuses a param below the floor of the policy', () => {
    const world = new World({ ...POLICY, floors: { checked: { retention: { atLeast: '30d' } } } }).satisfied();
    const low = judgement('checked', { paramOrigins: { retention: { value: '7d', from: 'subject' } } });
    expect(reasons(world.decide({ judgements: [low] }))).toContain(
      'retention is 7d (set by subject), the policy wants at least 30d',
    );
  });
});
