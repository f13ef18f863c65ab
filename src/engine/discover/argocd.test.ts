import { describe, expect, it } from 'vitest';
import { application, deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';
import type { Discovery } from './index.ts';

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
