import { expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import { loadSpec } from '../load-spec.ts';
import { resolve, writeInit } from './index.ts';

const files = {
  'k8s/prod/api.yaml': `${deployment('api')}---\n${deployment('y')}`.replaceAll('name: y\n', 'name: "y"\n'),
  'k8s/prod/db.yaml': deployment('db', { image: 'postgres:17' }),
  'k8s/staging/api.yaml': deployment('api'),
  'charts/web/Chart.yaml': 'name: web\nversion: 1.0.0\n',
  'charts/web/values-prod.yaml': 'a: 1\n',
  'ops/pg.yaml': 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders }\n',
};

it('writes down what was found, as a spec that resolves to the same platform', async () => {
  const found = await discoverFiles(files);
  const text = writeInit(found);
  const spec = loadSpec(text, 'launchgate.yaml');
  expect(text.startsWith('# yaml-language-server: $schema=https://')).toBe(true);
  expect(spec.environments).toMatchObject([
    { name: 'production', kind: 'production' },
    { name: 'staging', kind: 'staging', deployables: ['k8s/staging', 'ops'] },
  ]);
  expect(spec.environments[0]?.deployables).toEqual(['charts/web', 'k8s/prod', 'ops']);
  expect(spec.services.map(({ name }) => name)).toEqual(['api']);
  expect(spec.stores).toMatchObject([
    { name: 'db', kind: 'postgres' },
    { name: 'orders', managed: 'CloudNativePG Cluster' },
  ]);
  const [before, after] = [resolve(found, undefined, undefined), resolve(found, spec, undefined)];
  expect(after.objects).toEqual(before.objects);
  expect(after.deployables).toEqual(before.deployables);
});

it('quotes names that YAML would read as numbers or truths', async () => {
  const named = (name: string, image: string): string =>
    deployment('x', { image }).replaceAll('name: x\n', `name: "${name}"\n`);
  const found = await discoverFiles({
    'k8s/prod/a.yaml': named('123', 'postgres:17'),
    'k8s/prod/b.yaml': named('1e3', 'api:1'),
    'k8s/prod/c.yaml': named('null', 'api:1'),
  });
  const spec = loadSpec(writeInit(found), 'launchgate.yaml');
  expect(spec.stores.map(({ name }) => name)).toEqual(['123']);
  expect(spec.services.map(({ name }) => name)).toEqual(['1e3', 'null']);
});

it('names workloads that share a name, for which there is no entry', async () => {
  const inNamespace = (namespace: string): string =>
    deployment('api').replace('name: api\n', `name: api\n  namespace: ${namespace}\n`);
  const text = writeInit(await discoverFiles({ 'k8s/a.yaml': inNamespace('one'), 'k8s/b.yaml': inNamespace('two') }));
  expect(loadSpec(text, 'launchgate.yaml').services).toEqual([]);
  for (const namespace of ['one', 'two'])
    expect(text).toContain(
      `#   - { name: NAME, workloads: [{ kind: Deployment, namespace: ${namespace}, name: api }] }`,
    );
});

it('is valid for a repository in which nothing was found', async () => {
  expect(loadSpec(writeInit(await discoverFiles({})), 'launchgate.yaml').environments).toHaveLength(1);
});
