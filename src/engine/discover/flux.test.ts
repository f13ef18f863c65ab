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
    expect(found.gaps[0]?.reason).toBe('apps uses postBuild.substituteFrom, which reads from the cluster');
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

  it('leaves nothing of its folder certain where variables come from the cluster', async () => {
    const found = await discoverFiles({
      'clusters/prod/apps.json': kustomization('apps', {
        path: './apps',
        postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'vars' }] },
      }),
      'apps/a/kustomization.yaml': 'namePrefix: a-\n',
      'apps/b/kustomization.yaml': 'namePrefix: b-\n',
    });
    const unsure = found.gaps.filter(({ reason }) => reason.includes('substituteFrom'));
    expect(unsure.map(({ deployable }) => deployable)).toEqual(['kustomize:apps/a', 'kustomize:apps/b']);
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

  it('leaves out what is suspended', async () => {
    const found = await discoverFiles({ 'x/y.json': kustomization('apps', { path: './apps', suspend: true }) });
    expect(found.leftOut).toEqual([{ path: 'x/y.json', reason: 'a Kustomization that is suspended' }]);
  });
});
