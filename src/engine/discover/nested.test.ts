import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import { needs } from '../../../test/need.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { hostRenderers } from '../../adapters/renderers.ts';
import { resolve } from '../resolve/index.ts';
import { discover, type Discovery } from './index.ts';

const app = (path: string, name = 'child'): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${name} }\nspec: { destination: { namespace: shop }, source: { path: ${path} } }\n`;

const real = (files: Readonly<Record<string, string>>): Promise<Discovery> =>
  discover(temporaryTree(files), { renderers: hostRenderers() });

const summary = (found: Discovery): [string, string, string][] =>
  found.deployables.map(({ id, environment, declaredBy }) => [id, environment ?? '', declaredBy]);

describe('applications that deploy applications', () => {
  it('are read where a kustomization only lists them, with its environment', async () => {
    const found = await discoverFiles({
      'clusters/prod/kustomization.yaml': 'resources: [../../apps]\n',
      'apps/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/web.yaml': app('k8s/web'),
      'k8s/web/web.yaml': deployment('web'),
    });
    expect(summary(found)).toEqual([
      ['kustomize:clusters/prod', 'production', 'clusters/prod/kustomization.yaml'],
      ['plain:k8s/web', 'production', 'apps/web.yaml'],
    ]);
    expect(found.rendered.get('plain:k8s/web')?.objects[0]).toMatchObject({ name: 'web', namespace: 'shop' });
  });

  it('replace the folder that they take in part, and say what they leave out', async () => {
    const found = await discoverFiles({
      'clusters/prod/kustomization.yaml': 'resources: [../../apps]\n',
      'apps/kustomization.yaml': 'resources: [made.yaml]\n',
      'apps/made.yaml': `apiVersion: v1\nkind: List\nitems:\n  - ${JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'web' },
        spec: { source: { path: 'k8s/web', directory: { exclude: 'b.yaml' } } },
      })}\n`,
      'k8s/web/a.yaml': deployment('web'),
      'k8s/web/b.yaml': deployment('spared'),
    });
    expect(summary(found)).toEqual([
      ['kustomize:clusters/prod', 'production', 'clusters/prod/kustomization.yaml'],
      ['plain:k8s/web', 'production', 'apps/made.yaml'],
    ]);
    expect(found.rendered.get('plain:k8s/web')?.objects.map(({ name }) => name)).toEqual(['web']);
    expect(found.leftOut).toEqual([
      { path: 'k8s/web/b.yaml', reason: 'not taken by the application in apps/made.yaml' },
    ]);
  });

  it('come twice where two environments take them in', async () => {
    const found = await discoverFiles({
      'clusters/prod/kustomization.yaml': 'resources: [../../apps]\n',
      'clusters/staging/kustomization.yaml': 'resources: [../../apps]\n',
      'apps/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/web.yaml': app('k8s/web'),
      'k8s/web/web.yaml': deployment('web'),
    });
    expect(summary(found).slice(2)).toEqual([
      ['plain:k8s/web', 'production', 'apps/web.yaml'],
      ['plain:k8s/web#2', 'staging', 'apps/web.yaml'],
    ]);
  });

  it('have ids of their own where one is taken in as it stands and patched as well', async () => {
    const sync = (name: string, spec: object): string =>
      JSON.stringify({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name },
        spec: { path: './apps/prod', ...spec },
      });
    const found = await discoverFiles(
      {
        'clusters/a.json': sync('a', { postBuild: { substitute: { PART: 'deep' } } }),
        'clusters/b.json': sync('b', {}),
        'apps/prod/kustomization.yaml': 'resources: [app.yaml]\n',
        'apps/prod/app.yaml': app('k8s/web'),
        'k8s/web/web.yaml': deployment('web'),
      },
      {
        renderers: {
          allowRemote: false,
          kustomize: () => Promise.resolve({ ok: true, yaml: app('k8s/web').replace('shop', 'patched') }),
          helm: () => Promise.reject(new Error('no chart here')),
        },
      },
    );
    const web = found.deployables.filter(({ path }) => path === 'k8s/web');
    expect(web.map(({ id, namespace }) => [id, namespace])).toEqual([
      ['plain:k8s/web', 'shop'],
      ['plain:k8s/web#2', 'patched'],
    ]);
    expect(web.map(({ id }) => found.rendered.get(id)?.objects[0]?.namespace)).toEqual(['shop', 'patched']);
  });

  it('keep what their files say while the overlay around them cannot be rendered', async () => {
    const found = await discoverFiles({
      'prod/kustomization.yaml': 'namePrefix: x-\nresources: [web.yaml]\n',
      'prod/web.yaml': app('k8s/web'),
      'k8s/web/web.yaml': deployment('web'),
    });
    expect(summary(found)).toContainEqual(['plain:k8s/web', 'production', 'prod/web.yaml']);
    expect(found.gaps).toHaveLength(1);
  });

  it('end when they deploy each other', async () => {
    const found = await discoverFiles({
      'a/kustomization.yaml': 'resources: [app.yaml]\n',
      'a/app.yaml': app('b', 'b'),
      'b/kustomization.yaml': 'resources: [app.yaml]\n',
      'b/app.yaml': app('a', 'a'),
    });
    expect(summary(found).map(([id]) => id)).toEqual(['kustomize:b', 'kustomize:a']);
    expect(found.gaps).toEqual([]);
  });

  it('may come out of what they deploy themselves', async () => {
    const sync = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'flux-system' },
      spec: { path: './clusters/prod' },
    };
    const found = await discoverFiles({
      'clusters/prod/flux-system/kustomization.yaml': 'resources: [sync.json]\n',
      'clusters/prod/flux-system/sync.json': JSON.stringify(sync),
      'clusters/prod/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
    });
    expect(summary(found).map(([id, environment]) => [id, environment])).toEqual([
      ['plain:clusters/prod', 'production'],
      ['kustomize:clusters/prod/flux-system', 'production'],
    ]);
    expect([...found.rendered.keys()].sort()).toEqual(found.deployables.map(({ id }) => id).sort());
  });
});

describe.runIf(needs('helm'))('applications that a chart makes', () => {
  it('leave out the folders that a set excludes, but not the chart that makes the set', async () => {
    const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all }
spec:
  generators:
    - git:
        directories: [{ path: apps/* }, { path: apps/root, exclude: true }, { path: apps/old, exclude: true }]
  template:
    metadata: { name: '{{ "{{" }}path.basename}}' }
    spec: { source: { path: '{{ "{{" }}path}}' } }
`;
    const overlay = (path: string): Record<string, string> => ({
      [`${path}/kustomization.yaml`]: 'resources: [x.yaml]\n',
      [`${path}/x.yaml`]: deployment('x'),
    });
    const found = await real({
      ...overlay('apps/shop'),
      ...overlay('apps/old'),
      'apps/root/Chart.yaml': 'apiVersion: v2\nname: root\nversion: 1.0.0\n',
      'apps/root/templates/set.yaml': set,
    });
    expect(found.deployables.map(({ id }) => id).sort()).toEqual(['helm:apps/root', 'kustomize:apps/shop']);
    expect(found.leftOut).toMatchObject([
      { path: 'apps/old', reason: expect.stringContaining('excluded by the ApplicationSet in apps/root') },
    ]);
  });

  it('take the place of what their folders alone would be', async () => {
    const found = await real({
      'apps/Chart.yaml': 'apiVersion: v2\nname: apps\nversion: 1.0.0\n',
      'apps/values.yaml': 'target: prod\n',
      'apps/templates/web.yaml': app('overlays/{{ .Values.target }}')
        .replace('path: overlays', 'path: "overlays')
        .replace('}} }', '}}" }'),
      'overlays/prod/kustomization.yaml': 'resources: [web.yaml]\n',
      'overlays/prod/web.yaml': deployment('web'),
    });
    expect(found.gaps).toEqual([]);
    expect(summary(found)).toEqual([
      ['helm:apps', '', 'apps/Chart.yaml'],
      ['kustomize:overlays/prod', 'production', 'apps/Chart.yaml'],
    ]);
    expect(found.rendered.get('kustomize:overlays/prod')?.objects[0]?.namespace).toBe('shop');
  });
});

describe.runIf(needs('kustomize'))('releases that an overlay patches', () => {
  it('are taken as patched', async () => {
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api, namespace: shop }
spec:
  chart: { spec: { chart: ./charts/api, sourceRef: { kind: GitRepository, name: this } } }
  values: { replicas: 1 }
`;
    const found = await real({
      'base/kustomization.yaml': 'resources: [release.yaml]\n',
      'base/release.yaml': release,
      'prod/kustomization.yaml':
        'resources: [../base]\npatches:\n  - patch: |\n      apiVersion: helm.toolkit.fluxcd.io/v2\n      kind: HelmRelease\n      metadata: { name: api, namespace: shop }\n      spec: { values: { replicas: 5 } }\n',
      'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    });
    const api = found.deployables.filter(({ renderer }) => renderer === 'helm');
    expect(api).toMatchObject([
      { id: 'helm:charts/api', environment: 'production', helm: { values: { replicas: 5 } }, namespace: 'shop' },
    ]);
  });

  it('are reported where they stand when their chart is elsewhere', async () => {
    const found = await real({
      'clusters/prod/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./apps, prune: true }
`,
      'apps/kustomization.yaml': 'resources: [cache.yaml]\n',
      'apps/cache.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cache, namespace: shop }
spec: { chart: { spec: { chart: redis, sourceRef: { kind: HelmRepository, name: charts } } } }
`,
    });
    expect(resolve(found, undefined, undefined).gaps).toMatchObject([
      { deployable: 'foreign:cache', path: 'apps/cache.yaml', line: 1 },
    ]);
  });
});
