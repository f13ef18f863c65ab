import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';
import { workloadName, podSpec } from '../../model/kube.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { specSchema } from '../../model/spec.ts';
import { resolve } from './index.ts';

/** A Deployment `web` and what borrows its template. */
async function platform(
  replicas: number,
  scaleDown: string,
  more: Record<string, unknown> = {},
): Promise<PlatformFacts> {
  const borrowed = `workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web${scaleDown} }`;
  const files = {
    'k8s/rollout.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web-canary, namespace: shop }
spec: { replicas: 3, strategy: { canary: {} }, ${borrowed} }
`,
    'k8s/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "registry.example.com/shop/web:1.4.2" }] }
`,
  };
  const spec = specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [{ name: 'production', kind: 'production' }],
    ...more,
  });
  return resolve(await discoverFiles(files, { spec }), spec, undefined);
}

const runs = (facts: PlatformFacts): string[] => facts.workloads.map(workloadName).sort();

describe('a Deployment that lends a Rollout its template', () => {
  it.each([
    ['asks for no pods', 0, ''],
    ['is scaled down once the Rollout is healthy', 3, ', scaleDown: onsuccess'],
    ['is scaled down as the Rollout grows', 3, ', scaleDown: progressively'],
  ])('is judged as the Rollout alone where it %s', async (_why, replicas, scaleDown) => {
    const facts = await platform(replicas, scaleDown);
    expect(runs(facts)).toEqual(['Rollout shop/web-canary']);
    expect(facts.services.map(({ name }) => name)).toEqual(['web-canary']);
    const [rollout] = facts.workloads;
    expect(rollout && podSpec(rollout).get('containers').origin.path).toBe('k8s/deployment.yaml');
  });

  it.each([
    ['by default', ''],
    ['as it says', ', scaleDown: never'],
  ])('has pods of its own beside those of the Rollout where it is never scaled down, %s', async (_how, scaleDown) => {
    expect(runs(await platform(3, scaleDown))).toEqual(['Deployment shop/web', 'Rollout shop/web-canary']);
  });

  it.each([
    ['by its name', {}],
    ['by a reference', { workloads: [{ kind: 'Deployment', name: 'web' }] }],
  ])('stands for the Rollout in the spec, %s', async (_how, more) => {
    const facts = await platform(0, '', { services: [{ name: 'web', ...more }] });
    expect(facts.gaps).toEqual([]);
    expect(facts.services.map(({ name, workloads }) => [name, workloads.map(workloadName)])).toEqual([
      ['web', ['Rollout shop/web-canary']],
    ]);
  });
});
