import { describe, expect, it } from 'vitest';
import { application, deployment, discoverFiles } from '../../../test/discover-files.ts';
import type { Discovery } from './index.ts';

const OWN = 'ssh://git@git.example/acme/fleet.git';
const OTHER = 'https://git.example/vendor/demo';

const flux = (kind: string, group: string, name: string, spec: unknown): string =>
  JSON.stringify({ apiVersion: `${group}.toolkit.fluxcd.io/v1`, kind, metadata: { name, namespace: 'flux' }, spec });
const brings = (name: string, path: string, kind: string, source: string): string =>
  flux('Kustomization', 'kustomize', name, { path, sourceRef: { kind, name: source } });
const git = (name: string, url: string): string => flux('GitRepository', 'source', name, { url });
const oci = (name: string, url: string): string => flux('OCIRepository', 'source', name, { url });
const argo = (name: string, repoURL: string, path: string): string => application(name, { source: { repoURL, path } });
const app = { 'apps/api.yaml': deployment('api') };

/** Ids of the deployables that applications named, and what is elsewhere. */
function told(found: Discovery): { here: string[]; elsewhere: string[] } {
  const named = found.deployables.filter(({ id, declaredBy }) => !id.endsWith(`:${declaredBy}`));
  return {
    here: named.filter(({ id }) => !id.startsWith('foreign:')).map(({ id }) => id),
    elsewhere: found.gaps.map(({ reason }) => reason).filter((reason) => reason.includes('not in this repository')),
  };
}

describe('the repository that applications lie in', () => {
  it('is told by the one of Argo CD that brings the others: what names another one is elsewhere', async () => {
    const found = await discoverFiles({
      'root.json': argo('root', 'git@git.example:acme/fleet.git', 'argocd'),
      'argocd/api.json': argo('api', 'https://git.example/acme/fleet', 'apps'),
      'argocd/web.json': argo('web', 'https://git.example/acme/web.git', '.'),
      'argocd/jobs.json': argo('jobs', 'https://git.example/acme/jobs', 'apps'),
      ...app,
    });
    expect(told(found)).toEqual({
      here: ['plain:apps', 'plain:argocd'],
      elsewhere: [
        'jobs deploys apps of https://git.example/acme/jobs, which is not in this repository',
        'web deploys . of https://git.example/acme/web.git, which is not in this repository',
      ],
    });
  });

  it('is told by the one of Flux that brings itself', async () => {
    const found = await discoverFiles({
      'clusters/live/flux.json': brings('flux', './clusters/live', 'GitRepository', 'flux'),
      'clusters/live/git.json': git('flux', OWN),
      'clusters/live/demo-git.json': git('demo', OTHER),
      'clusters/live/demo.json': brings('demo', './apps', 'GitRepository', 'demo'),
      'clusters/live/chart.json': flux('HelmRelease', 'helm', 'chart', {
        chart: { spec: { chart: './chart', sourceRef: { kind: 'GitRepository', name: 'demo' } } },
      }),
      'argocd/odd.json': argo('odd', OTHER, 'argocd').replace(`"${OTHER}"`, '[]'),
      'chart/Chart.yaml': 'name: chart\nversion: 1.0.0\n',
      ...app,
    });
    expect(told(found).elsewhere).toEqual([
      `chart deploys the chart ./chart of ${OTHER}, which is not in this repository`,
      `demo deploys the path ./apps of ${OTHER}, which is not in this repository`,
    ]);
  });

  it('is not told by what brings its root, nor another one by a template or a name that is the same', async () => {
    const single = await discoverFiles({
      'all.json': argo('all', OTHER, '.'),
      'web.json': argo('web', OWN, 'apps'),
      ...app,
    });
    expect(told(single).elsewhere).toEqual([]);
    const mirrored = await discoverFiles({
      'root.json': argo('root', OWN, 'argocd'),
      'argocd/api.json': argo('api', 'https://mirror.example/copies/Fleet/', 'apps'),
      'argocd/web.json': argo('web', '{{ .repo }}', 'apps'),
      ...app,
    });
    expect(told(mirrored).elsewhere).toEqual([]);
  });
});

describe('an artifact that Flux brings', () => {
  it('holds the folder above its manifest that has the path', async () => {
    const found = await discoverFiles({
      'deploy/clusters/live/flux.json': brings('flux', './clusters/live', 'OCIRepository', 'flux'),
      'deploy/clusters/live/oci.json': oci('flux', 'oci://registry.example/acme/deploy'),
      'deploy/clusters/live/apps.json': brings('apps', './apps', 'OCIRepository', 'flux'),
      'deploy/apps/api.yaml': deployment('api'),
    });
    expect(told(found)).toMatchObject({ here: ['plain:deploy/apps', 'plain:deploy/clusters/live'], elsewhere: [] });
  });

  it('is elsewhere where it is another one, or its root is meant', async () => {
    const found = await discoverFiles({
      'clusters/live/flux.json': brings('flux', './clusters/live', 'OCIRepository', 'flux'),
      'clusters/live/oci.json': oci('flux', 'oci://registry.example/acme/fleet'),
      'clusters/live/demo-oci.json': oci('demo', 'oci://registry.example/vendor/demo'),
      'clusters/live/demo.json': brings('demo', './apps', 'OCIRepository', 'demo'),
      'clusters/live/whole.json': brings('whole', './', 'OCIRepository', 'demo'),
      ...app,
    });
    expect(told(found).elsewhere).toEqual([
      'demo deploys the path ./apps of oci://registry.example/vendor/demo, which is not in this repository',
      'whole deploys the path ./ of its source, which is not in this repository',
    ]);
  });
});
