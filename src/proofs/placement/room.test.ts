import { describe, expect, test } from 'vitest';
import { assessPlacement, type PlacementInput } from './index.ts';
import type { Bond, Spread } from './types.ts';

const apart = (topology: Bond['topology'], perVersion = false): Bond => ({ topology, perVersion });
const spread = (topology: Spread['topology'], taintsHonored = false): Spread => ({
  topology,
  maxSkew: 1,
  taintsHonored,
});

function given(changes: Partial<PlacementInput> & { apart?: Bond[]; spread?: Spread[] }): PlacementInput {
  const { apart: bonds = [], spread: spreads = [], ...rest } = changes;
  return {
    id: 'Deployment shop/api',
    replicas: 3,
    setBy: 'spec.replicas',
    rules: { spread: spreads, apart: bonds, together: [], wishes: [] },
    zones: { min: 3, max: 3, source: 'the zones' },
    nodes: { min: 3, max: 3, source: 'the pool' },
    volumes: { kind: 'none' },
    surges: true,
    quorum: 1,
    ...rest,
  };
}

const four = { min: 3, max: 4, source: 'the pool' };
const some = { min: 1, source: 'not known' };

describe('a drain', () => {
  test.each([
    ['no rules', given({}), 'yes'],
    ['one node for each pod', given({ apart: [apart('node')] }), 'no'],
    ['a node to spare', given({ apart: [apart('node')], nodes: four }), 'yes'],
    ['nobody knows how many nodes', given({ apart: [apart('node')], nodes: some }), 'unknown'],
    ['a spread that counts the cordoned node', given({ spread: [spread('node')] }), 'no'],
    ['a spread that leaves it out', given({ spread: [spread('node', true)] }), 'yes'],
    ['a spread with fewer pods than the other nodes', given({ spread: [spread('node')], replicas: 2 }), 'yes'],
    ['a volume in a zone with one node', given({ volumes: { kind: 'zone', because: 'bound' } }), 'no'],
    ['a volume, and a node to spare', given({ volumes: { kind: 'zone', because: 'bound' }, nodes: four }), 'yes'],
  ] as const)('with %s: %s', (_name, input, answer) => {
    expect(assessPlacement(input).drainRoom.answer).toBe(answer);
  });
});

describe('a rollout that surges', () => {
  test.each([
    ['no rules', given({}), 'yes'],
    ['a node for each pod', given({ apart: [apart('node')] }), 'no'],
    ['a zone for each pod', given({ apart: [apart('zone')] }), 'no'],
    ['anti-affinity within a version', given({ apart: [apart('node', true)] }), 'yes'],
    ['a node to spare', given({ apart: [apart('node')], nodes: four }), 'yes'],
    ['pods that go first', given({ apart: [apart('node')], surges: false }), 'moot'],
  ] as const)('with %s: %s', (_name, input, answer) => {
    expect(assessPlacement(input).rolloutRoom.answer).toBe(answer);
  });
});

describe('after the loss of a zone', () => {
  test.each([
    ['a preference alone', given({}), 'yes'],
    ['a strict spread, until its nodes are deleted', given({ spread: [spread('zone')] }), 'no'],
    ['a strict spread that leaves tainted nodes out', given({ spread: [spread('zone', true)] }), 'yes'],
    ['minDomains of all zones', given({ spread: [{ ...spread('zone', true), minDomains: 3 }] }), 'no'],
    ['volumes', given({ volumes: { kind: 'zone', because: 'bound' } }), 'no'],
  ] as const)('with %s: %s', (_name, input, answer) => {
    expect(assessPlacement(input).recovery.answer).toBe(answer);
  });
});

test('more pods than zones that exclude each other are never all scheduled', () => {
  const { scheduled, running, zoneLoss } = assessPlacement(given({ apart: [apart('zone')], replicas: 5, quorum: 3 }));
  expect(scheduled).toMatchObject({ answer: 'no', obstacle: 'no-room' });
  expect(running).toBe(3);
  expect(zoneLoss).toMatchObject({ answer: 'no' });
});

test('a constraint that counts other workloads guarantees less, and nothing where they are not bounded', () => {
  const shared = (max?: number) =>
    given({ spread: [{ ...spread('zone'), others: max === undefined ? {} : { max } }], quorum: 2 });
  expect(assessPlacement(shared(0)).mostInZone).toBe(1);
  expect(assessPlacement(shared(3)).mostInZone).toBe(2);
  expect(assessPlacement(shared()).mostInZone).toBe(3);
  expect(assessPlacement(shared()).zoneLoss.answer).toBe('unknown');
});

test.each([
  ['not scaled', { peak: 3 }, 1],
  ['scaled down from nine, three a zone', { peak: 9 }, 3],
  ['scaled down from six', { peak: 6 }, 2],
  ['scaled down from who knows how many', {}, 3],
  ['one a zone by anti-affinity', { apart: [apart('zone')] }, 1],
])('%s: a zone keeps at most its share', (_name, changes, most) => {
  expect(assessPlacement(given({ spread: [spread('zone')], ...changes })).mostAfterScaleDown).toBe(most);
});
