import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';
import { isRemote } from './kustomization.ts';

const base = {
  'base/kustomization.yaml': 'resources: [api.yaml]\n',
  'base/api.yaml': deployment('api'),
};

describe('kustomizations', () => {
  it('takes overlays as deployables and bases as their parts', async () => {
    const found = await discoverFiles({
      ...base,
      'overlays/prod/kustomization.yaml': 'namespace: shop\nresources: [../../base]\n',
      'overlays/staging/kustomization.yml': 'bases: [../../base]\n',
    });
    expect(idsAndEnvironments(found)).toEqual({
      'kustomize:overlays/prod': 'production',
      'kustomize:overlays/staging': 'staging',
    });
    expect(found.deployables[0]).toMatchObject({
      namespace: 'shop',
      environmentFrom: 'folder prod',
      sources: ['base/api.yaml', 'base/kustomization.yaml', 'overlays/prod/kustomization.yaml'],
    });
  });

  it('goes by the namespace that it gives, where no folder speaks of an environment', async () => {
    const found = await discoverFiles({
      'deploy/kustomization.yaml': 'namespace: shop-staging\nresources: [a.yaml]\n',
      'deploy/a.yaml': deployment('a'),
      'prod/kustomization.yaml': 'namespace: staging\nresources: [a.yaml]\n',
      'prod/a.yaml': deployment('a'),
      'other/kustomization.yaml': 'namespace: shop\nresources: [a.yaml]\n',
      'other/a.yaml': deployment('a'),
    });
    expect(idsAndEnvironments(found)).toEqual({
      'kustomize:deploy': 'staging',
      'kustomize:prod': 'production',
      'kustomize:other': '',
    });
  });

  it('takes an overlay that one of another environment is built on as a deployable as well', async () => {
    const found = await discoverFiles({
      ...base,
      'overlays/staging/kustomization.yaml': 'namePrefix: s-\nresources: [../../base]\n',
      'overlays/prod/kustomization.yaml': 'namePrefix: p-\nresources: [../staging]\n',
      'overlays/prod-eu/kustomization.yaml': 'namePrefix: eu-\nresources: [../prod]\n',
    });
    expect(idsAndEnvironments(found)).toEqual({
      'kustomize:overlays/prod-eu': 'prod-eu',
      'kustomize:overlays/staging': 'staging',
    });
  });

  it('reads transformers that lie in a folder of their own, which is no deployable', async () => {
    const found = await discoverFiles({
      ...base,
      'app/kustomization.yaml': 'resources: [../base]\ntransformers: [../transformers]\n',
      'transformers/kustomization.yaml': 'resources: [t.yaml]\n',
      'transformers/t.yaml': 'apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: { name: t }\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'kustomize:app': '' });
    expect(found.gaps.map(({ reason }) => reason)).toEqual(['rendering is turned off, and this needs Kustomize']);
    expect(found.deployables[0]?.sources).toContain('transformers/t.yaml');
  });

  it('never takes a component for what runs, and says which ones nothing selects', async () => {
    const found = await discoverFiles({
      ...base,
      'kustomization.yaml': 'resources: [base]\ncomponents: [components/used]\n',
      'components/used/kustomization.yaml': 'kind: Component\n',
      'components/idle/kustomization.yaml': 'kind: Component\nresources: [extra.yaml]\n',
      'components/idle/extra.yaml': deployment('extra'),
    });
    expect(idsAndEnvironments(found)).toEqual({ 'kustomize:.': '' });
    expect(found.leftOut).toEqual([{ path: 'components/idle', reason: 'a Kustomize component that nothing selects' }]);
  });

  it.each([
    ['without a header', 'resources: [../../base]\nimages:\n- name: api\n newTag: latest\n'],
    ['with one', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [\n'],
    ['with a key given twice', 'resources: [../../base]\nresources: [b.yaml]\n'],
  ])('one that cannot be parsed is still what runs, and says so: %s', async (_, broken) => {
    const found = await discoverFiles({
      ...base,
      'overlays/prod/kustomization.yaml': broken,
      'overlays/prod/b.yaml': deployment('b'),
      'overlays/staging/kustomization.yaml': 'resources: [../../base]\n',
    });
    expect(idsAndEnvironments(found)).toEqual({
      'kustomize:overlays/prod': 'production',
      'kustomize:overlays/staging': 'staging',
    });
    expect(found.gaps).toContainEqual(
      expect.objectContaining({
        deployable: 'kustomize:overlays/prod',
        reason: expect.stringMatching(/^overlays\/prod\/kustomization\.yaml cannot be parsed \(line \d: /) as string,
      }),
    );
    expect(found.leftOut).toEqual([
      {
        path: 'overlays/prod/b.yaml',
        reason: 'overlays/prod/kustomization.yaml, which cannot be parsed, says what becomes of it',
      },
    ]);
  });

  it('does not let a kustomization in a test folder select a base, nor run itself', async () => {
    const found = await discoverFiles({ ...base, 'tests/all/kustomization.yaml': 'resources: [../../base]\n' });
    expect(idsAndEnvironments(found)).toEqual({ 'kustomize:base': '' });
    expect(found.leftOut).toEqual([{ path: 'tests', reason: 'a test folder that nothing selects' }]);
  });

  it('reads one that only lists resources without a tool, with origins in the files themselves', async () => {
    const found = await discoverFiles({ ...base, 'app/kustomization.yaml': 'resources: [../base]\n' });
    const rendered = found.rendered.get('kustomize:app');
    expect(rendered?.objects.map(({ name, origin }) => [name, origin])).toEqual([
      ['api', { path: 'base/api.yaml', document: 0 }],
    ]);
    expect(found.gaps).toEqual([]);
  });

  it.each([
    [
      'an object that Kustomize drops',
      deployment('api').replace(
        'name: api\n',
        'name: api\n  annotations: { config.kubernetes.io/local-config: "true" }\n',
      ),
    ],
    ['an object twice, which Kustomize refuses', `${deployment('api')}---\n${deployment('api')}`],
  ])('needs the tool for one that lists %s', async (_, content) => {
    const found = await discoverFiles({
      'base/kustomization.yaml': 'resources: [api.yaml]\n',
      'base/api.yaml': content,
    });
    expect(found.gaps.map(({ reason }) => reason)).toEqual(['rendering is turned off, and this needs Kustomize']);
    expect(found.rendered.get('kustomize:base')?.objects).toEqual([]);
  });

  it('is a gap when a tool is needed and there is none', async () => {
    const found = await discoverFiles({ ...base, 'app/kustomization.yaml': 'namePrefix: x-\nresources: [../base]\n' });
    expect(found.gaps).toMatchObject([{ deployable: 'kustomize:app', hides: ['kubernetes'] }]);
    expect(found.rendered.get('kustomize:app')?.objects).toEqual([]);
  });

  it.each([
    ['resources: [https://example.org/x.yaml]', 'needs the remote base https://example.org/x.yaml'],
    ['resources: ["github.com/acme/infra//base?ref=v1"]', 'needs the remote base github.com/acme/infra//base?ref=v1'],
    ['resources: ["git@github.com:acme/infra"]', 'needs the remote base'],
    ['helmCharts: [{ name: redis }]', 'helmCharts'],
    ['resources: [../../../outside]', 'outside the repository'],
    ['resources: [/etc/passwd]', 'outside the repository'],
    ['resources: [missing.yaml]', 'which is not there'],
    ['openapi: { path: "https://example.org/schema.json" }', 'the remote schema'],
    ['patches: [{ path: "https://example.org/p.yaml" }]', 'the remote file https://example.org/p.yaml'],
    ['transformers: ["https://example.org/t.yaml"]', 'the remote file https://example.org/t.yaml'],
  ])('refuses %s before any tool runs', async (line, reason) => {
    const refuse = (): never => {
      throw new Error('a tool was started');
    };
    const renderers = { allowRemote: false, kustomize: refuse, helm: refuse };
    const found = await discoverFiles({ 'app/kustomization.yaml': `namePrefix: x-\n${line}\n` }, { renderers });
    expect(found.gaps.map((gap) => gap.reason)).toEqual([expect.stringContaining(reason)]);
  });

  it('finds a remote base in the base of a base', async () => {
    const found = await discoverFiles({
      'overlays/prod/kustomization.yaml': 'namePrefix: x-\nresources: [../../base]\n',
      'base/kustomization.yaml': 'resources: [../deep]\n',
      'deep/kustomization.yaml': 'resources: ["git::https://example.org/x.git"]\n',
    });
    expect(found.gaps[0]?.reason).toBe('deep/kustomization.yaml needs the remote base git::https://example.org/x.git');
  });

  it('ends on kustomizations that take in each other', async () => {
    const found = await discoverFiles({
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    });
    expect(idsAndEnvironments(found)).toEqual({});
    expect(found.leftOut.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  it('lists manifests beside a kustomization that it does not take in', async () => {
    const found = await discoverFiles({ ...base, 'base/old.yaml': deployment('old') });
    expect(found.leftOut).toEqual([{ path: 'base/old.yaml', reason: 'not listed in base/kustomization.yaml' }]);
  });
});

describe('isRemote', () => {
  it.each(['../base', './x.yaml', 'base', 'my.git.yaml', '../../github/x', 'https.yaml'])('keeps %s local', (path) => {
    expect(isRemote(path)).toBe(false);
  });

  it.each([
    'https://x/y.yaml',
    'ssh://git@x/y',
    'git::https://x/y',
    'github.com/a/b',
    'git@x.org:a/b',
    'x.org/a/b?ref=main',
    'x.org/a/b.git//base',
    'file:///etc',
  ])('knows %s as remote', (path) => {
    expect(isRemote(path)).toBe(true);
  });
});
