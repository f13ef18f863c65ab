/** Whom rules of Cilium's policies are about, point by point, as its documentation and source have them. */
import { describe, expect, it } from 'vitest';
import { A, B, FAR, PODS, intoB, outOfB, wide, ports, tcp, app, WEB, into, type Spec } from './cilium.testkit.ts';
import { API_SERVER, INTERNET, OTHER_NODE, outside, OWN_NODE, podsOf, unknownReasons } from './index.ts';
import { answer, kubeObject, memoryReach, testPods } from './reach.testkit.ts';
import { ACCOUNT } from './read/accounts.ts';

describe('peers', () => {
  const sees = (key: string, value = 'x') => ({ fromEndpoints: [{ matchLabels: { [key]: value } }] });
  it.each([
    ['a selector is about the own namespace', { fromEndpoints: [app('a')] }, ['All Connections', 'No Connections']],
    ['so is an empty one', { fromEndpoints: [{}] }, ['All Connections', 'No Connections']],
    [
      'a prefix says where a label is from',
      { fromEndpoints: [{ matchLabels: { 'k8s:app': 'a', 'any:app': 'a' } }] },
      ['All Connections', 'No Connections'],
    ],
    [
      'another namespace by its name',
      { fromEndpoints: [app('a', { 'k8s:io.kubernetes.pod.namespace': 'far' })] },
      ['No Connections', 'All Connections'],
    ],
    [
      'every namespace',
      { fromEndpoints: [{ matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] }] },
      ['All Connections', 'All Connections'],
    ],
    [
      'labels of a namespace: versions differ on others than the own',
      sees('io.cilium.k8s.namespace.labels.team', 'y'),
      ['No Connections', 'unknown All Connections'],
    ],
    ['labels of the own namespace', sees('io.cilium.k8s.namespace.labels.team'), ['All Connections', 'No Connections']],
    ['a cluster', sees('io.cilium.k8s.policy.cluster', 'one'), ['unknown All Connections', 'No Connections']],
    ['an empty list is nobody', { fromEndpoints: [] }, ['No Connections', 'No Connections']],
    ['also on ports', { fromEndpoints: [], ...WEB }, ['No Connections', 'No Connections']],
    ['ports alone are everybody on them', WEB, ['TCP 80', 'TCP 80']],
    ['all', { fromEntities: ['all'] }, ['All Connections', 'All Connections']],
    ['cluster', { fromEntities: ['cluster'] }, ['All Connections', 'All Connections']],
    ['world is no pod', { fromEntities: ['world'] }, ['No Connections', 'No Connections']],
    ['nor is a block, whatever it holds', { fromCIDR: ['0.0.0.0/0'] }, ['No Connections', 'No Connections']],
    [
      'two kinds of peers are refused',
      { fromEndpoints: [{}], fromCIDR: ['10.0.0.0/8'] },
      ['unknown All Connections', 'unknown All Connections'],
    ],
    [
      'an unknown entity is refused',
      { fromEntities: ['planet'] },
      ['unknown All Connections', 'unknown All Connections'],
    ],
  ])('%s', (_, rule: Spec, expected) => {
    expect([A, FAR].map((from) => into(intoB(rule), from))).toEqual(expected);
  });

  it('knows pods by their ServiceAccount', () => {
    const luke = testPods('luke[Deployment]', { labels: { app: 'luke', [ACCOUNT]: 'luke' } });
    const reach = memoryReach(
      ...PODS,
      luke,
      intoB({ fromEndpoints: [{ matchLabels: { [`k8s:${ACCOUNT}`]: 'luke' } }] }),
    );
    expect([luke.id, A].map((from) => answer(reach, from, B))).toEqual(['All Connections', 'No Connections']);
  });

  it('of a policy of the cluster, a selector is about every namespace', () => {
    const policy = wide({ endpointSelector: app('b'), ingress: [{ fromEndpoints: [app('a')] }] });
    expect([A, FAR].map((from) => into(policy, from))).toEqual(['All Connections', 'All Connections']);
  });

  const private10 = outside('10.1.0.0/16') ?? INTERNET;
  it.each([
    ['world', { fromEntities: ['world'] }, ['All Connections', 'All Connections', 'No Connections', 'No Connections']],
    [
      'cluster',
      { fromEntities: ['cluster'] },
      ['No Connections', 'No Connections', 'All Connections', 'All Connections'],
    ],
    [
      'remote-node',
      { fromEntities: ['remote-node'] },
      ['No Connections', 'No Connections', 'All Connections', 'No Connections'],
    ],
    ['host', { fromEntities: ['host'] }, ['No Connections', 'No Connections', 'No Connections', 'No Connections']],
    [
      'kube-apiserver',
      { fromEntities: ['kube-apiserver'] },
      ['No Connections', 'No Connections', 'unknown All Connections', 'All Connections'],
    ],
    ['health', { fromEntities: ['health'] }, ['No Connections', 'No Connections', 'No Connections', 'No Connections']],
    [
      'a block',
      { fromCIDR: ['10.0.0.0/8'] },
      ['No Connections', 'All Connections', 'unknown All Connections', 'No Connections'],
    ],
    [
      'a block with an exception',
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] },
      ['No Connections', 'No Connections', 'unknown All Connections', 'No Connections'],
    ],
    [
      'an entity by its label',
      { fromEndpoints: [{ matchLabels: { 'reserved:world': '' } }] },
      ['All Connections', 'All Connections', 'No Connections', 'No Connections'],
    ],
    [
      'nodes by labels',
      { fromNodes: [{ matchLabels: { zone: 'a' } }] },
      ['No Connections', 'No Connections', 'unknown All Connections', 'No Connections'],
    ],
    [
      'groups of the cloud',
      { fromGroups: [{ aws: {} }] },
      ['unknown All Connections', 'unknown All Connections', 'No Connections', 'No Connections'],
    ],
  ])('from outside and from nodes: %s', (_, rule: Spec, expected) => {
    const reach = memoryReach(...PODS, intoB(rule));
    expect([INTERNET, private10, OTHER_NODE, API_SERVER].map((from) => answer(reach, from, B))).toEqual(expected);
  });

  it('takes blocks from groups of blocks, and says which group it lacks', () => {
    const group = kubeObject('CiliumCIDRGroup', 'office', { externalCIDRs: ['198.51.100.0/24'] });
    const policy = intoB({ fromCIDRSet: [{ cidrGroupRef: 'office' }] });
    const office = outside('198.51.100.7') ?? INTERNET;
    expect(answer(memoryReach(...PODS, policy, group), office, B)).toBe('All Connections');
    const without = memoryReach(...PODS, policy);
    expect(answer(without, office, B)).toBe('unknown All Connections');
    const to = podsOf(without, B);
    expect(to && unknownReasons(without, office, to)).toEqual([
      'CiliumNetworkPolicy default/b ingress[0]: it is about CiliumCIDRGroup office, which no manifest shows',
    ]);
  });
});

describe('the way out', () => {
  const out = (...egress: Spec[]) => memoryReach(...PODS, outOfB(...egress));

  it('asks of the own node, which comes in unasked', () => {
    expect(answer(out({ toEntities: ['world'] }), B, OWN_NODE)).toBe('No Connections');
    expect(answer(out({ toEntities: ['host'] }), B, OWN_NODE)).toBe('All Connections');
    expect(answer(memoryReach(...PODS, intoB({})), OWN_NODE, B)).toBe('All Connections');
  });

  it('knows pods on the host’s network for nodes', () => {
    const host = testPods('host[DaemonSet]', { labels: { app: 'host' }, hostNetwork: true });
    const to = (rule: Spec) => answer(memoryReach(...PODS, host, outOfB(rule)), B, host.id);
    expect(to({ toEndpoints: [app('host')] })).toBe('No Connections');
    expect(to({ toEntities: ['remote-node'] })).toBe('unknown All Connections');
    expect(to({ toEntities: ['remote-node', 'host'] })).toBe('All Connections');
    expect(answer(memoryReach(...PODS, host, wide({ endpointSelector: {}, ingress: [{}] })), A, host.id)).toBe(
      'All Connections',
    );
  });

  const service = (name: string, spec: Spec) => kubeObject('Service', `far/${name}`, spec);
  it.each([
    [
      'the pods of a Service',
      [service('s', { selector: { app: 'a' } })],
      ['No Connections', 'All Connections', 'No Connections'],
    ],
    ['endpoints kept elsewhere', [service('s', {})], ['No Connections', 'No Connections', 'unknown All Connections']],
    ['no such Service', [], ['No Connections', 'unknown All Connections', 'unknown All Connections']],
  ])('leads to Services: %s', (_, services, expected) => {
    const rule = { toServices: [{ k8sService: { serviceName: 's', namespace: 'far' } }] };
    const reach = memoryReach(...PODS, outOfB(rule), ...services);
    expect([A, FAR, INTERNET].map((to) => answer(reach, B, to))).toEqual(expected);
  });

  const dns = (pattern: string) => ({
    toEndpoints: [app('dns')],
    toPorts: [{ ports: [{ port: '53' }], rules: { dns: [{ matchPattern: pattern }] } }],
  });
  const stripe = { kind: 'hosts', names: ['api.stripe.com'] } as const;
  it.each([
    ['a name that is asked for', [{ toFQDNs: [{ matchName: 'api.stripe.com' }] }, dns('*')], 'All Connections'],
    [
      'a pattern',
      [{ toFQDNs: [{ matchPattern: '*.stripe.com' }], toPorts: ports(tcp('443')) }, dns('*.stripe.com')],
      'TCP 443',
    ],
    ['a pattern of one label more', [{ toFQDNs: [{ matchPattern: '*.com' }] }, dns('*')], 'No Connections'],
    ['another name', [{ toFQDNs: [{ matchName: 'stripe.com' }] }, dns('*')], 'No Connections'],
    ['a name that Cilium never learns', [{ toFQDNs: [{ matchName: 'api.stripe.com' }] }], 'No Connections'],
    ['everybody needs no name', [{ toEntities: ['all'] }], 'All Connections'],
  ])('leads to names: %s', (_, egress, expected) => {
    expect(answer(out(...egress), B, stripe)).toBe(expected);
  });

  it('does not know what addresses a name has', () => {
    expect(answer(out({ toFQDNs: [{ matchName: 'api.stripe.com' }] }), B, INTERNET)).toBe('unknown All Connections');
  });
});
