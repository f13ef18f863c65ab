import { describe, expect, it } from 'vitest';
import { PREDICATE } from '../model/evidence.ts';
import type { Decision } from '../model/report.ts';
import { snapshotAt } from './replay.ts';
import { keyStatement, policyStatement } from './statements.ts';
import { signableSummary } from './vsa.ts';
import {
  candidateOf,
  drill,
  evidence,
  fake,
  IMAGE,
  scan,
  SUBJECT,
  ago,
  binding,
  KEYS,
  NOW,
  POLICY,
} from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

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

  it('refuses an earlier pass that is put behind a failure of the same group, by a clock that runs ahead', () => {
    const world = new World();
    const ahead = (minutes: number) => ago(1 - minutes / 1440);
    world.log(drill({ outcome: 'fail', because: 'data lost', finishedAt: ahead(4) }), [KEYS.ci], ago(1));
    world.log(drill({ finishedAt: ahead(1) }), [KEYS.ci], ago(1));
    world.log(scan(), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('failed: data lost');
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

  const attached = (
    described: Record<string, unknown>,
    about: { sha256?: string; gitCommit?: string } = {},
  ): Decision => {
    const attachment = { predicate: 'attachment' as const, signers: { workloads: ['ci'] } };
    const world = new World({ ...POLICY, authorities: [...(POLICY.authorities ?? []), attachment] });
    world.log(drill(), [KEYS.ci]);
    const { subject, ...statement } = evidence(PREDICATE.attachment, scan(described).predicate);
    world.log({ ...statement, subject: [...subject, { digest: about }] }, [KEYS.ci]);
    return world.decide();
  };

  it('refuses an empty document', () => {
    expect(attached({ size: 12 }).verdict).toBe('GO');
    expect(attached({ size: 0 }).verdict).toBe('NO-GO');
    expect(reasons(attached({ size: 0 }))).toContain('its evidence is refused: the document is empty');
  });

  it('refuses a plan of the commit before, of none, or of an image, which many commits have', () => {
    const plan = { size: 12, scanned: [], facts: { plan: '1.2' } };
    expect(attached(plan, { gitCommit: 'a'.repeat(40) }).verdict).toBe('GO');
    expect(reasons(attached(plan, { gitCommit: 'b'.repeat(40) }))).toContain('which is no commit of this candidate');
    for (const about of [{ sha256: IMAGE.slice('sha256:'.length) }, {}])
      expect(reasons(attached(plan, about))).toContain('it names no commit that it is about');
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
