/** Which policies `reach` counts in, which it names as not read, and which as doing nothing. */
import { describe, expect, it } from 'vitest';
import { deployment, FILES, POLICIES } from './reach-files.ts';
import { workspace } from './workspace.ts';

describe('reach', () => {
  it('leaves open what policies of a network plugin decide that are not read: 2, and says which', async () => {
    const policy = `apiVersion: crd.antrea.io/v1beta1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec: { priority: 5, appliedTo: [{ podSelector: { matchLabels: { app: db } } }], ingress: [{ action: Drop }] }
`;
    const files = { 'k8s/web.yaml': deployment('web', 8080), 'k8s/policy.yaml': policy };
    const { code, err } = await workspace(files).launchgate('reach');
    expect(code).toBe(2);
    expect(err).not.toContain('everything may talk to everything');
    expect(err).toContain('not read k8s/policy.yaml:1: NetworkPolicy shop/db may let through or stop');
  });

  it('counts policies of Cilium in, with what a rule lets through beside its port', async () => {
    const policy = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  endpointSelector: { matchLabels: { app: db } }
  ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: web } }], toPorts: [{ ports: [{ port: "5432", protocol: TCP }] }] }]
  ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: "8080", protocol: TCP }], rules: { http: [{ method: GET }] } }] }]
`;
    const tree = workspace({ ...FILES, 'k8s/policy.yaml': policy });
    const { code, out, err } = await tree.launchgate('reach --to shop/db');
    expect(code).toBe(0);
    expect(out).toBe('shop/web[Deployment] => shop/db[Deployment] : TCP 8080\n');
    expect(err).toContain('Rules for requests or server names let less through');
  });

  it('counts policies of Calico in, with their tiers', async () => {
    const policies = `apiVersion: projectcalico.org/v3
kind: Tier
metadata: { name: security }
spec: { order: 100, defaultAction: Pass }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: security.no-database }
spec:
  tier: security
  selector: app == 'db'
  ingress: [{ action: Deny, protocol: TCP, source: { selector: app == 'web' }, destination: { ports: [5432] } }]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  selector: app == 'db'
  ingress: [{ action: Allow, protocol: TCP, destination: { ports: ['5432:5433'] } }]
---
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: { name: nothing, namespace: shop }
spec: { selector: all() }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: broken, namespace: other }
spec: { selector: app = 'db' }
`;
    const tree = workspace({ ...FILES, 'k8s/policies.yaml': policies });
    const { code, out, err } = await tree.launchgate('reach --from shop/web --to shop/db');
    expect(code).toBe(0);
    expect(out).toBe('shop/web[Deployment] => shop/db[Deployment] : TCP 5433\n');
    expect(err).toContain('Policies of Calico are shown as they act where Calico is the network plugin');
    expect(err).toContain(
      'Calico NetworkPolicy other/broken (k8s/policies.yaml:26) would be refused: selector "app = \'db\'" has',
    );
  });

  it('names policies of a version that no cluster takes', async () => {
    const old = POLICIES.replaceAll('networking.k8s.io/v1', 'extensions/v1beta1');
    const { err } = await workspace({ ...FILES, 'k8s/policies.yaml': old }).launchgate('reach');
    expect(err).toContain('NetworkPolicy shop/db is of extensions/v1beta1, which no cluster takes: it does nothing.');
  });
});
