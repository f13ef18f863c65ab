import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

const flux = (kind: string, group: string, name: string, spec: unknown): string =>
  JSON.stringify({
    apiVersion: `${group}.toolkit.fluxcd.io/v1`,
    kind,
    metadata: { name, namespace: 'flux-system' },
    spec,
  });
const kustomization = (name: string, spec: unknown): string => flux('Kustomization', 'kustomize', name, spec);
const release = (name: string, spec: unknown): string => flux('HelmRelease', 'helm', name, spec);

describe('Flux', () => {
  it('names a kustomization with what it adds', async () => {
    const found = await discoverFiles({
      'clusters/prod/apps.json': kustomization('apps', {
        path: './apps/live',
        targetNamespace: 'shop',
        patches: [{ patch: 'x' }],
        postBuild: { substitute: { region: 'eu', count: 3 }, substituteFrom: [{ kind: 'ConfigMap', name: 'vars' }] },
      }),
      'apps/live/kustomization.yaml': 'resources: [x.yaml]\n',
      'apps/live/x.yaml': deployment('x'),
    });
    expect(found.deployables[0]).toMatchObject({
      id: 'kustomize:apps/live',
      environment: 'production',
      namespace: 'shop',
      kustomize: {
        overlay: { namespace: 'shop', patches: [{ patch: 'x' }] },
        substitute: { region: 'eu', count: '3' },
      },
    });
    expect(found.deployables[0]?.kustomize?.hiddenVariables).toEqual({ from: ['ConfigMap vars'] });
  });

  it('takes a folder without a kustomization with everything below it', async () => {
    const found = await discoverFiles({
      'clusters/staging/apps.json': kustomization('apps', { path: './apps' }),
      'apps/a.yaml': deployment('a'),
      'apps/deep/b.yaml': deployment('b'),
      'apps/own/kustomization.yaml': 'resources: [c.yaml]\n',
      'apps/own/c.yaml': deployment('c'),
    });
    expect(idsAndEnvironments(found)).toEqual({
      'plain:apps': 'staging',
      'kustomize:apps/own': 'staging',
      'plain:clusters/staging': 'staging',
    });
    expect(found.deployables[0]?.sources).toEqual(['apps/a.yaml', 'apps/deep/b.yaml']);
  });

  it('fills in the variables of a folder without a kustomization', async () => {
    const found = await discoverFiles({
      'clusters/prod/apps.json': kustomization('apps', {
        path: './apps',
        postBuild: { substitute: { REPLICAS: 4, TAG: 'v1' } },
      }),
      'apps/a.yaml': deployment('a', { image: 'a:${TAG}' }).replace('replicas: 2', 'replicas: ${REPLICAS}'),
    });
    expect(found.rendered.get('plain:apps')?.objects[0]).toMatchObject({
      origin: { path: 'apps/a.yaml', document: 0 },
      body: { spec: { replicas: 4, template: { spec: { containers: [{ image: 'a:v1' }] } } } },
    });
  });

  describe('with variables from the cluster', () => {
    const named = (kind: string, name: string, data: unknown, namespace: string | undefined = 'flux-system'): string =>
      JSON.stringify({ apiVersion: 'v1', kind, metadata: { name, namespace }, data });
    const reading = (...references: string[]): string =>
      kustomization('apps', {
        path: './apps',
        postBuild: {
          substitute: { TAG: 'v1' },
          substituteFrom: references.map((reference) => {
            const [kind, name] = reference.split('/');
            return { kind, name };
          }),
        },
      });
    const found = async (files: Readonly<Record<string, string>>, ...references: string[]) => {
      const { rendered } = await discoverFiles({
        'clusters/prod/apps.json': reading(...references),
        'apps/a.yaml': deployment('a', { image: 'a:${TAG}' }).replace('replicas: 2', 'replicas: ${N:=5}'),
        'apps/b.yaml': deployment('b', { image: 'b:${TAG}' }),
        ...files,
      });
      const { objects = [], gaps = [] } = rendered.get('plain:apps') ?? {};
      return { replicas: objects[0]?.body['spec'], reasons: gaps.map(({ reason }) => reason) };
    };

    it.each([
      ['nothing holds it', {}, 'ConfigMap vars'],
      ['it is in another namespace', { 'x.json': named('ConfigMap', 'vars', { N: '3' }, 'shop') }, 'ConfigMap vars'],
      [
        'two hold it elsewhere',
        { 'a/x.json': named('ConfigMap', 'vars', { N: '3' }), 'b/x.json': named('ConfigMap', 'vars', { N: '4' }) },
        'ConfigMap vars',
      ],
      [
        'a kustomization patches it',
        {
          'a/x.json': named('ConfigMap', 'vars', { N: '3' }),
          'a/kustomization.yaml': 'resources: [x.json]\npatches: [{ target: { name: vars }, patch: "[]" }]\n',
        },
        'ConfigMap vars',
      ],
      ['a Secret sets it', { 'x.json': named('Secret', 'vars', { N: 'Mw==' }) }, 'Secret vars'],
    ])('does not know a value where %s', async (_, files, reference) => {
      expect((await found(files, reference.replace(' ', '/'))).reasons).toEqual([
        `\${N} is filled in from ${reference}, which only the cluster knows`,
      ]);
    });

    it('takes the values of a ConfigMap that the repository holds, beside the Kustomization rather than elsewhere', async () => {
      const files = {
        'clusters/prod/vars.json': named('ConfigMap', 'vars', { N: 3, TAG: 'v9' }),
        'clusters/staging/vars.json': named('ConfigMap', 'vars', { N: 1 }),
        'clusters/prod/secret.json': named('Secret', 'keys', { KEY: 'ENC[x]' }),
      };
      expect(await found(files, 'ConfigMap/vars', 'Secret/keys')).toMatchObject({
        replicas: { replicas: 3 },
        reasons: [],
      });
    });

    it('does not trust a ConfigMap that something unseen may override', async () => {
      const files = { 'clusters/prod/vars.json': named('ConfigMap', 'vars', { N: 3 }) };
      expect((await found(files, 'ConfigMap/vars', 'Secret/unseen')).reasons).toHaveLength(1);
      expect((await found(files, 'Secret/unseen', 'ConfigMap/vars')).reasons).toEqual([]);
    });
  });

  it('gives labels and annotations to every object, and to no pod', async () => {
    const found = await discoverFiles({
      'clusters/prod/apps.json': kustomization('apps', {
        path: './apps',
        commonMetadata: { labels: { team: 'shop' }, annotations: { owner: 'shop' } },
      }),
      'apps/a.yaml': deployment('a').replace('name: a\n', 'name: a\n  labels: { team: x, tier: web }\n'),
    });
    const [object] = found.rendered.get('plain:apps')?.objects ?? [];
    expect(object).toMatchObject({
      labels: { team: 'shop', tier: 'web' },
      body: { metadata: { annotations: { owner: 'shop' } } },
    });
    expect(object?.body).toHaveProperty('spec.template.metadata', { labels: { app: 'a' } });
  });

  it.each([
    [['charts/api/eu.yaml'], 1],
    [['./charts/api/values.yaml', 'charts/api/eu.yaml'], 0],
  ])('says that values files replace those of the chart: %j', async (valuesFiles, gaps) => {
    const found = await discoverFiles({
      'r.json': release('api', {
        chart: { spec: { chart: './charts/api', sourceRef: { kind: 'GitRepository' }, valuesFiles } },
      }),
      'charts/api/Chart.yaml': 'name: api\nversion: 1.0.0\n',
      'charts/api/values.yaml': 'a: 1\n',
      'charts/api/eu.yaml': 'a: 2\n',
    });
    const reason = 'api uses valuesFiles without charts/api/values.yaml, which they replace (r.json)';
    expect(found.gaps.filter((gap) => gap.reason === reason)).toHaveLength(gaps);
  });

  it('names a local chart with its values, and reports a remote one', async () => {
    const found = await discoverFiles({
      'clusters/prod/local.json': release('api', {
        targetNamespace: 'shop',
        chart: {
          spec: { chart: './charts/api', sourceRef: { kind: 'GitRepository' }, valuesFiles: ['charts/api/eu.yaml'] },
        },
        values: { replicas: 3 },
        valuesFrom: [{ kind: 'Secret', name: 'x' }],
      }),
      'clusters/prod/remote.json': release('cache', {
        chart: { spec: { chart: 'redis', sourceRef: { kind: 'HelmRepository' } } },
      }),
      'charts/api/Chart.yaml': 'name: api\nversion: 1.0.0\n',
      'charts/api/eu.yaml': 'a: 1\n',
    });
    expect(found.deployables.slice(0, 2)).toMatchObject([
      {
        id: 'helm:charts/api@eu.yaml',
        environment: 'production',
        namespace: 'shop',
        helm: { release: 'shop-api', valuesFiles: ['charts/api/eu.yaml'], values: { replicas: 3 } },
      },
      { id: 'foreign:cache' },
    ]);
    expect(found.gaps.map(({ reason }) => reason)).toEqual([
      'api uses valuesFrom, which reads from the cluster (clusters/prod/local.json)',
      'cache deploys the chart redis, which is not in this repository',
      'rendering is turned off, and this needs Helm',
    ]);
  });

  it('takes a patch of a HelmRelease for no release of its own', async () => {
    const found = await discoverFiles({
      'apps/base/kustomization.yaml': 'resources: [release.json]\n',
      'apps/base/release.json': release('cache', { chart: { spec: { chart: 'redis' } } }),
      'apps/prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: values.json }]\n',
      'apps/prod/values.json': release('cache', { values: { replicas: 3 } }),
    });
    expect(found.gaps.map(({ path, reason }) => [path, reason])).toEqual([
      ['apps/base/release.json', 'cache deploys the chart redis, which is not in this repository'],
      ['apps/prod', 'rendering is turned off, and this needs Kustomize'],
    ]);
  });

  it('leaves out what is suspended', async () => {
    const found = await discoverFiles({ 'x/y.json': kustomization('apps', { path: './apps', suspend: true }) });
    expect(found.leftOut).toEqual([{ path: 'x/y.json', reason: 'a Kustomization that is suspended' }]);
  });
});
