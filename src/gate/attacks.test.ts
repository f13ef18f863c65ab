import { describe, expect, it } from 'vitest';
import { PREDICATE } from '../model/evidence.ts';
import type { PolicyInput } from '../model/policy.ts';
import { baselineFacts } from './baseline.ts';
import {
  candidateOf,
  CONTROLS,
  drill,
  evidence,
  fake,
  judgement,
  scan,
  specOf,
  SUBJECT,
  testKey,
} from './gate.testkit.ts';
import { ago, binding, KEYS, NOW, POLICY, reasons, World } from './gate.testkit.ts';
import { snapshotAt } from './replay.ts';
import {
  baselineStatement,
  exclusionStatement,
  keyStatement,
  nextPolicy,
  policyStatement,
  signOffStatement,
  waiverStatement,
} from './statements.ts';
import { signableSummary } from './vsa.ts';

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

describe('attacks with evidence', () => {
  it('refuses lab evidence offered for staging', () => {
    const world = new World();
    world.log(drill({ environment: 'lab', target: 'lab:this-machine' }), [KEYS.ci]);
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('it comes from the lab, which never serves staging');
  });

  it('refuses lab evidence that calls itself staging', () => {
    const world = new World();
    world.log(drill({ target: 'lab:this-machine' }), [KEYS.ci]);
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('ran against target lab:this-machine, which the policy does not know');
  });

  it('refuses a policy that would let the lab serve another environment', () => {
    const [gate] = POLICY.gates ?? [];
    expect(gate).toBeDefined();
    const gates = gate === undefined ? [] : [{ ...gate, evidenceFrom: ['lab'] }];
    expect(() => policyStatement({ ...POLICY, gates })).toThrow('evidence from the lab serves the lab only');
  });

  it('refuses staging evidence for production without evidenceFrom', () => {
    const gates = (from: string[]) => [
      { name: 'release', environment: 'production', evidenceFrom: from, requires: [{ controls: ['drilled'] }] },
    ];
    const world = (from: string[]) => new World({ ...POLICY, gates: gates(from) }).satisfied();
    const change = { candidate: candidateOf({ environment: 'production' }), judgements: [] };
    const refused = world([]).decide(change);
    expect(refused.verdict).toBe('NO-GO');
    expect(reasons(refused)).toContain(
      'it is for environment staging, and the gate takes none from there for production',
    );
    expect(world(['staging']).decide(change).verdict).toBe('GO');
  });

  it("refuses another candidate's evidence", () => {
    const world = new World();
    world.log(drill(), [KEYS.ci]);
    world.log(scan({ scanned: [fake('another image')] }), [KEYS.ci]);
    const decision = world.decide();
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('which is no image or commit of this candidate');
  });

  it('refuses a drill of what has changed since', () => {
    const world = new World().satisfied();
    const changed = world.decide({ bindings: [binding('drilled', 'staging', { input: fake('a policy was added') })] });
    expect(changed.requirements).toContainEqual(expect.objectContaining({ control: 'drilled', state: 'drifted' }));
    expect(reasons(changed)).toContain('what the control reads of the platform has changed since');
  });

  it('refuses a drill that says pass over an observation that was missed', () => {
    const world = new World();
    const observations = [{ name: 'restore', value: 90, unit: 's', target: 60, met: false }];
    world.log(drill({ observations }), [KEYS.ci]);
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('failed: the drill missed: restore 90 s, target 60');
  });

  it('refuses an old pass that is logged again after a later failure', () => {
    const world = new World();
    const passed = drill({ startedAt: ago(5.1), finishedAt: ago(5) });
    world.log(passed, [KEYS.ci], ago(5));
    world.log(drill({ outcome: 'fail', because: 'data lost' }), [KEYS.ci], ago(1));
    world.log(passed, [KEYS.ci], ago(0.5));
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('failed: data lost');
  });

  it('refuses evidence that a back-dated or a future time would keep fresh', () => {
    const future = new World();
    future.log(drill({ finishedAt: ago(-5) }), [KEYS.ci], ago(1));
    future.log(scan(), [KEYS.ci]);
    expect(reasons(future.decide())).toContain('it claims a time in the future');
    const logged = new World();
    logged.log(drill(), [KEYS.ci], ago(-5));
    logged.log(scan(), [KEYS.ci]);
    expect(reasons(logged.decide())).toContain('it was logged in the future');
    const late = new World();
    late.log(drill({ startedAt: ago(101), finishedAt: ago(100) }), [KEYS.ci], ago(1));
    late.log(scan(), [KEYS.ci]);
    expect(reasons(late.decide())).toContain('stale: the drill of 2025-11-30T12:00:00.000Z is 100 days old');
  });

  it('refuses a back-dated signature of a key that was revoked', () => {
    const world = new World();
    const revoke = { action: 'revoke', key: KEYS.ci.enrolled.id, reason: 'The runner was taken over.' } as const;
    world.log(keyStatement(revoke), [KEYS.ana], ago(3));
    world.log(drill({ startedAt: ago(4), finishedAt: ago(3.9) }), [KEYS.ci], ago(2));
    expect(reasons(world.decide())).toContain('was revoked at log index 1');
  });
});

describe('attacks with approvals', () => {
  it('refuses a replayed sign-off', () => {
    const world = new World(WITH_SIGN_OFF).satisfied();
    world.log(signOffStatement(world.decide(), ['restore'], NOW), [KEYS.ana, KEYS.bo], NOW.toISOString());
    expect(world.decide().verdict).toBe('GO');
    const mended = world.decide({ judgements: [judgement('checked', { input: fake('something else') })] });
    expect(mended.verdict).toBe('NO-GO');
    expect(reasons(mended)).toContain('ana, bo: signed another seal');
    const another = world.decide({ candidate: candidateOf({ platform: fake('another platform') }) });
    expect(reasons(another)).toContain('signed off another candidate');
  });

  it("refuses the sign-off of the candidate's author", () => {
    const world = new World(WITH_SIGN_OFF).satisfied();
    const candidate = candidateOf({ authors: ['Ana@Example.com'] });
    world.log(signOffStatement(world.decide({ candidate }), ['restore'], NOW), [KEYS.ana, KEYS.bo], NOW.toISOString());
    expect(reasons(world.decide({ candidate }))).toContain('ana wrote the candidate and does not count');
    expect(reasons(world.decide({ candidate: candidateOf({ authors: [] }) }))).toContain('nobody can tell who wrote');
  });

  it('refuses self-approval', () => {
    const world = new World();
    world.log(scan(), [KEYS.ci]);
    world.log(waiverStatement({ ...WAIVER, requester: 'ana' }), [KEYS.ana], ago(1));
    const decision = world.decide();
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('nobody but its requester ana approved it');
  });

  it('refuses self-approval in the name of a requester who never signed', () => {
    const world = new World();
    world.log(scan(), [KEYS.ci]);
    world.log(waiverStatement(WAIVER), [KEYS.ana], ago(1));
    expect(reasons(world.decide())).toContain('bo, whom it names as requester, did not sign it');
    world.log(waiverStatement(WAIVER), [KEYS.bo], ago(0.5));
    expect(world.decide().verdict).toBe('GO');
    expect(world.decide().waivers).toEqual([expect.objectContaining({ control: 'drilled', approver: 'ana' })]);
  });

  it('refuses rolled waivers', () => {
    const world = new World();
    world.log(scan({ startedAt: ago(0.2), finishedAt: ago(0.1) }), [KEYS.ci], ago(0.1));
    for (const [start, end] of [
      [25, 5],
      [4, -20],
    ] as const) {
      const waiver = { ...WAIVER, issuedAt: ago(start), expires: ago(end) };
      world.log(waiverStatement(waiver), [KEYS.ana, KEYS.bo], ago(start));
    }
    expect(world.decide().verdict).toBe('GO');
    const tight = new World({ ...POLICY, waivers: { maxDays: 30, maxTotalDays: 40 } });
    tight.log(scan({ startedAt: ago(0.2), finishedAt: ago(0.1) }), [KEYS.ci], ago(0.1));
    for (const [start, end] of [
      [25, 5],
      [4, -20],
    ] as const) {
      const waiver = { ...WAIVER, issuedAt: ago(start), expires: ago(end) };
      tight.log(waiverStatement(waiver), [KEYS.ana, KEYS.bo], ago(start));
    }
    expect(reasons(tight.decide())).toContain('renewals add up to 44 days, at most 40 are allowed in total');
  });

  it('refuses an expired waiver, one that is too long, and one of a control that cannot be waived', () => {
    const waived = (change: object, sequenced: string, controls = CONTROLS) => {
      const world = new World();
      world.log(scan(), [KEYS.ci]);
      world.log(waiverStatement({ ...WAIVER, ...change }), [KEYS.ana, KEYS.bo], sequenced);
      return reasons(world.decide({ controls }));
    };
    expect(waived({ issuedAt: ago(9), expires: ago(1) }, ago(9))).toContain('it expired at 2026-03-09');
    expect(waived({ expires: ago(-200) }, ago(1))).toContain('it asks for 201 days, at most 30 are allowed');
    const strict = CONTROLS.map((one) => ({ ...one, meta: { ...one.meta, waivable: false } }));
    expect(waived({}, ago(1), strict)).toContain('drilled cannot be waived');
  });

  it('refuses a waiver that a machine approves', () => {
    const world = new World();
    world.log(scan(), [KEYS.ci]);
    world.log(waiverStatement(WAIVER), [KEYS.ci], ago(1));
    expect(reasons(world.decide())).toContain('workload/ci is no person; only persons can do this');
  });
});

describe('attacks with time', () => {
  it('refuses to sign a stale GO that is replayed with --at', () => {
    const world = new World();
    world.log(drill({ startedAt: ago(80), finishedAt: ago(79) }), [KEYS.ci], ago(79));
    world.log(scan({ startedAt: ago(20), finishedAt: ago(19) }), [KEYS.ci], ago(19));
    world.entries[0] = { ...world.entries[0]!, sequencedAt: ago(90) };
    const then = snapshotAt(world.entries, ago(15), NOW);
    const replayed = world.decide({ trust: world.trust(then.entries), at: then.at, replay: true });
    expect(replayed.verdict).toBe('GO');
    expect(() => signableSummary(replayed, { id: 'https://launch.example.com', version: '1' })).toThrow('never signed');
    const later = world.decide({ at: new Date(ago(-20)) });
    expect(reasons(later)).toContain('stale');
  });

  it('refuses an unpinned and an altered candidate, and one of another environment', () => {
    const world = new World().satisfied();
    expect(reasons(world.decide({ candidate: candidateOf({ pinned: false }) }))).toContain('unpinned');
    expect(reasons(world.decide({ candidate: { ...candidateOf(), platform: fake('other') } }))).toContain(
      'digest it claims',
    );
    expect(reasons(world.decide({ candidate: candidateOf({ environment: 'production' }) }))).toContain(
      'for environment production',
    );
  });

  it('refuses malformed predicates and unsigned entries by name', () => {
    const world = new World();
    world.log(evidence(PREDICATE.drill, { control: 'drilled', subject: SUBJECT, environment: 'staging' }), [KEYS.ci]);
    world.log(scan(), []);
    const said = reasons(world.decide());
    expect(said).toContain('its predicate is malformed: startedAt');
    expect(said).toContain('it carries no signature');
  });
});
