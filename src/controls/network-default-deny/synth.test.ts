import { describe, expect, it } from 'vitest';
import { memoryTree, platformOf } from '../../../test/fixture-platform.ts';
import { synthesisOf } from '../../engine/synth.ts';
import type { AnyControl } from '../../model/control.ts';
import { control } from './index.ts';

const WORKLOAD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: api, image: "x/api:1", ports: [{ containerPort: 8080 }] }] }
`;
const SPEC = `apiVersion: launchgate/v1
kind: Platform
name: shop
environments: [{ name: production, kind: production }]
services: [{ name: api, workloads: [{ namespace: shop, name: api }] }]
flows: [{ from: internet, to: service/api, port: 8080 }]
`;
const OPEN = `---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: open, namespace: shop }
spec: { endpointSelector: {}, ingress: [{ fromEntities: [all] }] }
`;

async function synthesised(files: Record<string, string>) {
  const { patches, withheld } = synthesisOf(await platformOf(memoryTree(files)), control as AnyControl);
  return { patches: patches.length, withheld: withheld.map(({ reason }) => reason) };
}

describe('what synth leaves to be done by hand', () => {
  it('is to say which flows there are', async () => {
    const { patches, withheld } = await synthesised({ 'api.yaml': WORKLOAD });
    expect(patches).toBe(0);
    expect(withheld.join()).toContain('the spec declares no flows, and what 1 open workload must still let pass');
  });

  it('is nothing where flows say what must pass', async () => {
    const { patches, withheld } = await synthesised({ 'api.yaml': WORKLOAD, 'launchgate.yaml': SPEC });
    expect(patches).toBeGreaterThan(0);
    expect(withheld).toEqual([]);
  });

  it('is a policy of Cilium', async () => {
    const { patches, withheld } = await synthesised({ 'api.yaml': `${WORKLOAD}${OPEN}`, 'launchgate.yaml': SPEC });
    expect(patches).toBe(0);
    expect(withheld.join()).toBe(
      'as CiliumNetworkPolicy shop/open ingress[0] lets it pass, and policies of Cilium are not rewritten',
    );
  });
});
