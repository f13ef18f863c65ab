import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import { needs } from '../../../test/need.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { hostRenderers } from '../../adapters/renderers.ts';
import { below } from '../../model/origin.ts';
import { discover } from '../discover/index.ts';
import { locate } from '../locate.ts';
import { trace } from '../trace/index.ts';

const kustomization = (name: string, spec: string, version = 'v1'): string => `
apiVersion: kustomize.toolkit.fluxcd.io/${version}
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
${spec.replaceAll(/^(?=.)/gm, '  ')}`;

const patched = kustomization(
  'tools',
  `path: ./tools
targetNamespace: tools
patches:
  - target: { kind: Deployment }
    patch: |
      - op: replace
        path: /spec/replicas
        value: 5
images:
  - name: registry.example/cron
    newTag: 2.0.0
`,
);

describe('a folder that Flux makes a kustomization of', () => {
  it.runIf(needs('kustomize'))('is rendered with what the Kustomization adds, and traced back to it', async () => {
    const tree = temporaryTree({
      'clusters/prod/tools.yaml': patched,
      'tools/deep/cron.yaml': deployment('cron', { image: 'registry.example/cron:1.0.0' }),
    });
    const found = await discover(tree, { renderers: hostRenderers() });
    const object = found.rendered.get('plain:tools')?.objects.find(({ kind }) => kind === 'Deployment');
    if (object === undefined) throw new Error(JSON.stringify(found.gaps));
    const at = (...pointer: (string | number)[]): string => {
      const place = locate(tree, trace(tree, found, below(object.origin, ...pointer)));
      return `${place?.path}:${place?.line}`;
    };
    expect(found.gaps).toEqual([]);
    expect(object).toMatchObject({ namespace: 'tools', body: { spec: { replicas: 5 } } });
    expect(at('spec', 'template', 'spec', 'containers', 0, 'image')).toBe('clusters/prod/tools.yaml:16');
    expect(at('spec', 'replicas')).toBe('clusters/prod/tools.yaml:13');
    expect(at('spec', 'selector')).toBe('tools/deep/cron.yaml:7');
  });

  it.runIf(needs('kustomize'))('may hold Kustomizations that it patches', async () => {
    const apps = kustomization(
      'apps',
      `path: ./apps
patches:
  - target: { group: kustomize.toolkit.fluxcd.io, kind: Kustomization }
    patch: |
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: { name: all }
      spec: { targetNamespace: shop, postBuild: { substitute: { TAG: v2 } } }
`,
    );
    const tree = temporaryTree({
      'clusters/prod/apps.yaml': apps,
      'apps/shop.yaml': kustomization('shop', 'path: ./shop\n'),
      'shop/kustomization.yaml': 'resources: [a.yaml, release.yaml]\n',
      'shop/a.yaml': deployment('a', { image: 'a:${TAG}' }),
      'shop/release.yaml':
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: cache }\nspec: { chart: { spec: { chart: redis } } }\n',
    });
    const found = await discover(tree, { renderers: hostRenderers() });
    expect(found.gaps.map(({ reason }) => reason)).toEqual([
      'cache deploys the chart redis, which is not in this repository',
    ]);
    const objects = [...found.rendered.values()]
      .flatMap((one) => one.objects)
      .filter(({ kind }) => kind === 'Deployment');
    expect(objects).toMatchObject([
      { namespace: 'shop', body: { spec: { template: { spec: { containers: [{ image: 'a:v2' }] } } } } },
    ]);
  });

  it.runIf(needs('kustomize'))('takes a patch for an object of one of its parts', async () => {
    const patches = ['web', 'cron'].map(
      (name) => `
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: ${name} }
      spec: { replicas: 4 }
`,
    );
    const tree = temporaryTree({
      'clusters/prod/apps.yaml': kustomization('apps', `path: ./apps\npatches:${patches.join('')}`),
      'apps/cron.yaml': deployment('cron'),
      'apps/other.yaml': deployment('other'),
      'apps/web/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/web/web.yaml': deployment('web'),
    });
    const found = await discover(tree, { renderers: hostRenderers() });
    expect(found.gaps).toEqual([]);
    const objects = [...found.rendered.values()].flatMap((one) => one.objects);
    const replicas = objects.flatMap(({ kind, name, body }) =>
      kind === 'Deployment' ? [[name, (body['spec'] as { replicas: number }).replicas]] : [],
    );
    expect(Object.fromEntries(replicas)).toEqual({ cron: 4, other: 2, web: 4 });
  });

  it.runIf(needs('kustomize'))('takes the patches of older versions', async () => {
    const older = kustomization(
      'tools',
      `path: ./tools
patchesStrategicMerge:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: cron }
    spec: { replicas: 7 }
patchesJson6902:
  - target: { kind: Deployment, name: cron, version: v1 }
    patch: [{ op: add, path: /spec/paused, value: true }]
`,
      'v1beta2',
    );
    const tree = temporaryTree({ 'clusters/prod/tools.yaml': older, 'tools/cron.yaml': deployment('cron') });
    const found = await discover(tree, { renderers: hostRenderers() });
    expect(found.gaps).toEqual([]);
    expect(found.rendered.get('plain:tools')?.objects).toMatchObject([
      { body: { spec: { replicas: 7, paused: true } } },
    ]);
  });

  it('is read as it stands where nothing can render it, which is a gap', async () => {
    const found = await discoverFiles({ 'clusters/prod/tools.yaml': patched, 'tools/cron.yaml': deployment('cron') });
    expect(found.rendered.get('plain:tools')?.objects).toMatchObject([{ body: { spec: { replicas: 2 } } }]);
    expect(found.gaps).toMatchObject([
      {
        path: 'tools',
        deployable: 'plain:tools',
        reason:
          'clusters/prod/tools.yaml adds images, patches to it; rendering is turned off, and this needs Kustomize',
      },
    ]);
  });
});
