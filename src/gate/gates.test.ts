import { describe, expect, it } from 'vitest';
import { catalog } from '../controls/catalog.ts';
import { policySchema } from '../model/policy.ts';
import { findGate } from './gates.ts';
import type { GateControl } from './input.ts';
import { candidateOf, POLICY, specOf } from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

const controls: GateControl[] = catalog.map((meta) => ({ meta, built: [] }));
const policy = policySchema.parse(POLICY);

function decideBuiltIn(name: string, environment: string) {
  const world = new World();
  const definition = findGate(policy, name, { catalog, environment });
  const candidate = candidateOf({ environment: definition.environment });
  return world.decide({ definition, candidate, controls, expected: new Map(), judgements: [], spec: specOf() });
}

describe('built-in gates', () => {
  it('public-launch requires what the catalog marks, ten tracks and the role matrix', () => {
    const decision = decideBuiltIn('public-launch', 'production');
    const required = new Set(decision.requirements.map(({ control }) => control));
    for (const { id, launch, sources } of catalog) {
      const isTrack = sources.some((source) => /^OT[1-5]$/.test(source));
      expect([id, required.has(id)]).toEqual([id, launch || isTrack]);
    }
    expect(decision.verdict).toBe('NO-GO');
    expect(decision.tracks).toHaveLength(10);
    expect(decision.blocks.filter(({ code }) => code === 'sign-off-missing')).toHaveLength(4);
    expect(decision.blocks.filter(({ code }) => code === 'track-not-under-way')).toHaveLength(5);
    expect(reasons(decision)).toContain('is not built yet');
  });

  it('takes staging as the source of evidence for the launch, and none for a promotion unless told', () => {
    expect(findGate(policy, 'public-launch', { catalog }).evidenceFrom).toEqual(['staging']);
    expect(findGate(policy, 'promote', { catalog, environment: 'production' }).evidenceFrom).toEqual([]);
    expect(() => findGate(policy, 'public-launch', { catalog, from: 'dev' })).toThrow('--from is for promote');
    expect(() => findGate(policy, 'lab-rehearsal', { catalog, environment: 'production' })).toThrow('decides for lab');
    expect(findGate(policy, 'lab-rehearsal', { catalog, environment: 'lab' }).environment).toBe('lab');
    expect(() => findGate(policy, 'promote', { catalog, from: 'production' })).toThrow(
      'does not start from production',
    );
    expect(findGate(policy, 'promote', { catalog, environment: 'production', from: 'staging' }).evidenceFrom).toEqual([
      'staging',
    ]);
  });

  it.each([
    ['promote', 'staging', 'environment-parity'],
    ['promote', 'production', 'manual-approval'],
    ['terminal-cutover', 'production', 'websocket-affinity'],
  ])('%s to %s requires %s', (name, environment, control) => {
    const decision = decideBuiltIn(name, environment);
    expect(decision.requirements.map(({ control: id }) => id)).toContain(control);
    expect(decision.blocks.filter(({ code }) => code === 'selector-empty')).toEqual([]);
  });

  it('lab-rehearsal asks for drills only, and holds for the lab', () => {
    const decision = decideBuiltIn('lab-rehearsal', 'lab');
    expect(decision.environment).toBe('lab');
    expect(new Set(decision.requirements.map(({ half }) => half))).toEqual(new Set(['drill']));
  });

  it('lets the policy define a gate of the same name, and knows no other names', () => {
    const own = policySchema.parse({
      ...POLICY,
      gates: [{ name: 'promote', environment: 'production', requires: [{ launch: true }] }],
    });
    expect(findGate(own, 'promote', { catalog, environment: 'production' }).requires).toEqual([{ launch: true }]);
    expect(() => findGate(own, 'promote', { catalog, environment: 'production', from: 'dev' })).toThrow(
      'the policy says',
    );
    expect(findGate(own, 'promote', { catalog, environment: 'staging' }).requires).toHaveLength(2);
    expect(() => findGate(own, 'lunch', { catalog })).toThrow('no gate is called lunch');
  });

  it('decides for production where the policy defines a gate for several environments, and for none that it does not name', () => {
    const gates = ['staging', 'production'].map((environment) => ({ ...policy.gates[0]!, name: 'twice', environment }));
    expect(findGate({ ...policy, gates }, 'twice', { catalog }).environment).toBe('production');
    expect(findGate(policy, 'release', { catalog }).environment).toBe('staging');
    const elsewhere = gates.map((gate, at) => ({ ...gate, environment: ['staging', 'qa'][at]! }));
    expect(() => findGate({ ...policy, gates: elsewhere }, 'twice', { catalog })).toThrow(
      'defines gate twice for staging, qa, not for production',
    );
  });
});
