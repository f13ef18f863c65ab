import { expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import type { Spec } from '../../model/spec.ts';

const overlay = (path: string): Record<string, string> => ({
  [`${path}/kustomization.yaml`]: 'resources: [x.yaml]\n',
  [`${path}/x.yaml`]: deployment('x'),
});

const files = {
  ...overlay('apps/shop'),
  ...overlay('apps/old/deeper'),
  ...overlay('apps/prod'),
  'apps/chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'apps/chart/templates/a.yaml': deployment('a'),
  'apps/plain/a.yaml': deployment('plain'),
  'set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: set }
spec:
  generators:
    - matrix:
        generators:
          - git:
              directories:
                - path: apps/*
                - { path: apps/old, exclude: true }
                - { path: apps/chart, exclude: true }
                - { path: apps/plain, exclude: true }
                - { path: apps/prod, exclude: true }
          - list: { elements: [{}] }
  template:
    metadata: { name: 'app-{{.path.basename}}' }
    spec:
      source: { path: '{{.path.path}}' }
`,
};

const idsOf = async (spec?: Spec): Promise<string[]> =>
  (await discoverFiles(files, { spec })).deployables.map(({ id }) => id).sort();

it('folders that an ApplicationSet excludes are left out, but those of an environment', async () => {
  expect(await idsOf()).toEqual(['kustomize:apps/prod', 'kustomize:apps/shop', 'plain:.']);
  const reason = 'excluded by the ApplicationSet in set.yaml';
  expect((await discoverFiles(files)).leftOut).toEqual(
    expect.arrayContaining(['apps/chart', 'apps/old', 'apps/plain'].map((path) => ({ path, reason }))),
  );
});

it('folders that an ApplicationSet excludes are taken where the spec names them', async () => {
  const deployables = ['apps/old/deeper', 'apps/chart', 'apps/plain'];
  const environments = [{ name: 'production', kind: 'production', allowedDifferences: [], deployables }];
  expect(await idsOf({ environments } as unknown as Spec)).toEqual([
    'helm:apps/chart',
    'kustomize:apps/old/deeper',
    'kustomize:apps/prod',
    'kustomize:apps/shop',
    'plain:.',
    'plain:apps/plain',
  ]);
});
