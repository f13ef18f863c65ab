import { expect, test } from 'vitest';
import { kubeObject, memoryReach, testPods } from '../reach.testkit.ts';
import { compileNftables, rulesetText } from './index.ts';

const PODS = [
  { id: 'shop/api[Deployment]', addresses: ['10.0.0.1', 'fd00::1'] },
  { id: 'shop/db[StatefulSet]', addresses: ['10.0.0.2'] },
];

test('policies become chains of the pods they select, and end in a drop', () => {
  const { input } = memoryReach(
    testPods('shop/api[Deployment]'),
    testPods('shop/db[StatefulSet]', { ports: [{ name: 'sql', protocol: 'TCP', port: 5432 }] }),
    'namespace shop',
    kubeObject('NetworkPolicy', 'shop/db', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 'sql' }] }],
    }),
    kubeObject('NetworkPolicy', 'shop/api', {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: {} }], ports: [{ port: 'sql' }] },
        {
          to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }],
          ports: [{ protocol: 'UDP', port: 50, endPort: 60 }],
        },
      ],
    }),
  );
  const ruleset = compileNftables(input, PODS);
  expect(ruleset.unsupported).toEqual([]);
  expect(rulesetText(ruleset, 'test')).toBe(`table inet test {
  chain egress_0 {
    ip daddr { 10.0.0.2 } tcp dport 5432 return
    ip daddr { 192.0.2.0-192.0.2.127 } udp dport 50-60 return
    drop
  }
  chain ingress_1 {
    ip saddr { 10.0.0.1 } tcp dport 5432 return
    ip6 saddr { fd00::1 } tcp dport 5432 return
    drop
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ip saddr vmap { 10.0.0.1 : jump egress_0 }
    ip6 saddr vmap { fd00::1 : jump egress_0 }
    ip daddr vmap { 10.0.0.2 : jump ingress_1 }
    accept
  }
}
`);
});

test('what has no counterpart is named', () => {
  const { input } = memoryReach(testPods('shop/api[Deployment]', { hostNetwork: true }), 'namespace shop');
  expect(compileNftables(input, PODS).unsupported).toEqual(['shop/api[Deployment] is on the network of its host']);
});
