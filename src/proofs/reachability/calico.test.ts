/** Calico's policies, point by point, as its documentation and source have them: whom they select, in which order, on which ports. */
import { describe, expect, it } from 'vitest';
import { A, ALL_BUT_80, B, FAR, from, into, intoB, ofB, outOfB, PODS, tcp, tier, wide } from './calico.testkit.ts';
import { explain, OTHER_NODE, OWN_NODE, podGroups, podsOf, portsText } from './index.ts';
import { answer, kubeObject, memoryReach, testPods } from './reach.testkit.ts';

const deny = { action: 'Deny' };
const allow = { action: 'Allow' };
const kubernetes = (spec: Record<string, unknown>) =>
  kubeObject('NetworkPolicy', 'b', { podSelector: { matchLabels: { app: 'b' } }, ...spec });

describe('whom a policy closes', () => {
  it.each([
    ['one without rules closes ingress', ofB({}), 'No Connections'],
    ['one with egress rules alone does not', outOfB(allow), 'All Connections'],
    ['types may say otherwise', ofB({ types: ['Egress'], ingress: [deny] }), 'All Connections'],
    ['a selector of others', ofB({ selector: "app == 'c'" }), 'All Connections'],
    ['no selector is everybody of the namespace', ofB({ selector: '' }), 'No Connections'],
    ['a policy of the cluster is about all', wide({}), 'No Connections'],
    ['or about namespaces by their labels', wide({ namespaceSelector: "team == 'x'" }), 'No Connections'],
    ['by their names', wide({ namespaceSelector: "projectcalico.org/name == 'far'" }), 'All Connections'],
    ['or both', wide({ selector: "app == 'c'", namespaceSelector: 'all()' }), 'All Connections'],
    [
      'what acts before connections are tracked is about nodes',
      wide({ doNotTrack: true, applyOnForward: true }),
      'All Connections',
    ],
    ['a rule that only logs lets nothing pass', intoB({ action: 'Log' }), 'No Connections'],
    ['nor does one about ICMP', intoB({ action: 'Allow', protocol: 'ICMP', icmp: { type: 8 } }), 'No Connections'],
    ['the first rule decides', intoB({ ...deny, ...tcp(80) }, allow), ALL_BUT_80],
  ])('%s', (_, policy, expected) => {
    expect(into(policy)).toBe(expected);
  });

  it('leaves open what is selected by labels that no manifest says', () => {
    const reach = memoryReach('a[Deployment]', 'b[Deployment]', wide({ namespaceSelector: "team == 'x'" }));
    expect(answer(reach, A, B)).toBe('unknown All Connections');
  });
});

describe('the order', () => {
  const first = tier('first', { order: 10 });
  const passing = tier('first', { order: 10, defaultAction: 'Pass' });
  const inFirst = (spec: object, name = 'first.b') => ofB({ tier: 'first', ...spec }, name);
  it.each([
    [
      'a lower order is asked first',
      [ofB({ order: 2, ingress: [deny] }, 'x'), ofB({ order: 1, ingress: [allow] }, 'y')],
      'All Connections',
    ],
    [
      'no order is the last',
      [ofB({ ingress: [deny] }, 'x'), ofB({ order: 5, ingress: [allow] }, 'y')],
      'All Connections',
    ],
    [
      'of equal order the name decides',
      [ofB({ ingress: [deny] }, 'y'), ofB({ ingress: [allow] }, 'x')],
      'All Connections',
    ],
    [
      'but not between namespaces',
      [ofB({ ingress: [deny] }, 'y'), wide({ ingress: [allow] }, 'x')],
      'unknown All Connections',
    ],
    ['a tier drops what its policies leave', [first, inFirst({ ingress: [{ ...allow, ...tcp(80) }] })], 'TCP 80'],
    ['whatever the next tiers say', [first, inFirst({}), intoB(allow)], 'No Connections'],
    ['unless it passes them on', [passing, inFirst({ ingress: [{ ...deny, ...tcp(80) }] })], ALL_BUT_80],
    ['Pass skips the rest of the tier', [first, inFirst({ ingress: [{ action: 'Pass' }, deny] })], 'All Connections'],
    [
      'and the next tier is asked',
      [first, inFirst({ ingress: [{ action: 'Pass' }] }), intoB({ ...allow, ...tcp(81) })],
      'TCP 81',
    ],
    ['Pass in the last tier lets pass', [intoB({ action: 'Pass' })], 'All Connections'],
    ['a tier that selects nobody here drops nothing', [first, inFirst({ selector: "app == 'c'" })], 'All Connections'],
    ['a tier of no manifest is unknown', [inFirst({ ingress: [allow] })], 'unknown All Connections'],
    ['so is one at the place of another', [tier('first', { order: 1000 }), inFirst({})], 'unknown All Connections'],
  ])('%s', (_, policies, expected) => {
    expect(into(policies)).toBe(expected);
  });

  const standard = kubernetes({ ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] });
  it.each([
    ['before them', [standard, ofB({ order: 999, ingress: [{ ...deny, ...tcp(80) }] })], 'TCP 81'],
    [
      'after them',
      [
        standard,
        ofB({
          order: 1001,
          ingress: [
            { ...deny, ...tcp(80) },
            { ...allow, ...tcp(82) },
          ],
        }),
      ],
      'TCP 80-82',
    ],
    [
      'at their place',
      [
        standard,
        ofB({
          order: 1000,
          ingress: [
            { ...deny, ...tcp(80) },
            { ...allow, ...tcp(82) },
          ],
        }),
      ],
      'TCP 81-82, unknown TCP 80',
    ],
    ['in a tier after them', [standard, tier('last', {}), ofB({ tier: 'last', ingress: [allow] })], 'TCP 80-81'],
    [
      'in a tier before them',
      [standard, tier('x', { order: 1 }), ofB({ tier: 'x', ingress: [{ ...allow, ...tcp(9) }, { action: 'Pass' }] })],
      'TCP 9,80-81',
    ],
  ])('stands among the NetworkPolicies: %s', (_, policies, expected) => {
    expect(into(policies as Parameters<typeof into>[0])).toBe(expected);
  });

  it('stands among the tiers of the standard', () => {
    const admin = kubeObject('ClusterNetworkPolicy', 'admin', {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      ingress: [
        { action: 'Deny', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] },
      ],
    });
    const allowing = (order: number) => [tier('x', { order }), ofB({ tier: 'x', ingress: [allow] }), admin];
    expect([999, 1001].map((order) => into(allowing(order)))).toEqual(['All Connections', ALL_BUT_80]);
  });
});

describe('ports', () => {
  it.each([
    ['numbers and ranges', { protocol: 'TCP', destination: { ports: [80, '8000:8002'] } }, 'TCP 80,8000-8002'],
    ['a name is that of the pod', { protocol: 'TCP', destination: { ports: ['http'] } }, 'TCP 8080'],
    ['all but some', { protocol: 'TCP', destination: { notPorts: ['2:65535'] } }, 'TCP 1'],
    ['a protocol alone', { protocol: 'SCTP' }, 'SCTP 1-65535'],
    ['by its number', { protocol: 17 }, 'UDP 1-65535'],
    ['all but a protocol', { notProtocol: 'TCP' }, 'SCTP 1-65535,UDP 1-65535'],
    ['those of the sender are not known', { protocol: 'TCP', source: { ports: [80] } }, 'unknown TCP 1-65535'],
    ['nor is what a name leaves out', { protocol: 'TCP', destination: { notPorts: ['http'] } }, 'unknown TCP 1-65535'],
    ['requests are looked into elsewhere', { protocol: 'TCP', http: { methods: ['GET'] } }, 'unknown TCP 1-65535'],
    ['ports without a protocol are refused', { destination: { ports: [80] } }, 'unknown All Connections'],
    [
      'so is a range that ends before it starts',
      { protocol: 'TCP', destination: { ports: ['90:80'] } },
      'unknown All Connections',
    ],
    ['an unknown action', { action: 'Accept' }, 'unknown All Connections'],
    ['fields for ICMP beside TCP', { protocol: 'TCP', icmp: { type: 8 } }, 'unknown All Connections'],
  ])('%s', (_, rule, expected) => {
    const b = testPods('b[Deployment]', { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] });
    expect(answer(memoryReach('a[Deployment]', b, intoB({ action: 'Allow', ...rule })), A, B)).toBe(expected);
  });

  it('takes a name for that of each receiver, on the way out', () => {
    const a = testPods('a[Deployment]', { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] });
    const reach = memoryReach(a, 'b[Deployment]', 'c[Deployment]', outOfB({ ...allow, ...tcp('http') }));
    expect([A, 'default/c[Deployment]'].map((to) => answer(reach, B, to))).toEqual(['TCP 8080', 'No Connections']);
  });
});

it('has in groups, too, what a name stands for in each receiver', () => {
  const a = testPods('a[Deployment]', { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] });
  const reach = memoryReach(a, 'b[Deployment]', 'c[Deployment]', outOfB({ ...allow, ...tcp('http') }));
  const found = [...podGroups(reach)].flatMap(({ from: senders, to, connection }) =>
    senders.some(({ members }) => members[0]?.id === B)
      ? to.map(({ members }) => [members[0]?.id, portsText(connection.allowed)])
      : [],
  );
  expect(found).toEqual([[A, 'TCP 8080']]);
});

describe('nodes', () => {
  const end = (id: string) => podsOf(memoryReach(...PODS), id);
  it('lets in what comes from the own node, and asks about the way out to it', () => {
    const reach = memoryReach(...PODS, ofB({ types: ['Ingress', 'Egress'] }));
    const b = podsOf(reach, B);
    if (b === undefined || end(B) === undefined) throw new Error('no such pods');
    expect(answer(reach, OWN_NODE, b)).toBe('All Connections');
    expect(answer(reach, b, OWN_NODE)).toBe('No Connections');
    expect(answer(reach, OTHER_NODE, b)).toBe('No Connections');
  });

  it('takes nodes for addresses', () => {
    expect(answer(memoryReach(...PODS, intoB(from({ nets: ['10.2.0.0/16'] }))), OTHER_NODE, B)).toBe('All Connections');
    expect(answer(memoryReach(...PODS, intoB(from({ selector: 'all()' }))), OTHER_NODE, B)).toBe('No Connections');
  });
});

it('says which policy and rule decide, and at which place', () => {
  const reach = memoryReach(...PODS, intoB({ action: 'Log' }, from({ selector: "app == 'a'" }, tcp(80))));
  const [a, b, far] = [A, B, FAR].map((id) => podsOf(reach, id));
  if (a === undefined || b === undefined || far === undefined) throw new Error('no such pods');
  expect(explain(reach, a, b, 'TCP', 80).ingress.because).toBe(
    'Calico NetworkPolicy default/b ingress[1] lets it pass',
  );
  expect(explain(reach, far, b, 'TCP', 80).ingress.because).toBe(
    'Calico NetworkPolicy default/b isolates these pods, and no rule lets it pass',
  );
});
