/** Random policies, tiers and sets of Calico. */
import fc from 'fast-check';
import type { OracleCalico } from './oracle-parts.testkit.ts';
import { endpointText, namespaceText } from './selectors-calico.testkit.ts';
import { CUTTING, labels, NAMESPACES, NODE_RANGE, POD_RANGE } from './worlds-parts.testkit.ts';

const V4 = ['0.0.0.0/0', '10.0.0.0/8', POD_RANGE, NODE_RANGE, '203.0.113.0/24', '203.0.113.128/25'];
const V6 = ['0:0:0:0:0:0:0:0/0', 'fd00:0:0:0:0:0:0:0/8'];

function nets(settled: boolean): fc.Arbitrary<{ nets?: string[]; notNets?: string[] }> {
  const family = fc.constantFrom(settled ? V4 : [...V4, ...CUTTING], V6);
  const some = (from: readonly string[]) =>
    fc.record(
      {
        nets: fc.subarray([...from], { minLength: 1, maxLength: 2 }),
        notNets: fc.subarray([...from], { minLength: 1, maxLength: 1 }),
      },
      { requiredKeys: [] },
    );
  return family.chain(some);
}

/** One end of a rule; most say nothing, or one thing. */
function entity(settled: boolean) {
  const selectors = fc.record(
    {
      selector: endpointText,
      notSelector: endpointText,
      namespaceSelector: fc.oneof(
        { weight: 3, arbitrary: namespaceText },
        { weight: 1, arbitrary: fc.constantFrom('all()', 'global()') },
      ),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 2, arbitrary: selectors },
    { weight: 1, arbitrary: nets(settled) },
    { weight: 1, arbitrary: fc.tuple(selectors, nets(settled)).map(([a, b]) => ({ ...a, ...b })) },
  );
}

const port = fc.constantFrom<number | string>(53, 80, 8080, '53:8080', '81:443', 'web', 'dns');
const ports = fc.oneof(
  fc.record({ ports: fc.array(port, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    notPorts: fc.array(fc.constantFrom<number | string>(53, 80, '53:8080'), { minLength: 1, maxLength: 2 }),
  }),
);
const protocol = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constantFrom({ protocol: 'ICMP' }, { notProtocol: 'UDP' }, { protocol: 'SCTP' }) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('TCP', 'UDP', 6), ports).map(([name, destination]) => ({
      protocol: name,
      destination,
    })),
  },
);

function rule(settled: boolean, direction: 'ingress' | 'egress') {
  const [far, own] =
    direction === 'ingress' ? (['source', 'destination'] as const) : (['destination', 'source'] as const);
  return fc
    .record({
      action: fc.constantFrom('Allow', 'Allow', 'Deny', 'Pass', 'Log'),
      about: protocol,
      peer: entity(settled),
      self: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: entity(settled) }),
    })
    .map(({ action, about, peer, self }) => {
      const { destination, ...numbers } = about as { destination?: object };
      const ends: Record<string, object> = { [far]: peer, [own]: self };
      // Both ends of a rule are of one family.
      const isMixed = JSON.stringify(ends).includes('::') || families(ends) > 1;
      if (isMixed) ends[own] = {};
      ends['destination'] = { ...ends['destination'], ...destination };
      return { action, ...numbers, ...ends };
    });
}

function families(ends: object): number {
  const cidrs = JSON.stringify(ends).match(/[0-9a-f.:]+\/\d+/g) ?? [];
  return new Set(cidrs.map((cidr) => cidr.includes('.'))).size;
}

const TIERS = ['early', 'security', 'last'];

export interface CalicoParts {
  readonly policies: readonly OracleCalico[];
  readonly tiers: readonly { name: string; order?: number; defaultAction: string }[];
  readonly sets: readonly { namespace?: string; name: string; labels: Record<string, string>; nets: string[] }[];
}

/** `settled`: no two policies of one order, and none at the place of the NetworkPolicies. */
export function calicoParts(settled: boolean): fc.Arbitrary<CalicoParts> {
  const order = fc.constantFrom<number | undefined>(1, 1000, 1000, 2000, undefined);
  const policy = fc
    .record({
      wide: fc.boolean(),
      namespace: fc.constantFrom(...NAMESPACES),
      tier: fc.constantFrom(undefined, undefined, 'default', ...TIERS),
      order,
      selector: endpointText,
      namespaceSelector: fc.option(namespaceText, { nil: undefined }),
      types: fc.constantFrom(undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: fc.array(rule(settled, 'ingress'), { maxLength: 3 }),
      egress: fc.array(rule(settled, 'egress'), { maxLength: 3 }),
    })
    .map(({ wide, namespace, namespaceSelector, ...spec }) => ({
      ...(!wide && { namespace }),
      spec: given({ ...spec, ...(wide && { namespaceSelector }) }),
    }));
  const set = fc.record({
    namespace: fc.constantFrom(undefined, ...NAMESPACES),
    labels,
    nets: fc.subarray(settled ? [...V4, ...V6] : [...V4, ...V6, ...CUTTING], { minLength: 1, maxLength: 2 }),
  });
  const tier = fc.constantFrom('Deny', 'Pass');
  return fc
    .record({
      policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
      sets: fc.array(set, { maxLength: 2 }),
      actions: fc.tuple(tier, tier, tier),
      orders: fc.shuffledSubarray([3, 500, 5000, 20_000_000], { minLength: 2, maxLength: 2 }),
      places: fc.shuffledSubarray([1, 10, 900, 1001, 2000, 3000], { minLength: 4, maxLength: 4 }),
    })
    .map(({ policies, sets, actions, orders, places }) => ({
      policies: policies.map((one, index) => ({
        ...one,
        name: `c${index}`,
        spec: settled ? { ...one.spec, order: places[index] } : one.spec,
      })),
      tiers: TIERS.map((name, index) => ({
        name,
        defaultAction: actions[index] ?? 'Deny',
        ...(orders[index] !== undefined && { order: orders[index] }),
      })),
      sets: sets.map(({ namespace, ...one }, index) => ({
        ...one,
        name: `s${index}`,
        ...(namespace !== undefined && { namespace }),
      })),
    }));
}

function given<T extends object>(spec: T): T {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as T;
}
