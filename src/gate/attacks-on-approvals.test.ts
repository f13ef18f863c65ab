import { describe, expect, it } from 'vitest';
import type { PolicyInput } from '../model/policy.ts';
import { reviewedCommits } from './authorship.ts';
import {
  breakGlassStatement,
  keyStatement,
  nextPolicy,
  policyStatement,
  signOffStatement,
  waiverStatement,
} from './statements.ts';
import {
  candidateOf,
  CONTROLS,
  drill,
  fake,
  judgement,
  scan,
  ago,
  KEYS,
  NOW,
  POLICY,
  testKey,
} from './gate.testkit.ts';
import { summaryStatement } from './vsa.ts';
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
    expect(reasons(world.decide({ candidate }))).toContain('ana wrote or committed the candidate and does not count');
    expect(reasons(world.decide({ candidate: candidateOf({ authors: [] }) }))).toContain('nobody can tell who wrote');
    const alone = new World();
    alone.log(drill(), [KEYS.ci]);
    const unknown = { candidate: candidateOf({ authors: [] }) };
    alone.log(signOffStatement(alone.decide(unknown), ['scanned'], NOW), [KEYS.ana], NOW.toISOString());
    expect(reasons(alone.decide(unknown))).toContain('missing: no evidence for service/api is on record');
  });

  it('refuses the sign-off of whoever wrote a commit since the last GO, and cannot tell in a clone that was cut off', () => {
    const world = new World(WITH_SIGN_OFF).satisfied();
    const sign = (keys = [KEYS.ana, KEYS.bo]) =>
      world.log(signOffStatement(world.decide(), ['restore'], NOW), keys, NOW.toISOString());
    sign();
    const wrote = { authorship: { authors: ['Bo@example.com'], reviewed: ['b'.repeat(40)] } };
    expect(world.decide().verdict).toBe('GO');
    expect(reasons(world.decide(wrote))).toContain('bo wrote or committed the candidate and does not count');
    expect(reasons(world.decide({ authorship: { reviewed: [] } }))).toContain('nobody can tell who wrote');
  });

  it('knows an author by each address that the policy gives them, and by those it gave them before', () => {
    const called = (bo: object) => POLICY.people.map((one) => (one.id === 'bo' ? { ...one, ...bo } : one));
    const people = called({ addresses: ['12+Bo@users.noreply.example.com'] });
    const world = new World({ ...WITH_SIGN_OFF, people }).satisfied();
    const renamed = policyStatement(nextPolicy(world.trust().policy, { people: called({ email: 'bo@new.example' }) }));
    world.log(renamed, [KEYS.ana, KEYS.bo], ago(2));
    world.log(signOffStatement(world.decide(), ['restore'], NOW), [KEYS.ana, KEYS.bo], NOW.toISOString());
    expect(world.decide().verdict).toBe('GO');
    for (const author of ['bo@example.com', '12+bo@users.noreply.example.com', 'bo@new.example'])
      expect(reasons(world.decide({ authorship: { authors: [author], reviewed: ['b'.repeat(40)] } }))).toContain(
        'bo wrote or committed the candidate and does not count',
      );
  });

  it('refuses the sign-off of somebody of whom nobody can tell whether they wrote it', () => {
    const people = POLICY.people.map(({ email, ...person }) => (person.id === 'bo' ? person : { ...person, email }));
    const world = new World({ ...WITH_SIGN_OFF, people }).satisfied();
    world.log(signOffStatement(world.decide(), ['restore'], NOW), [KEYS.ana, KEYS.bo], NOW.toISOString());
    expect(reasons(world.decide())).toContain('bo has no address in the policy');
  });

  it('takes for reviewed what a GO of this gate and environment was about, by whoever may decide', () => {
    const authorities = [
      ...(POLICY.authorities ?? []),
      { predicate: 'verificationSummary' as const, signers: { workloads: ['ci'] } },
    ];
    const world = new World({ ...POLICY, authorities, reviewedCommits: ['c'.repeat(40)] }).satisfied();
    const verifier = { id: 'https://launch.example.com', version: '0.1.0' };
    const reviewed = () => {
      const { evidence, policy } = world.trust();
      return reviewedCommits(evidence, policy.policy, { name: 'release', environment: 'staging' });
    };
    const go = world.decide();
    const closed = world.decide({ judgements: [] });
    world.log(summaryStatement(closed, verifier), [KEYS.ci]);
    world.log(summaryStatement({ ...go, gate: 'other' }, verifier), [KEYS.ci]);
    world.log(summaryStatement({ ...go, environment: 'production' }, verifier), [KEYS.ci]);
    world.log(summaryStatement(go, verifier), [KEYS.ed]);
    expect(reviewed()).toEqual(['c'.repeat(40)]);
    world.log(summaryStatement(go, verifier), [KEYS.ci]);
    expect(reviewed()).toEqual(['c'.repeat(40), 'a'.repeat(40)]);
  });

  it('refuses the act of somebody whom the policy knows no more, with a key that was enrolled apart from it', () => {
    const fay = testKey('person/fay');
    const world = new World({
      ...POLICY,
      people: [...POLICY.people, { id: 'fay', name: 'Fay', email: 'fay@example.com' }],
    });
    world.log(keyStatement({ action: 'add', key: fay.enrolled }), [KEYS.ana, KEYS.bo], ago(20));
    world.log(drill(), [KEYS.ci]);
    const signed = () => signOffStatement(world.decide(), ['scanned'], NOW);
    const before = world.trust([...world.entries, world.log(signed(), [fay], NOW.toISOString())]);
    expect(world.decide({ trust: before }).verdict).toBe('GO');
    world.entries.pop();
    world.log(
      policyStatement(nextPolicy(world.trust().policy, { people: POLICY.people })),
      [KEYS.ana, KEYS.bo],
      ago(0.5),
    );
    world.log(signed(), [fay], NOW.toISOString());
    const decision = world.decide();
    expect(decision.verdict).toBe('NO-GO');
    expect(decision.notes?.join()).toContain('person/fay is no person; only persons can do this');
  });

  it('refuses acts that were logged in the future', () => {
    const waived = new World();
    waived.log(scan(), [KEYS.ci]);
    waived.log(waiverStatement({ ...WAIVER, expires: ago(-28) }), [KEYS.bo, KEYS.ana], ago(-5));
    expect(reasons(waived.decide())).toContain('its waiver is refused: it was approved in the future');
    expect(waived.decide({ at: new Date(ago(-6)) }).waivers).toHaveLength(1);
    const signed = new World(WITH_SIGN_OFF).satisfied();
    signed.log(signOffStatement(signed.decide(), ['restore'], NOW), [KEYS.ana, KEYS.bo], ago(-1));
    expect(reasons(signed.decide())).toContain('claims a time in the future');
    const open = new World();
    const glass = { gate: 'release', environment: 'staging', candidate: candidateOf() };
    open.log(breakGlassStatement(glass, 'Payments are down.', 30, NOW), [KEYS.ana, KEYS.bo], ago(-1.2));
    expect(open.decide().breakGlass).toBeUndefined();
    expect(open.decide().notes).toContain('break-glass refused: it was opened in the future');
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

  it('refuses rolled waivers, though who approved the first has left, or the policy would not grant it now', () => {
    const left = POLICY.people.map((one) => (one.id === 'bo' ? { ...one, roles: [] } : one));
    const bounds = { maxDays: 20, maxTotalDays: 30, approvers: ['security-lead', 'sre-lead'] };
    for (const change of [{ people: left }, { waivers: { ...bounds, maxDays: 15 } }]) {
      const world = new World({ ...POLICY, waivers: bounds });
      const waive = (start: number, days: number, keys: Parameters<World['log']>[1]) =>
        world.log(
          waiverStatement({ ...WAIVER, requester: 'ed', issuedAt: ago(start), expires: ago(start - days) }),
          keys,
          ago(start),
        );
      world.log(scan({ startedAt: ago(0.2), finishedAt: ago(0.1) }), [KEYS.ci], ago(0.1));
      waive(28, 20, [KEYS.ed, KEYS.bo]);
      world.log(policyStatement(nextPolicy(world.trust().policy, change)), [KEYS.ana, KEYS.bo], ago(6));
      waive(5, 10, [KEYS.ed, KEYS.ana]);
      expect(world.decide().verdict).toBe('GO');
      waive(0.1, 15, [KEYS.ed, KEYS.ana]);
      const later = { at: new Date(NOW.getTime() + 6 * 86_400_000) };
      expect(reasons(world.decide(later))).toContain('renewals add up to 40 days, at most 30 are allowed in total');
    }
  });

  it('counts of a waiver that ended with its approver what it had covered by then', () => {
    const people = POLICY.people.map((one) => (one.id === 'bo' ? { ...one, roles: [] } : one));
    const bounds = { maxDays: 20, maxTotalDays: 20, approvers: ['security-lead', 'sre-lead'] };
    const world = new World({ ...POLICY, waivers: bounds });
    world.log(scan({ startedAt: ago(0.2), finishedAt: ago(0.1) }), [KEYS.ci], ago(0.1));
    const waiver = { ...WAIVER, requester: 'ed', issuedAt: ago(12), expires: ago(-8) };
    world.log(waiverStatement(waiver), [KEYS.ed, KEYS.bo], ago(12));
    world.log(policyStatement(nextPolicy(world.trust().policy, { people })), [KEYS.ana, KEYS.bo], ago(8));
    expect(reasons(world.decide())).toContain('nobody but its requester ed approved it');
    const again = { ...waiver, issuedAt: ago(1), expires: ago(-15) };
    world.log(waiverStatement(again), [KEYS.ed, KEYS.ana], ago(1));
    expect(world.decide().verdict).toBe('GO');
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
