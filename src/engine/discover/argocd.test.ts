import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

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
          kustomize: { namePrefix: 'eu-', images: ['api=registry.example/api:2', 'web:3', 'job@sha256:ab'] },
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
            values: 'a: 1\nb: { c: 2 }\n',
            valuesObject: { b: { d: 3 } },
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
