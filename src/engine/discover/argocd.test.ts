import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';
import type { Discovery } from './index.ts';

function application(name: string, spec: unknown): string {
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec });
}

const chart = {
  'charts/api/Chart.yaml': 'name: api\nversion: 0.1.0\n',
  'charts/api/values.yaml': 'replicas: 1\n',
  'charts/api/values-prod.yaml': 'replicas: 3\n',
};

describe('Argo CD applications', () => {
  it('name an overlay, its namespace and its options', async () => {
    const found = await discoverFiles({
      'argocd/shop.json': application('shop', {
        destination: { name: 'prod-cluster', namespace: 'shop' },
        source: {
          path: 'deploy/base',
          kustomize: {
            namePrefix: 'eu-',
            replicas: [{ name: 'x', count: '5' }],
            images: ['api=registry.example/api:2', 'web:3', 'job@sha256:ab'],
          },
        },
      }),
      'deploy/base/kustomization.yaml': 'resources: [x.yaml]\n',
      'deploy/base/x.yaml': deployment('x'),
    });
    expect(found.deployables[0]).toMatchObject({
      id: 'kustomize:deploy/base',
      environment: 'production',
      environmentFrom: 'destination prod-cluster',
      namespace: 'shop',
      declaredBy: 'argocd/shop.json',
      kustomize: {
        overlay: {
          namePrefix: 'eu-',
          replicas: [{ name: 'x', count: 5 }],
          images: [
            { name: 'api', newName: 'registry.example/api', newTag: '2' },
            { name: 'web', newTag: '3' },
            { name: 'job', digest: 'sha256:ab' },
          ],
        },
      },
    });
    expect(found.deployables.map(({ id }) => id)).toEqual(['kustomize:deploy/base', 'plain:argocd']);
  });

  it('name the values of a chart in the order they apply', async () => {
    const found = await discoverFiles({
      ...chart,
      'apps/api.json': application('api-live', {
        source: {
          path: 'charts/api',
          helm: {
            releaseName: 'api',
            valueFiles: ['values-prod.yaml', '/envs/prod.yaml', 'gone.yaml'],
            values: 'ignored: beside a valuesObject\n',
            valuesObject: { a: 1, b: { c: 2, d: 3 } },
            parameters: [
              { name: 'image.tag', value: '1.10', forceString: true },
              { name: 'hosts[1].name', value: 'x' },
              { name: 'b.c', value: '5' },
              { name: 'on', value: 'true' },
            ],
          },
        },
      }),
      'envs/prod.yaml': 'z: 1\n',
    });
    expect(found.deployables[0]).toMatchObject({
      id: 'helm:charts/api@values-prod.yaml+envs/prod.yaml',
      environment: 'production',
      helm: {
        release: 'api',
        valuesFiles: ['charts/api/values-prod.yaml', 'envs/prod.yaml'],
        values: { a: 1, b: { c: 5, d: 3 }, image: { tag: '1.10' }, hosts: [null, { name: 'x' }], on: true },
      },
    });
    expect(found.gaps.map(({ reason }) => reason)).toContain(
      'api-live names the values file charts/api/gone.yaml, which is not there',
    );
    expect(idsAndEnvironments(found)).not.toHaveProperty('helm:charts/api@values-prod.yaml');
  });

  it('take values that are text where there is no valuesObject', async () => {
    const helm = { values: 'a: 1\nb: { c: 2 }\n', parameters: [{ name: 'b.c', value: '5' }] };
    const found = await discoverFiles({
      ...chart,
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm?.values).toEqual({ a: 1, b: { c: 5 } });
  });

  it('leave out the values files of their charts that none of them selects', async () => {
    const source = { path: 'charts/api', helm: { valueFiles: ['values-prod.yaml'] } };
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-staging.yaml': 'replicas: 2\n',
      'app.json': application('api', { source }),
    });
    expect(found.leftOut).toEqual([
      { path: 'charts/api/values-staging.yaml', reason: 'a values file that nothing selects' },
    ]);
  });

  it.each([
    ['values-prod-eu.yaml', 'prod-eu'],
    ['../../envs/staging.yaml', 'staging'],
    ['values.yaml', ''],
  ])('tell their environment by the values file %s', async (file, environment) => {
    const source = { path: 'charts/api', helm: { ignoreMissingValueFiles: true, valueFiles: [file] } };
    const found = await discoverFiles({ ...chart, 'app.json': application('api', { source }) });
    expect(found.deployables[0]?.environment ?? '').toBe(environment);
  });

  it('say what their cluster has', async () => {
    const helm = { kubeVersion: '1.33.0', apiVersions: ['networking.istio.io/v1'], skipCrds: true };
    const found = await discoverFiles({
      ...chart,
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm).toEqual({ release: 'x', valuesFiles: [], ...helm });
  });

  it('set items of lists that the values files hold, and whole lists', async () => {
    const helm = {
      valueFiles: ['values-prod.yaml'],
      parameters: [
        { name: 'hosts[1].name', value: 'new' },
        { name: 'args', value: '{a,2}' },
        { name: 'texts', value: '{1,2}', forceString: true },
        { name: 'on', value: 'TRUE' },
      ],
    };
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-prod.yaml': 'hosts: [{ name: one }, { name: two, path: /two }]\n',
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm?.values).toEqual({
      hosts: [{ name: 'one' }, { name: 'new', path: '/two' }],
      args: ['a', 2],
      texts: ['1', '2'],
      on: true,
    });
  });

  it('deploy their sources rather than a source, and what is hydrated rather than either', async () => {
    const files = Object.fromEntries(['old', 'new', 'dry'].map((path) => [`${path}/a.yaml`, deployment(path)]));
    const both = { source: { path: 'old' }, sources: [{ path: 'new' }], destination: { namespace: 'shop' } };
    const several = await discoverFiles({ ...files, 'argo/app.json': application('x', both) });
    expect(several.deployables.filter(({ namespace }) => namespace === 'shop').map(({ id }) => id)).toEqual([
      'plain:new',
    ]);
    const sourceHydrator = { drySource: { path: 'dry' }, syncSource: { targetBranch: 'live', path: 'x' } };
    const dry = await discoverFiles({ ...files, 'argo/app.json': application('x', { ...both, sourceHydrator }) });
    expect(dry.deployables.filter(({ namespace }) => namespace === 'shop').map(({ id }) => id)).toEqual(['plain:dry']);
  });

  it.each([{}, { sources: [{ repoURL: 'x', ref: 'values' }] }])(
    'are a gap without anything to deploy: %j',
    async (spec) => {
      const found = await discoverFiles({ 'app.json': application('x', spec) });
      expect(found.gaps).toMatchObject([
        { deployable: 'foreign:x', reason: 'x names no source', hides: ['kubernetes'] },
      ]);
    },
  );

  it('are a gap where their folder holds Jsonnet too, and none where they do not take it', async () => {
    const files = { 'k8s/a.yaml': deployment('a'), 'k8s/deep/main.jsonnet': '{}' };
    const take = (recurse: boolean): Promise<Discovery> =>
      discoverFiles({ ...files, 'app.json': application('x', { source: { path: 'k8s', directory: { recurse } } }) });
    expect((await take(true)).gaps).toMatchObject([
      { deployable: 'plain:k8s', reason: 'x uses Jsonnet (k8s/deep/main.jsonnet)' },
    ]);
    expect((await take(false)).gaps).toEqual([]);
  });

  it.each(['List', 'ApplicationList'])('are read in a %s', async (kind) => {
    const items = [JSON.parse(application('x', { source: { path: 'k8s' }, destination: { namespace: 'shop' } }))];
    const found = await discoverFiles({
      'k8s/a.yaml': deployment('a'),
      'apps.json': JSON.stringify({ apiVersion: 'v1', kind, items }),
    });
    expect(found.deployables[0]).toMatchObject({ id: 'plain:k8s', namespace: 'shop', declaredBy: 'apps.json' });
  });

  it('may take values of another source of the same repository', async () => {
    const found = await discoverFiles({
      ...chart,
      'app.json': application('api', {
        sources: [
          { path: 'charts/api', helm: { valueFiles: ['$values/envs/staging/api.yaml'] } },
          { repoURL: 'https://example.org/values.git', ref: 'values' },
        ],
      }),
      'envs/staging/api.yaml': 'replicas: 2\n',
    });
    expect(found.deployables[0]).toMatchObject({
      helm: { valuesFiles: ['envs/staging/api.yaml'] },
      environment: 'staging',
    });
  });

  it('are a gap where their source is elsewhere', async () => {
    const found = await discoverFiles({
      'app.json': application('ingress', {
        destination: { namespace: 'ingress' },
        source: { chart: 'ingress-nginx', repoURL: 'https://charts.example', targetRevision: '4.1.0' },
      }),
    });
    expect(found.deployables[0]).toMatchObject({ id: 'foreign:ingress', sources: [] });
    expect(found.gaps).toMatchObject([
      {
        path: 'app.json',
        deployable: 'foreign:ingress',
        reason: 'ingress deploys the chart ingress-nginx of https://charts.example, which is not in this repository',
        hides: ['kubernetes'],
      },
    ]);
    expect(found.rendered.get('foreign:ingress')?.objects ?? []).toEqual([]);
  });

  it('take a plain folder as their directory options say', async () => {
    const files = {
      'k8s/a.yaml': deployment('a'),
      'k8s/deep/b.yaml': deployment('b'),
      'k8s/deep/skip-c.yaml': deployment('c'),
    };
    const flat = await discoverFiles({ ...files, 'argo/app.json': application('x', { source: { path: 'k8s' } }) });
    expect(flat.deployables[0]?.sources).toEqual(['k8s/a.yaml']);
    const directory = { recurse: true, exclude: '**/skip-*' };
    const deep = await discoverFiles({
      ...files,
      'argo/app.json': application('x', { source: { path: 'k8s', directory } }),
    });
    expect(deep.deployables[0]?.sources).toEqual(['k8s/a.yaml', 'k8s/deep/b.yaml']);
  });

  it('tell two of one folder apart', async () => {
    const source = { path: 'k8s' };
    const found = await discoverFiles({
      'k8s/a.yaml': deployment('a'),
      'argo/1.json': application('blue', { source, destination: { namespace: 'blue' } }),
      'argo/2.json': application('green', { source, destination: { namespace: 'green' } }),
    });
    expect(found.deployables.slice(0, 2).map(({ id, namespace }) => [id, namespace])).toEqual([
      ['plain:k8s', 'blue'],
      ['plain:k8s#2', 'green'],
    ]);
    expect(found.rendered.get('plain:k8s#2')?.objects[0]).toMatchObject({
      namespace: 'green',
      deployable: 'plain:k8s#2',
    });
  });

  it.each([
    ['excluded by name', { recurse: true, exclude: '{b.yaml,prod/*}' }, 'svc/web/b.yaml'],
    ['not included', { recurse: true, include: 'a.yaml' }, 'svc/web/b.yaml'],
    ['in a folder that it does not descend into', {}, 'svc/web/old/b.yaml'],
  ])('run without what is %s, which runs nowhere', async (_, directory, spared) => {
    const found = await discoverFiles({
      'svc/web/a.yaml': deployment('web'),
      [spared]: deployment('spared'),
      'svc/web/prod/c.yaml': deployment('other'),
      'apps/web.json': application('web', { source: { path: 'svc/web', directory } }),
    });
    expect(found.deployables.map(({ id, sources }) => [id, sources])).toEqual([
      ['plain:svc/web', ['svc/web/a.yaml']],
      ['plain:apps', ['apps/web.json']],
      ['plain:svc/web/prod', ['svc/web/prod/c.yaml']],
    ]);
    expect(found.rendered.get('plain:svc/web')?.objects.map(({ name }) => name)).toEqual(['web']);
    expect(found.leftOut).toEqual([{ path: spared, reason: 'not taken by the application in apps/web.json' }]);
  });

  it('leave the folders of a repository alone whose root they take', async () => {
    const found = await discoverFiles({
      'root.json': application('root', { source: { path: '.' } }),
      'k8s/a.yaml': deployment('a'),
    });
    expect(idsAndEnvironments(found)).toEqual({ 'plain:.': '', 'plain:k8s': '' });
    expect(found.leftOut).toEqual([]);
  });

  it('are a gap, not a crash, when malformed', async () => {
    const found = await discoverFiles({
      'bad.json': application('bad', { source: { path: ['x'] } }),
      'escape.json': application('escape', { source: { path: '../../etc' } }),
      'plugin.json': application('plugin', { source: { path: 'k8s', plugin: { name: 'x' } } }),
      'k8s/a.yaml': deployment('a'),
    });
    expect(found.gaps.map(({ reason }) => reason)).toEqual([
      'spec.source.path is a list, expected a string',
      'escape deploys ../../etc of an unnamed repository, which is not in this repository',
      'plugin deploys k8s through a config management plug-in, which is not in this repository',
    ]);
  });
});
