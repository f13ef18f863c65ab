/** What a whole repository says beside its policies: the network it has, the ServiceAccounts, host endpoints. */
import { describe, expect, it } from 'vitest';
import { memoryTree, platformOf } from '../../../../test/fixture-platform.ts';
import { indexPlatform, viewFor } from '../../../engine/view.ts';
import { podsOf } from '../ends.ts';
import { explain } from '../explain.ts';
import { reachabilityOf } from './index.ts';

const deployment = (name: string, account = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { ${account === '' ? '' : `serviceAccountName: ${account}, `}containers: [{ name: main, image: "registry.example/main:1.0" }] }
`;
const PODS = `${deployment('web', 'trusted')}${deployment('job')}${deployment('db')}`;
const ACCOUNT = `---
apiVersion: v1
kind: ServiceAccount
metadata: { name: trusted, namespace: shop, labels: { trust: high } }
`;
const calico = (spec: string, version = 'projectcalico.org/v3') => `---
apiVersion: ${version}
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec: ${spec}
`;
const CLOSED = calico("{ selector: app == 'db' }");
const CILIUM = `---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: db, namespace: shop }
spec: { endpointSelector: { matchLabels: { app: db } }, ingress: [{}] }
`;
const daemon = (name: string) => `---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ${name}, namespace: kube-system }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "registry.example/${name}:1.0" }] }
`;

/** What comes in to `db` from others, and the first reason where that is not known. */
async function intoDb(manifests: string, sender = 'web'): Promise<string> {
  const platform = await platformOf(memoryTree({ 'shop.yaml': `${PODS}${manifests}` }));
  const reach = reachabilityOf(viewFor(indexPlatform(platform), ['kubernetes', 'spec']));
  const [from, to] = [sender, 'db'].map((name) => podsOf(reach, `shop/${name}[Deployment]`));
  if (from === undefined || to === undefined) throw new Error('no such pods');
  const { verdict, reasons } = explain(reach, from, to, 'TCP', 80).ingress;
  return [verdict, ...reasons.slice(0, 1)].join(': ');
}

describe('the network of the cluster', () => {
  it.each([
    ['is taken to be the one that knows the policies', CLOSED, 'denied'],
    ['as they are stored, too', calico("{ selector: app == 'db' }", 'crd.projectcalico.org/v1'), 'denied'],
    ['is none that knows another version', calico("{ selector: app == 'db' }", 'projectcalico.org/v2'), 'allowed'],
    ['may be shown', `${CLOSED}${daemon('canal')}`, 'denied'],
    [
      'may be another',
      `${CLOSED}${daemon('cilium')}`,
      'unknown: Calico NetworkPolicy shop/db: the network here is that of DaemonSet kube-system/cilium, which does not know policies of Calico',
    ],
    [
      'is one alone',
      `${CLOSED}${CILIUM}`,
      'unknown: CiliumNetworkPolicy shop/db: there are policies of Cilium and of Calico, and which of them is the network is not shown',
    ],
    ['and may then be shown', `${CILIUM}${CLOSED}${daemon('calico-node')}`, 'denied'],
  ])('%s', async (_, manifests, expected) => {
    expect(await intoDb(manifests)).toBe(expected);
  });
});

describe('ServiceAccounts', () => {
  const trusting = calico(
    "{ selector: app == 'db', ingress: [{ action: Allow, source: { serviceAccounts: { selector: trust == 'high' } } }] }",
  );
  it('have the labels of their manifests', async () => {
    expect(await intoDb(`${ACCOUNT}${trusting}`)).toBe('allowed');
    expect(await intoDb(`${ACCOUNT.replace('high', 'low')}${trusting}`)).toBe('denied');
  });

  it('that no manifest shows may have any', async () => {
    expect(await intoDb(`${ACCOUNT}${trusting}`, 'job')).toBe(
      'unknown: the labels of shop/job[Deployment] are not known, and Calico NetworkPolicy shop/db ingress[0] asks for some',
    );
  });
});

describe('host endpoints', () => {
  const setting = (autoCreate: string) => `---
apiVersion: projectcalico.org/v3
kind: KubeControllersConfiguration
metadata: { name: default }
spec: { controllers: { node: { hostEndpoint: { autoCreate: ${autoCreate} } } } }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: nodes }
spec: { selector: has(kubernetes-host), applyOnForward: true, ingress: [{ action: Allow, protocol: TCP, destination: { ports: [22] } }] }
`;
  it('may be made of every node', async () => {
    expect(await intoDb(setting('Disabled'))).toBe('allowed');
    expect(await intoDb(setting('Enabled'))).toBe(
      'unknown: GlobalNetworkPolicy nodes ingress[0]: it acts on what is forwarded through host endpoints, and which nodes are some is not known',
    );
  });
});
