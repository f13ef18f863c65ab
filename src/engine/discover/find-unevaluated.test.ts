import { expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';

const gapsOf = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
  (await discoverFiles(files)).gaps.map(({ path, reason }) => `${path}: ${reason}`);

it.each([
  ['Helmfile', 'helmfile.yaml', 'releases: [{ name: redis, chart: bitnami/redis }]\n'],
  ['Helmfile', 'deploy/helmfile.yaml.gotmpl', 'releases: {{ .x }}\n'],
  ['Helmfile', 'helmfile.d/10-apps.yaml', 'releases: []\n'],
  ['Fleet', 'apps/fleet.yaml', 'namespace: shop\nhelm: { chart: redis, repo: "https://charts.example" }\n'],
  [
    'Tanka',
    'environments/prod/spec.json',
    '{ "apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "metadata": { "name": "prod" } }',
  ],
  ['cdk8s', 'cdk8s.yaml', 'language: typescript\napp: node main.js\n'],
])('a file of %s is a gap: %s', async (tool, path, content) => {
  expect(await gapsOf({ [path]: content })).toEqual([
    `${path}: ${tool} deploys by this file, which is not evaluated here`,
  ]);
});

it.each([
  ['that says it is something else', { 'fleet.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n' }],
  ['in a folder for examples', { 'examples/helmfile.yaml': 'releases: []\n' }],
  ['whose output is committed', { 'cdk8s.yaml': 'app: x\n', 'dist/x.k8s.yaml': 'apiVersion: v1\n' }],
])('a file %s is none', async (_, files) => {
  expect(await gapsOf(files)).toEqual([]);
});
