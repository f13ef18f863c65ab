/** Whom rules of Calico are about: selectors, sets, blocks, Services, accounts, and what of them cannot be told. */
import { describe, expect, it } from 'vitest';
import { A, B, calico, FAR, from, into, intoB, ofB, outOfB, PODS, wide, type Spec } from './calico.testkit.ts';
import { explain, OTHER_NODE, outside, podsOf } from './index.ts';
import { ACCOUNT } from './read/accounts.ts';
import { answer, kubeObject, memoryReach, testPods } from './reach.testkit.ts';

const toBoth = (rule: Spec) => [A, FAR].map((sender) => into(intoB(from(rule)), sender));
const [YES, NO] = ['All Connections', 'No Connections'];

describe('selectors', () => {
  it.each([
    ['a selector is about the own namespace', { selector: "app == 'a'" }, [YES, NO]],
    ['a namespaceSelector says which', { namespaceSelector: "team == 'y'" }, [NO, YES]],
    ['both have to hold', { selector: "app == 'c'", namespaceSelector: 'all()' }, [NO, NO]],
    ['global() is no pod', { namespaceSelector: 'global()' }, [NO, NO]],
    ['a notSelector alone is about the own namespace', { notSelector: "app == 'c'" }, [YES, NO]],
    ['and leaves out', { selector: 'all()', notSelector: 'has(app)' }, [NO, NO]],
    ['labels that Calico gives', { selector: "projectcalico.org/orchestrator == 'k8s'" }, [YES, NO]],
    ['operators on text', { selector: "app starts with 'a' && app ends with 'a' && app contains 'a'" }, [YES, NO]],
    ['and their opposites', { selector: "!(app starts with 'a')" }, [NO, NO]],
    [
      'a missing label is unlike any value',
      { selector: "tier != 'db' && tier not in {'x', 'y',} && !has(tier)" },
      [YES, NO],
    ],
    ['|| is weaker than &&', { selector: "app == 'a' || app == 'c' && app == 'd'" }, [YES, NO]],
    ['blocks hold pods', { nets: ['10.1.0.0/16'] }, [YES, YES]],
    ['and leave them out', { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] }, [NO, NO]],
    ['blocks and selectors have to hold together', { nets: ['10.1.0.0/16'], selector: "app == 'a'" }, [YES, NO]],
    ['a block that pods are not in', { nets: ['10.9.0.0/16'], selector: "app == 'a'" }, [NO, NO]],
    ['one that some may be in', { nets: ['10.1.0.0/17'], selector: "app == 'a'" }, ['unknown All Connections', NO]],
  ])('%s', (_, rule, expected) => {
    expect(toBoth(rule)).toEqual(expected);
  });

  it.each([
    ['a text that does not parse', { selector: "app = 'a'" }],
    ['an end that is missing', { selector: "(app == 'a'" }],
    ['an unknown function', { selector: 'any()' }],
    ['global() elsewhere', { selector: 'global()' }],
    ['a line of its own', { selector: "app == 'a'\n" }],
    ['what is no block', { nets: ['ten'] }],
    ['blocks of both families', { nets: ['10.0.0.0/8', 'fd00::/8'] }],
    ['services at the own end', { services: { name: 'x' }, selector: "app == 'a'" }],
  ])('%s is refused', (_, rule) => {
    expect(into(intoB(from(rule)))).toBe('unknown All Connections');
    const reach = memoryReach(...PODS, intoB(from(rule)));
    const [a, b] = [podsOf(reach, A), podsOf(reach, B)];
    if (a === undefined || b === undefined) throw new Error('no such pods');
    expect(explain(reach, a, b, 'TCP', 80).ingress.reasons[0]).toMatch(
      /^Calico NetworkPolicy default\/b would be refused \(/,
    );
  });

  it('of a policy of the cluster are about every namespace', () => {
    const policy = wide({ ingress: [from({ selector: "app == 'a'" })] });
    expect([A, FAR].map((sender) => into(policy, sender))).toEqual([YES, YES]);
  });

  it('may name some of the own pods', () => {
    const both = ofB({ selector: '', ingress: [{ action: 'Allow', destination: { selector: "app == 'b'" } }] });
    const reach = memoryReach(...PODS, both);
    expect([B, A].map((to) => answer(reach, FAR, to))).toEqual([YES, NO]);
  });
});

describe('ServiceAccounts', () => {
  const luke = testPods('luke[Deployment]', { labels: { [ACCOUNT]: 'luke', 'pcsa.side': 'light' } });
  it.each([
    [{ names: ['luke'] }, [YES, NO]],
    [{ selector: "side == 'light'" }, [YES, NO]],
    [{ names: ['vader'], selector: "side == 'light'" }, [NO, NO]],
  ])('%j', (serviceAccounts, expected) => {
    const reach = memoryReach(...PODS, luke, intoB(from({ serviceAccounts })));
    expect([luke.id, A].map((sender) => answer(reach, sender, B))).toEqual(expected);
  });

  it('select pods of a policy', () => {
    const reach = memoryReach(...PODS, luke, wide({ serviceAccountSelector: "projectcalico.org/name == 'luke'" }));
    expect([luke.id, B].map((to) => answer(reach, A, to))).toEqual([NO, YES]);
  });
});

describe('sets of addresses', () => {
  const set = (name: string, nets: string[]) => calico('NetworkSet', name, { nets }, { role: 'partner' });
  const address = outside('203.0.113.7');
  const out = (rule: Spec, ...sets: ReturnType<typeof set>[]) => {
    if (address === undefined) throw new Error('no address');
    return answer(memoryReach(...PODS, ...sets, outOfB({ action: 'Allow', destination: rule })), B, address);
  };

  it('are selected by their labels', () => {
    const own = set('default/partner', ['203.0.113.0/24']);
    expect(out({ selector: "role == 'partner'" }, own)).toBe(YES);
    expect(out({ selector: "role == 'partner'", notNets: ['203.0.113.7'] }, own)).toBe(NO);
    expect(out({ selector: "role == 'other'" }, own)).toBe(NO);
    expect(out({ selector: "role == 'partner'" }, set('far/partner', ['203.0.113.0/24']))).toBe(NO);
    expect(
      out({ selector: "role == 'partner'", namespaceSelector: 'all()' }, set('far/partner', ['203.0.113.0/24'])),
    ).toBe(YES);
  });

  it('of the cluster are in no namespace', () => {
    const global = calico('GlobalNetworkSet', 'partner', { nets: ['203.0.113.0/24'] }, { role: 'partner' });
    expect(out({ selector: "role == 'partner'" }, global)).toBe(NO);
    expect(out({ selector: "role == 'partner'", namespaceSelector: 'global()' }, global)).toBe(YES);
  });

  it('of a namespace whose labels no manifest says are perhaps left out', () => {
    expect(out({ notSelector: "pcns.team == 'z'", nets: ['203.0.113.0/24'] }, set('other/x', ['203.0.113.0/24']))).toBe(
      NO,
    );
    const wideOut = wide({ egress: [{ action: 'Allow', destination: { notSelector: "pcns.team == 'z'" } }] });
    if (address === undefined) throw new Error('no address');
    const reach = memoryReach(...PODS, set('other/x', ['203.0.113.0/24']), wideOut);
    expect(answer(reach, B, address)).toBe('unknown All Connections');
  });

  it('may hold names', () => {
    const names = calico('NetworkSet', 'x', { allowedEgressDomains: ['api.example'] }, { role: 'partner' });
    expect(out({ selector: "role == 'partner'" }, names)).toBe('unknown All Connections');
    expect(out({ domains: ['api.example'] })).toBe('unknown All Connections');
  });
});

describe('services', () => {
  const service = {
    ...kubeObject('Service', 'a', { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 8080 }] }),
  };
  it('are the pods they select, on the ports they send to', () => {
    const rule = { action: 'Allow', destination: { services: { name: 'a' } } };
    expect(answer(memoryReach(...PODS, service, outOfB(rule)), B, A)).toBe('TCP 8080');
    expect(answer(memoryReach(...PODS, outOfB(rule)), B, A)).toBe('unknown All Connections');
    expect(into([service, intoB(from({ services: { name: 'a' } }))])).toBe(YES);
  });
});

describe('host endpoints', () => {
  const node = calico('HostEndpoint', 'n1', { node: 'n1' });
  const forwarded = wide({ selector: "role == 'node'", applyOnForward: true, ingress: [{ action: 'Deny' }] });

  it('may be what a selector of the cluster selects', () => {
    const policy = wide({ selector: "app == 'b'", ingress: [from({ selector: 'all()' })] });
    expect(answer(memoryReach(...PODS, policy), OTHER_NODE, B)).toBe(NO);
    expect(answer(memoryReach(...PODS, policy, node), OTHER_NODE, B)).toBe('unknown All Connections');
  });

  it('may stop what is forwarded', () => {
    expect(into(forwarded)).toBe(YES);
    expect(into([forwarded, node])).toBe('unknown All Connections');
  });

  it('are what pods on the network of a node are to selectors, and never pods', () => {
    const onHost = testPods('host[DaemonSet]', { hostNetwork: true });
    const policy = outOfB({ action: 'Allow', destination: { selector: "app == 'host'" } });
    expect(answer(memoryReach(...PODS, onHost, policy), B, onHost.id)).toBe(NO);
  });

  it('leave open what passes pods on the network of a node', () => {
    const onHost = testPods('host[DaemonSet]', { hostNetwork: true });
    expect(answer(memoryReach(...PODS, onHost), A, onHost.id)).toBe(YES);
    for (const policy of [node, wide({})])
      expect(answer(memoryReach(...PODS.slice(3), 'a[Deployment]', onHost, policy), OTHER_NODE, onHost.id)).toBe(
        'unknown All Connections',
      );
    expect(
      answer(memoryReach('a[Deployment]', onHost, ofB({ selector: '', types: ['Ingress'] })), OTHER_NODE, onHost.id),
    ).toBe(YES);
  });
});
