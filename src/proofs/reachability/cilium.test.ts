/** Cilium's policies, point by point, as its documentation and source have them: whom they close, on which ports, and beside others. */
import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  PODS,
  ofB,
  cnp,
  intoB,
  outOfB,
  wide,
  kubernetes,
  ports,
  tcp,
  app,
  ALL_BUT_80,
  WEB,
  into,
  type Spec,
} from './cilium.testkit.ts';
import { explain, podsOf } from './index.ts';
import { answer, kubeObject, memoryReach, testPods } from './reach.testkit.ts';

describe('whom a policy closes', () => {
  it.each([
    ['an ingress section closes', intoB({ fromEndpoints: [app('c')] }), 'No Connections'],
    ['an empty rule allows nobody', intoB({}), 'No Connections'],
    ['an empty list is no section', intoB(), 'All Connections'],
    ['egress does not close ingress', cnp({ egress: [{}] }), 'All Connections'],
    ['a section that denies closes as well', cnp({ ingressDeny: [{ fromEndpoints: [app('c')] }] }), 'No Connections'],
    [
      'enableDefaultDeny can say otherwise',
      cnp({ enableDefaultDeny: { ingress: false }, ingressDeny: [{ fromEndpoints: [app('c')] }] }),
      'All Connections',
    ],
    [
      'and then what is denied is denied still',
      cnp({ enableDefaultDeny: { ingress: false }, ingressDeny: [{ fromEndpoints: [app('a')], ...WEB }] }),
      ALL_BUT_80,
    ],
    [
      'the namespace of the policy takes the place of one in the selector',
      kubeObject('CiliumNetworkPolicy', 'x', {
        endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'far' } },
        ingress: [{}],
      }),
      'No Connections',
    ],
    ['nodes are no pods', wide({ nodeSelector: {}, ingress: [{}] }), 'All Connections'],
    [
      'nor is what is reserved',
      wide({ endpointSelector: { matchLabels: { 'reserved:health': '' } }, ingress: [{}] }),
      'All Connections',
    ],
    [
      'a policy of the cluster may leave a namespace out',
      wide({
        endpointSelector: {
          matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'NotIn', values: ['default'] }],
        },
        ingress: [{}],
      }),
      'All Connections',
    ],
    [
      'or be about those of a label',
      wide({ endpointSelector: { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'x' } }, ingress: [{}] }),
      'No Connections',
    ],
    [
      'one without a selector is refused',
      kubeObject('CiliumNetworkPolicy', 'x', { ingress: [{}] }),
      'unknown All Connections',
    ],
    ['one without a section does nothing', cnp({}), 'All Connections'],
  ])('%s', (_, policy, expected) => {
    expect(into(policy)).toBe(expected);
  });

  it('takes spec and specs together, and names each', () => {
    const object = kubeObject('CiliumNetworkPolicy', 'x', { ...ofB, ingress: [{}] });
    const specs = [{ ...ofB, ingress: [{ fromEndpoints: [app('a')], ...WEB }] }];
    const reach = memoryReach(...PODS, { ...object, body: { ...object.body, specs } });
    expect(answer(reach, A, B)).toBe('TCP 80');
    const [from, to] = [podsOf(reach, A), podsOf(reach, B)];
    if (from === undefined || to === undefined) throw new Error('no such pods');
    expect(explain(reach, from, to, 'TCP', 80).ingress.because).toBe(
      'CiliumNetworkPolicy default/x specs[0] ingress[0] lets it pass',
    );
  });
});

describe('ports', () => {
  it.each([
    ['any protocol is the default', ports({ port: '53' }), 'SCTP 53,TCP 53,UDP 53'],
    ['ANY says so', ports({ port: '53', protocol: 'ANY' }), 'SCTP 53,TCP 53,UDP 53'],
    ['endPort is inclusive', ports(tcp('80', { endPort: 82 })), 'TCP 80-82'],
    ['0 is every port', ports(tcp('0')), 'TCP 1-65535'],
    ['ICMP has none', ports({ port: '0', protocol: 'ICMP' }), 'No Connections'],
    ['a name is that of the receiving pod', ports(tcp('HTTP')), 'TCP 8080'],
    ['of any protocol', ports({ port: 'http' }), 'TCP 8080'],
    [
      'rules for requests let the connection pass',
      [{ ports: [tcp('80')], rules: { http: [{ path: '/x' }] } }],
      'TCP 80',
    ],
    ['and are for TCP alone', [{ ports: [{ port: '80' }], rules: { http: [{}] } }], 'unknown All Connections'],
    ['a number that is no string is refused', ports({ port: 80, protocol: 'TCP' }), 'unknown All Connections'],
    ['so is a missing one', ports({ protocol: 'TCP' }), 'unknown All Connections'],
    [
      'rules for names are for the way out',
      [{ ports: [tcp('53')], rules: { dns: [{ matchPattern: '*' }] } }],
      'unknown All Connections',
    ],
    ['no ports in an entry: versions differ', [{}], 'unknown All Connections'],
    ['an empty list restricts nothing', [], 'All Connections'],
  ])('%s', (_, toPorts, expected) => {
    const b = testPods('b[Deployment]', { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] });
    const reach = memoryReach('a[Deployment]', b, intoB({ fromEndpoints: [{}], toPorts }));
    expect(answer(reach, A, B)).toBe(expected);
  });

  it('icmps alone allow none', () => {
    expect(into(intoB({ fromEndpoints: [{}], icmps: [{ fields: [{ type: 8 }] }] }))).toBe('No Connections');
  });

  it('does not rely on what a name stands for on the way out', () => {
    const a = testPods('a[Deployment]', { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] });
    const rule = { toEndpoints: [app('a')], toPorts: ports(tcp('http'), tcp('81')) };
    expect(answer(memoryReach(a, 'b[Deployment]', outOfB(rule)), B, A)).toBe('TCP 81, unknown TCP 8080');
  });
});

describe('beside others', () => {
  const deny = (rule: Spec) => cnp({ ingressDeny: [rule], ingress: [{ fromEntities: ['all'] }] });
  it.each([
    ['a denial is stronger than any allowance', deny({ fromEndpoints: [app('a')], ...WEB }), ALL_BUT_80],
    ['a denial about nobody denies nothing', deny({}), 'All Connections'],
    ['ports alone are denied to everybody', deny({ toPorts: ports({ port: '0' }) }), 'No Connections'],
  ])('%s', (_, policy, expected) => {
    expect(into(policy)).toBe(expected);
  });

  it('adds up with NetworkPolicies, and denies what these allow', () => {
    const standard = kubernetes({ ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] });
    const own = cnp({ ingress: [{ fromEndpoints: [app('a')], toPorts: ports(tcp('82')) }], ingressDeny: [WEB] });
    expect(answer(memoryReach(...PODS, standard, own), A, B)).toBe('TCP 81-82');
  });

  it('is closed where a NetworkPolicy closes, whatever a lenient policy says', () => {
    const lenient = cnp({ enableDefaultDeny: { ingress: false }, ingress: [{ fromEndpoints: [app('a')], ...WEB }] });
    expect(answer(memoryReach(...PODS, lenient), A, B)).toBe('All Connections');
    expect(answer(memoryReach(...PODS, lenient, kubernetes({ ingress: [] })), A, B)).toBe('TCP 80');
  });

  it('stands in the middle of the tiers', () => {
    const admin = kubeObject('ClusterNetworkPolicy', 'admin', {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      ingress: [
        { action: 'Accept', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 9 } } }] },
      ],
    });
    expect(answer(memoryReach(...PODS, admin, intoB({})), A, B)).toBe('TCP 9');
  });

  it('lets requirements perhaps take away from what is allowed', () => {
    const required = intoB({ fromRequires: [{ matchLabels: { env: 'prod' } }] }, { fromEndpoints: [{}] });
    const prod = testPods('prod[Deployment]', { labels: { env: 'prod' } });
    const reach = memoryReach(...PODS, prod, required);
    expect([A, prod.id].map((from) => answer(reach, from, B))).toEqual(['unknown All Connections', 'All Connections']);
  });

  it('refuses all of an object for one of its parts', () => {
    const object = kubeObject('CiliumNetworkPolicy', 'x', { ...ofB, ingress: [{}] });
    const specs = [{ endpointSelector: {}, egress: [{ toPorts: ports({ port: 'no/port' }) }] }];
    const reach = memoryReach(...PODS, { ...object, body: { ...object.body, specs } });
    expect(answer(reach, A, B)).toBe('unknown All Connections');
  });
});
