import { describe, expect, test } from 'vitest';
import type { PlacementInput } from '../../proofs/placement/index.ts';
import { check, type Params } from './check.ts';
import type { Placed, Placements } from './input.ts';
import { synth } from './synth.ts';

const origin = { path: 'k8s/api.yaml', document: 0, pointer: [] };
const list = { origin: { ...origin, pointer: ['spec', 'template', 'spec', 'topologySpreadConstraints'] } };
const subject = { kind: 'service', name: 'api' } as const;
const params: Params = { zones: true, nodes: true, scaleDowns: false, exempt: [] };
const spread = [{ topology: 'zone', maxSkew: 1, taintsHonored: false }] as const;

function placed(changes: Partial<PlacementInput> = {}, rest: Partial<Placed> = {}): Placed {
  const id = changes.id ?? 'Deployment shop/api';
  return {
    id,
    selector: { app: 'api' },
    constraints: 0,
    list,
    input: {
      id,
      replicas: 3,
      setBy: 'spec.replicas',
      peak: 3,
      rules: { spread: [], apart: [], together: [], wishes: [] },
      zones: { min: 3, max: 3, source: 'the zones' },
      nodes: { min: 1, source: 'not known' },
      volumes: { kind: 'none' },
      surges: true,
      quorum: 1,
      origin,
      ...changes,
    },
    ...rest,
  };
}

function given(...workloads: Placed[]): Placements {
  return { quorum: 1, declared: true, workloads };
}

const ruled = { rules: { spread, apart: [], together: [], wishes: [] } };

describe('check', () => {
  test('weighs a finding less where nobody declared a quorum', () => {
    expect(check(subject, given(placed()), params)).toMatchObject({ findings: [{ severity: 'high' }] });
    expect(check(subject, { ...given(placed()), declared: false }, params)).toMatchObject({
      findings: [{ severity: 'medium' }],
    });
  });

  test('asks only for what the params ask for', () => {
    expect(check(subject, given(placed()), { ...params, zones: false, nodes: false }).outcome).toBe('pass');
    expect(check(subject, given(placed()), { ...params, exempt: ['Deployment shop/api'] }).outcome).toBe('pass');
    const scaled = given(placed({ ...ruled, peak: 9, quorum: 2 }));
    expect(check(subject, scaled, params).outcome).toBe('pass');
    expect(check(subject, scaled, { ...params, scaleDowns: true }).outcome).toBe('fail');
  });

  test('leaves a quorum over several workloads open where their worst may fall together', () => {
    const both = { ...given(placed(ruled), placed({ ...ruled, id: 'Deployment shop/web' })), quorum: 5 };
    expect(check(subject, { ...both, quorum: 4 }, params).outcome).toBe('pass');
    expect(check(subject, both, params)).toMatchObject({ outcome: 'inconclusive' });
  });

  test.each([
    ['refused', { refused: { text: 'maxSkew must be above 0' } }, 'Correct the field'],
    ['fits no pool', { homeless: 'no pool fits' }, 'Correct the node selector'],
    [
      'excludes itself',
      { rules: { ...ruled.rules, apart: [{ topology: 'zone', perVersion: true }] }, replicas: 5 },
      'Run no more pods',
    ],
  ] as const)('what is %s is told what to do', (_name, changes, remedy) => {
    const result = check(subject, given(placed({ ...ruled, ...changes })), params);
    expect(result).toMatchObject({ findings: [{ remediation: expect.stringContaining(remedy) }] });
  });

  test('says how many replicas would do', () => {
    const short = given(placed({ ...ruled, replicas: 4, quorum: 3 }));
    expect(check(subject, short, params)).toMatchObject({
      findings: [{ remediation: expect.stringContaining('at least 5 replicas') }],
    });
  });
});

describe('synth', () => {
  const soft = { origin: { ...list.origin, pointer: [...list.origin.pointer, 0, 'whenUnsatisfiable'] } };

  test('writes a constraint, adds one, or makes the one that is there binding', () => {
    expect(synth(subject, given(placed()), params)).toMatchObject([
      { op: 'set', origin: list.origin, value: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1 }] },
    ]);
    expect(synth(subject, given(placed({}, { constraints: 1 })), params)).toMatchObject([
      { op: 'set', origin: { pointer: [...list.origin.pointer, 1] }, value: { whenUnsatisfiable: 'DoNotSchedule' } },
    ]);
    expect(synth(subject, given(placed({}, { constraints: 1, soft })), params)).toMatchObject([
      { op: 'set', origin: soft.origin, value: 'DoNotSchedule' },
    ]);
  });

  test.each([
    ['a single replica', { replicas: 1 }],
    ['a quorum that three zones do not leave', { quorum: 3 }],
    ['one zone', { zones: { min: 1, max: 1, source: 'the zone' } }],
    ['one claim for all', { volumes: { kind: 'one-node', because: 'one claim' } }],
  ] as const)('leaves %s to people', (_name, changes) => {
    expect(synth(subject, given(placed(changes)), params)).toEqual([]);
  });
});
