import { describe, expect, it } from 'vitest';
import { sha256 } from '../model/digest.ts';
import { gateSchema, type PolicyInput } from '../model/policy.ts';
import { baselineFacts } from './baseline.ts';
import { ago, binding, candidateOf, control, CONTROLS, drill, fake, judgement, KEYS, NOW } from './gate.testkit.ts';
import { POLICY, reasons, scan, specOf, SUBJECT, TARGETS, World } from './gate.testkit.ts';
import {
  baselineStatement,
  breakGlassStatement,
  exclusionStatement,
  nextPolicy,
  policyStatement,
  signOffStatement,
  waiverStatement,
} from './statements.ts';

const WAIVER = {
  control: 'drilled',
  environment: 'staging',
  reason: 'The restore drill waits for a new cluster.',
  requester: 'bo',
  issuedAt: ago(2),
  expires: ago(-20),
};

function undrilled(policy: PolicyInput = POLICY): World {
  const world = new World(policy);
  world.log(scan(), [KEYS.ci]);
  return world;
}

function only(statement: ReturnType<typeof drill>): World {
  const world = undrilled();
  world.log(statement, [KEYS.ci]);
  return world;
}

describe('the scope of waivers and exclusions', () => {
  it('ends at the environment and the subject that they name', () => {
    const elsewhere = undrilled();
    elsewhere.log(waiverStatement({ ...WAIVER, environment: 'production' }), [KEYS.ana, KEYS.bo], ago(1));
    expect(elsewhere.decide().verdict).toBe('NO-GO');
    const other = undrilled();
    other.log(waiverStatement({ ...WAIVER, subject: 'service/other' }), [KEYS.ana, KEYS.bo], ago(1));
    expect(other.decide().verdict).toBe('NO-GO');
    const own = undrilled();
    own.log(waiverStatement({ ...WAIVER, subject: SUBJECT }), [KEYS.ana, KEYS.bo], ago(1));
    expect(own.decide().verdict).toBe('GO');
  });

  it('needs an approver with a role, and no claim of a later time', () => {
    const powerless = undrilled();
    powerless.log(waiverStatement(WAIVER), [KEYS.bo, KEYS.di], ago(1));
    expect(reasons(powerless.decide())).toContain('nobody but its requester bo approved it who holds owner');
    const later = undrilled();
    later.log(waiverStatement({ ...WAIVER, issuedAt: ago(-1) }), [KEYS.ana, KEYS.bo], ago(1));
    expect(reasons(later.decide())).toContain('it claims a time in the future');
  });

  it('takes the owners to exclude a control that has a subject', () => {
    const approvers = { exclusions: { approvers: ['qa-lead'] } };
    const alone = undrilled({ ...POLICY, ...approvers });
    alone.log(exclusionStatement(WAIVER), [KEYS.bo, KEYS.di], ago(1));
    expect(reasons(alone.decide())).toContain('its exclusion lacks the quorum of owners');
    alone.log(exclusionStatement(WAIVER), [KEYS.cy], ago(1));
    expect(alone.decide().requirements).toContainEqual(
      expect.objectContaining({ control: 'drilled', state: 'excluded' }),
    );
    const none = undrilled({ ...POLICY, ...approvers });
    none.log(exclusionStatement(WAIVER), [KEYS.bo, KEYS.di], ago(1));
    const expected = new Map(['checked', 'scanned'].map((id) => [id, [SUBJECT]]));
    expect(none.decide({ expected }).verdict).toBe('GO');
  });

  it('honours notApplicable for the subject that it names, and the policy that forbids a waiver', () => {
    const spec = specOf({
      notApplicable: [{ control: 'drilled', subject: 'service/other', reason: 'it has no data' }],
    });
    expect(new World().satisfied().decide({ spec }).verdict).toBe('GO');
    const strict = undrilled({ ...POLICY, nonWaivable: ['drilled'] });
    strict.log(waiverStatement(WAIVER), [KEYS.ana, KEYS.bo], ago(1));
    expect(reasons(strict.decide())).toContain('drilled cannot be waived');
  });
});

describe('the scope of sign-offs and break-glass', () => {
  const gate = (name: string) => ({
    name,
    environment: 'staging',
    requires: [{ controls: ['checked', 'drilled', 'scanned'] }],
    signOffs: [{ topic: 'restore', roles: ['sre-lead'], controls: ['scanned'] }],
    maxAge: { accept: '10d' },
  });

  it('ends at the gate, and at the age that the gate allows', () => {
    const world = new World({ ...POLICY, gates: [gate('release'), gate('other')] }).satisfied();
    const decision = world.decide();
    world.log(signOffStatement({ ...decision, gate: 'other' }, ['restore'], NOW), [KEYS.ana], NOW.toISOString());
    expect(reasons(world.decide())).toContain('restore is not signed off by sre-lead');
    world.log(signOffStatement(decision, ['restore'], new Date(ago(0.5))), [KEYS.ana], ago(0.5));
    expect(world.decide().verdict).toBe('GO');
    const late = { at: new Date(ago(-11)) };
    expect(reasons(world.decide(late))).toContain('ana: signed at');
  });

  it('shows sign-offs to the controls that the matrix names, with persons and roles as verified', () => {
    const seen: unknown[] = [];
    const controls = CONTROLS.map((one) => ({
      ...one,
      accept: (_: string, evidence: readonly { predicate: unknown }[]) => {
        seen.push(...evidence.map(({ predicate }) => predicate));
        return { outcome: 'pass' as const, witness: { summary: 'seen', facts: {} } };
      },
    }));
    const world = new World({ ...POLICY, gates: [gate('release')] }).satisfied();
    world.log(signOffStatement(world.decide({ controls }), ['restore'], NOW), [KEYS.ana], NOW.toISOString());
    world.decide({ controls });
    expect(seen).toContainEqual(
      expect.objectContaining({ signedBy: [{ person: 'ana', roles: ['sre-lead', 'owner'] }] }),
    );
  });

  it('fills roles by persons in whatever order they come', () => {
    const people = POLICY.people.map((one) =>
      one.id === 'ana' ? { ...one, roles: ['sre-lead', 'security-lead'] } : one,
    );
    const pair = { ...gate('release'), signOffs: [{ topic: 'restore', roles: ['sre-lead', 'security-lead'] }] };
    const world = new World({ ...POLICY, people, gates: [pair] }).satisfied();
    world.log(signOffStatement(world.decide(), ['restore'], NOW), [KEYS.ana, KEYS.bo], NOW.toISOString());
    expect(world.decide().verdict).toBe('GO');
  });

  it('counts for a break-glass those only whom the policy names', () => {
    const world = new World();
    const target = { gate: 'release', environment: 'staging', candidate: candidateOf() };
    world.log(
      breakGlassStatement(target, 'Payments are down for all.', 2, new Date(ago(0.01))),
      [KEYS.ana, KEYS.di],
      ago(0.01),
    );
    expect(world.decide().notes).toContain('break-glass refused: 1 of 2 persons signed it');
  });
});

describe('the scope of keys and authorities', () => {
  it('ends at the predicate and the environment', () => {
    const world = (authorities: PolicyInput['authorities']) => {
      const limited = new World({ ...POLICY, ...(authorities === undefined ? {} : { authorities }) });
      limited.log(drill(), [KEYS.ci]);
      return limited.trust().rejected[0]?.because;
    };
    expect(world([{ predicate: 'scan', signers: { workloads: ['ci'] } }])).toContain('may not sign drill');
    expect(world([{ predicate: 'drill', signers: { workloads: ['ci'] }, environments: ['production'] }])).toContain(
      'may not sign',
    );
    expect(
      world([{ predicate: 'drill', signers: { keys: [KEYS.ci.enrolled.id] }, environments: ['staging'] }]),
    ).toBeUndefined();
  });

  it('refuses a version of the right number on the wrong parent, and of the wrong number on the right one', () => {
    for (const change of [{ previous: fake('other') }, { version: 3 }]) {
      const world = new World();
      const second = { ...(nextPolicy(world.trust().policy, {}) as PolicyInput), ...change };
      world.log(policyStatement(second), [KEYS.ana, KEYS.bo], ago(3));
      expect(world.trust().rejected[0]?.because).toContain('does not follow version 1');
    }
  });
});

describe('the bounds of evidence', () => {
  it('refuses a drill that ended before it began, or names no target', () => {
    expect(reasons(only(drill({ startedAt: ago(0.9) })).decide())).toContain('before it started');
    expect(reasons(only(drill({ target: undefined })).decide())).toContain('does not say which target');
  });

  it('refuses a drill that claims the lab and ran against an enrolled target', () => {
    const definition = gateSchema.parse({ name: 'lab', environment: 'lab', requires: [{ controls: ['drilled'] }] });
    const inLab = (target: string) => {
      const change = {
        definition,
        candidate: candidateOf({ environment: 'lab' }),
        bindings: [binding('drilled', 'lab')],
      };
      return only(drill({ environment: 'lab', target })).decide(change);
    };
    expect(reasons(inLab(TARGETS.staging))).toContain(
      'it claims the lab, and ran against cluster:staging-uid of staging',
    );
    expect(inLab('lab:this-machine').verdict).toBe('GO');
  });

  it('reads evidence about environment/staging as about environment/production where it may serve', () => {
    const definition = gateSchema.parse({
      name: 'release',
      environment: 'production',
      evidenceFrom: ['staging'],
      requires: [{ controls: ['drilled'] }],
    });
    const decision = only(drill({ subject: 'environment/staging' })).decide({
      definition,
      candidate: candidateOf({ environment: 'production' }),
      judgements: [],
      expected: new Map([['drilled', ['environment/production']]]),
      bindings: [binding('drilled', 'staging', { subject: 'environment/staging' })],
    });
    expect(decision.verdict).toBe('GO');
  });

  it('is never bound to what could not be read, even then', () => {
    const nothing = { input: sha256('') };
    const world = only(drill({ binds: { ...nothing, params: fake('params'), version: 1 } }));
    expect(reasons(world.decide({ bindings: [binding('drilled', 'staging', nothing)] }))).toContain(
      'drift cannot be ruled out',
    );
  });

  it('refuses a report that says it was made for another candidate, whatever it scanned', () => {
    const world = new World();
    world.log(drill(), [KEYS.ci]);
    world.log(scan({ binds: { candidate: fake('other') } }), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('it was made for another candidate');
  });

  it('compares a floor with values of its own kind only', () => {
    const below = (value: unknown, atLeast: number | string) => {
      const world = new World({ ...POLICY, floors: { checked: { limit: { atLeast } } } }).satisfied();
      return world.decide({
        judgements: [judgement('checked', { paramOrigins: { limit: { value, from: 'platform' } } })],
      }).verdict;
    };
    expect(below('10s', 5)).toBe('NO-GO');
    expect(below(10, 5)).toBe('GO');
    expect(below('2h', '90m')).toBe('GO');
    const unknown = new World({ ...POLICY, floors: { checked: { nothing: { exactly: true } } } }).satisfied();
    const judged = [judgement('checked', { paramOrigins: { limit: { value: 1, from: 'default' } } })];
    expect(reasons(unknown.decide({ judgements: judged }))).toContain('which the control does not have');
  });

  it('wants a commit under a candidate that calls itself pinned', () => {
    expect(reasons(new World().satisfied().decide({ candidate: candidateOf({ commits: [] }) }))).toContain('unpinned');
  });
});

describe('the bounds of baselines', () => {
  const custom = {
    id: 'own',
    title: 'Our own',
    statement: 'It holds.',
    launch: true,
    accept: { predicate: 'attachment' },
  };
  const controls = [...CONTROLS, control('own', ['check'])];
  const definition = gateSchema.parse({ name: 'release', environment: 'staging', requires: [{ launch: true }] });
  const judgements = [judgement('checked'), judgement('own')];
  const full = { controls, definition, judgements, spec: specOf({ controls: [custom] }) };

  function recorded(): World {
    const world = new World().satisfied();
    const decision = world.decide(full);
    expect(decision.verdict).toBe('GO');
    world.log(baselineStatement(decision, baselineFacts(world.input(full))), [KEYS.ci], ago(0.5));
    return world;
  }

  it("refuses a control of the user's own that is gone, or no longer required", () => {
    const world = recorded();
    const gone = world.decide({ ...full, controls: CONTROLS, spec: specOf(), judgements: [judgement('checked')] });
    expect(reasons(gone)).toContain('own was required by release at the last GO and is not now');
    const dropped = [...CONTROLS, control('own', ['check'], { launch: false })];
    expect(reasons(world.decide({ ...full, controls: dropped }))).toContain('own was required by release');
    expect(world.decide(full).verdict).toBe('GO');
  });

  it('names a control of the last GO that nobody knows any more', () => {
    const world = new World().satisfied();
    const expected = new Map([
      ...CONTROLS.map(({ meta }) => [meta.id, [SUBJECT]] as const),
      ['lost', [SUBJECT]] as const,
    ]);
    world.log(baselineStatement(world.decide(), baselineFacts(world.input({ expected }))), [KEYS.ci], ago(0.5));
    expect(reasons(world.decide())).toContain('control lost was part of the last GO and is gone');
  });

  it('refuses paths left out, a longer cadence, an accepted gap', () => {
    const world = recorded();
    const weaker = (change: object) =>
      reasons(world.decide({ ...full, spec: specOf({ controls: [custom], ...change }) }));
    expect(weaker({ exclude: ['k8s/production'] })).toContain('paths left out of the platform was none');
    const stores = [{ name: 'orders', kind: 'postgres', rpo: '15m', rto: '2h', riskNote: 'no test of restores' }];
    expect(weaker({ stores })).toContain('store/orders takes no gap in restorability was 1');
  });

  it('holds for its environment, and lets a floor show which way is stricter', () => {
    const world = recorded();
    const production = gateSchema.parse({ ...definition, environment: 'production', evidenceFrom: ['staging'] });
    const change = { ...full, definition: production, candidate: candidateOf({ environment: 'production' }) };
    expect(reasons(world.decide({ ...change, spec: specOf({ controls: [custom], slos: [] }) }))).not.toContain('slo/');
    const floors = { checked: { limit: { atLeast: 5 } } };
    const floored = new World({ ...POLICY, floors }).satisfied();
    const at = (value: number) => [judgement('checked', { paramOrigins: { limit: { value, from: 'platform' } } })];
    const decision = floored.decide({ judgements: at(7) });
    floored.log(baselineStatement(decision, baselineFacts(floored.input({ judgements: at(7) }))), [KEYS.ci], ago(0.5));
    expect(floored.decide({ judgements: at(9) }).verdict).toBe('GO');
    expect(reasons(floored.decide({ judgements: at(6) }))).toContain(
      'weakened: limit was 7 at the last GO and is 6 now',
    );
  });
});
