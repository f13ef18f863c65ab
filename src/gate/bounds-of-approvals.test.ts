import { describe, expect, it } from 'vitest';
import type { PolicyInput } from '../model/policy.ts';
import {
  breakGlassStatement,
  exclusionStatement,
  nextPolicy,
  policyStatement,
  signOffStatement,
  waiverStatement,
} from './statements.ts';
import { ago, candidateOf, CONTROLS, drill, fake, KEYS, NOW, POLICY, scan, specOf, SUBJECT } from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

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

describe('the clock', () => {
  it('blocks where it is behind the log: no waiver would end on it', () => {
    const world = undrilled();
    world.log(waiverStatement({ ...WAIVER, expires: ago(0.5) }), [KEYS.ana, KEYS.bo], ago(1));
    const at = new Date(ago(0.75));
    expect(world.decide({ at }).verdict).toBe('GO');
    world.log(scan(), [KEYS.ci], ago(0.25));
    const behind = world.decide({ at });
    expect(behind.verdict).toBe('NO-GO');
    expect(behind.blocks).toContainEqual(expect.objectContaining({ code: 'clock-behind' }));
    const jitter = undrilled();
    jitter.log(waiverStatement(WAIVER), [KEYS.ana, KEYS.bo], new Date(NOW.getTime() + 60_000).toISOString());
    expect(jitter.decide().verdict).toBe('GO');
  });
});

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
