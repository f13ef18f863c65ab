import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryTree, platformOf } from '../../../test/fixture-platform.ts';
import { applyPatches } from '../../engine/patch/index.ts';
import { patchesOf } from '../../engine/synth.ts';
import { runControls } from '../../engine/run.ts';
import type { AnyControl } from '../../model/control.ts';
import { control } from './index.ts';

const WORKLOADS = ['a', 'b', 'c', 'd', 'e'] as const;
const namespaceOf = (name: string): string => (name < 'd' ? 'front' : 'back');

function manifests(policies: readonly string[]): string {
  const workloads = WORKLOADS.map(
    (name) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespaceOf(name)} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, tier: ${namespaceOf(name)} } }
    spec: { containers: [{ name: ${name}, image: "x/${name}:1", ports: [{ containerPort: 80 }, { containerPort: 81 }] }] }`,
  );
  return [...workloads, ...policies].join('\n---\n');
}

const policy = fc
  .record({
    namespace: fc.constantFrom('front', 'back'),
    selects: fc.constantFrom('{}', ...WORKLOADS.map((name) => `{ matchLabels: { app: ${name} } }`)),
    peer: fc.constantFrom(
      'namespaceSelector: {}',
      'podSelector: {}',
      ...WORKLOADS.map((name) => `podSelector: { matchLabels: { app: ${name} } }`),
    ),
    port: fc.constantFrom('80', '81'),
    types: fc.constantFrom('[Ingress]', '[Egress]', '[Ingress, Egress]'),
  })
  .map(
    ({ namespace, selects, peer, port, types }) =>
      (index: number) =>
        `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p${index}, namespace: ${namespace} }
spec:
  podSelector: ${selects}
  policyTypes: ${types}
${types.includes('Ingress') ? `  ingress: [{ from: [{ ${peer} }], ports: [{ port: ${port} }] }]\n` : ''}${types.includes('Egress') ? `  egress: [{ to: [{ ${peer} }], ports: [{ port: ${port} }] }]` : ''}`,
  );

const flow = fc.record({
  from: fc.constantFrom(...WORKLOADS),
  to: fc.constantFrom(...WORKLOADS),
  port: fc.constantFrom(80, 81),
});

function spec(flows: readonly { from: string; to: string; port: number }[]): string {
  return `apiVersion: launchgate/v1
kind: Platform
name: random
environments: [{ name: production, kind: production }]
services:
${WORKLOADS.map((name) => `  - { name: ${name}, workloads: [{ namespace: ${namespaceOf(name)}, name: ${name} }] }`).join('\n')}
flows:
${flows.map(({ from, to, port }) => `  - { from: service/${from}, to: service/${to}, port: ${port} }`).join('\n')}
`;
}

describe('patches of network-declared-flows', () => {
  it('leave exactly the declared flows, whatever the policies were', async () => {
    let mended = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { maxLength: 6 }),
        fc.array(flow, { minLength: 1, maxLength: 8 }),
        async (policies, flows) => {
          const files = {
            'k8s/all.yaml': manifests(policies.map((write, index) => write(index))),
            'launchgate.yaml': spec(flows),
          };
          const tree = memoryTree(files);
          const facts = await platformOf(tree);
          const before = outcome(facts);
          const patches = patchesOf(facts, control as AnyControl).map(({ patch }) => patch);
          if (before !== 'fail') {
            expect(patches).toEqual([]);
            return;
          }
          expect(patches).not.toEqual([]);
          mended += 1;
          const after = memoryTree({ ...files, ...applyPatches(tree, patches) });
          expect(outcome(await platformOf(after))).toBe('pass');
        },
      ),
      { numRuns: 150 },
    );
    expect(mended).toBeGreaterThan(50);
  });
});

function outcome(facts: Awaited<ReturnType<typeof platformOf>>): string | undefined {
  return runControls(facts, [control as AnyControl]).conclusions[0]?.result.outcome;
}
