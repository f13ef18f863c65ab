/** The standard, point by point, where a random cluster would seldom go or a table says it more plainly. */
import { describe, expect, it } from 'vitest';
import { ANYONE, outside, OTHER_NODE, OWN_NODE } from './index.ts';
import { answer, intoB, kubeObject, memoryReach, onB, testPods } from './reach.testkit.ts';
import type { ContainerPort } from './types.ts';

const A = 'default/a[Deployment]';
const B = 'default/b[Deployment]';

const fromA = { from: [{ podSelector: { matchLabels: { app: 'a' } } }] };

describe('NetworkPolicy', () => {
  it.each([
    [
      'no podSelector is every pod of the namespace',
      kubeObject('NetworkPolicy', 'all', { ingress: [] }),
      'No Connections',
    ],
    [
      'another namespace is none of its business',
      kubeObject('NetworkPolicy', 'other/all', { podSelector: {} }),
      'All Connections',
    ],
    ['an empty list denies', intoB(), 'No Connections'],
    ['an empty rule allows', intoB({}), 'All Connections'],
    ['empty lists in a rule restrict nothing', intoB({ from: [], ports: [] }), 'All Connections'],
    ['null is no list', intoB({ from: null, ports: null }), 'All Connections'],
    ['Egress alone does not isolate ingress', onB({ policyTypes: ['Egress'] }), 'All Connections'],
    [
      'rules beside the types that they are not of do nothing',
      onB({ policyTypes: ['Egress'], ingress: [{ ports: [{ port: 1 }] }] }),
      'All Connections',
    ],
    ['TCP is the default', intoB({ ports: [{ port: 80 }] }), 'TCP 80'],
    ['a protocol alone is all its ports', intoB({ ports: [{ protocol: 'SCTP' }] }), 'SCTP 1-65535'],
    ['endPort is inclusive', intoB({ ports: [{ protocol: 'UDP', port: 80, endPort: 82 }] }), 'UDP 80-82'],
    [
      'both selectors of an item must match',
      intoB({ from: [{ namespaceSelector: { matchLabels: { x: 'y' } }, podSelector: {} }] }),
      'No Connections',
    ],
    [
      'items are alternatives',
      intoB({ from: [{ namespaceSelector: { matchLabels: { x: 'y' } } }, { podSelector: {} }] }),
      'All Connections',
    ],
    [
      'its name is on every namespace',
      intoB({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }] }),
      'All Connections',
    ],
    [
      'NotIn matches what lacks the key',
      intoB({ from: [{ podSelector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }] } }] }),
      'All Connections',
    ],
  ])('%s', (_, policy, expected) => {
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', 'namespace default', policy), A, B)).toBe(expected);
  });

  it.each([
    ['endPort below port', { ports: [{ port: 80, endPort: 79 }] }],
    ['endPort beside a name', { ports: [{ port: 'http', endPort: 90 }] }],
    ['port 0', { ports: [{ port: 0 }] }],
    ['a value that no label has', { from: [{ podSelector: { matchLabels: { app: 'my app' } } }] }],
    ['a key that no label has', { from: [{ podSelector: { matchLabels: { 'a/b/c': 'x' } } }] }],
    [
      'a key without a name',
      { from: [{ namespaceSelector: { matchExpressions: [{ key: 'x.io/', operator: 'Exists' }] } }] },
    ],
    ['a number in quotes', { ports: [{ port: '80' }] }],
    ['a name of a port that none can have', { ports: [{ port: 'HTTP_8080' }] }],
    ['a protocol of another layer', { ports: [{ protocol: 'ICMP' }] }],
    ['an empty peer', { from: [{}] }],
    ['a block beside a selector', { from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }],
    ['an exception outside of its block', { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }],
    ['an operator without values', { from: [{ podSelector: { matchExpressions: [{ key: 'x', operator: 'In' }] } }] }],
    ['a string for a list', { from: 'everybody' }],
  ])('%s would be refused, so nothing is sure of the pods it selects', (_, rule) => {
    const reach = memoryReach('a[Deployment]', 'b[Deployment]', intoB(rule));
    expect(answer(reach, A, B)).toBe('unknown All Connections');
    expect(answer(reach, B, A)).toBe('All Connections');
  });

  it('does not know labels of a namespace that nobody declares', () => {
    const policy = kubeObject('NetworkPolicy', 'b', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }],
    });
    const from = 'other/a[Deployment]';
    expect(answer(memoryReach(from, 'b[Deployment]', policy), from, B)).toBe('unknown All Connections');
    expect(answer(memoryReach(from, 'b[Deployment]', policy, 'namespace other team=x'), from, B)).toBe(
      'All Connections',
    );
    expect(answer(memoryReach(from, 'b[Deployment]', policy, 'namespace other team=y'), from, B)).toBe(
      'No Connections',
    );
  });

  it('resolves a name at each receiver, by protocol', () => {
    const pods = (id: string, ...ports: ContainerPort[]) => testPods(id, { labels: { app: 'b' }, ports });
    const policy = intoB({ ports: [{ port: 'http' }] });
    const reach = memoryReach(
      'a[Deployment]',
      pods('x[Pod]', { name: 'http', protocol: 'TCP', port: 8080 }),
      pods('y[Pod]', { name: 'http', protocol: 'TCP', port: 9090 }),
      pods('u[Pod]', { name: 'http', protocol: 'UDP', port: 8080 }),
      pods('two[Pod]', { name: 'http', protocol: 'TCP', port: 80 }, { name: 'http', protocol: 'TCP', port: 81 }),
      policy,
    );
    expect(answer(reach, A, 'default/x[Pod]')).toBe('TCP 8080');
    expect(answer(reach, A, 'default/y[Pod]')).toBe('TCP 9090');
    expect(answer(reach, A, 'default/u[Pod]')).toBe('No Connections');
    expect(answer(reach, A, 'default/two[Pod]')).toBe('unknown TCP 80-81');
  });

  it('knows no names towards an address', () => {
    const policy = kubeObject('NetworkPolicy', 'a', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'http' }, { port: 443 }] }],
    });
    expect(answer(memoryReach('a[Deployment]', policy), A, outside('192.0.2.1') ?? ANYONE)).toBe('TCP 443');
  });

  it('always lets the own node in, and other nodes by their addresses', () => {
    const policy = intoB({ from: [{ ipBlock: { cidr: '10.2.0.0/24' } }], ports: [{ port: 80 }] });
    const [bare, told] = [
      memoryReach('b[Deployment]', policy),
      memoryReach('b[Deployment]', policy, 'nodes 10.2.0.0/24'),
    ];
    expect([OWN_NODE, OTHER_NODE].map((node) => answer(bare, node, B))).toEqual(['All Connections', 'unknown TCP 80']);
    expect([OWN_NODE, OTHER_NODE].map((node) => answer(told, node, B))).toEqual(['All Connections', 'TCP 80']);
  });

  it("leaves pods on the host's network open, except where it makes no difference", () => {
    const host = testPods('a[Deployment]', { hostNetwork: true });
    expect(answer(memoryReach(host, 'b[Deployment]', intoB(fromA)), A, B)).toBe('unknown All Connections');
    expect(answer(memoryReach(host, 'b[Deployment]', intoB({ ports: [{ port: 80 }] })), A, B)).toMatch(
      /^TCP 80, unknown /,
    );
    expect(answer(memoryReach(host, 'b[Deployment]'), A, B)).toBe('All Connections');
  });

  it('lets somebody unknown in only where everybody is', () => {
    expect(answer(memoryReach('b[Deployment]', intoB(fromA, { ports: [{ port: 80 }] })), ANYONE, B)).toMatch(
      /^TCP 80, unknown /,
    );
    expect(answer(memoryReach('b[Deployment]', intoB()), ANYONE, B)).toBe('No Connections');
  });
});
