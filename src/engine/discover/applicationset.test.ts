import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';
import { globMatcher } from '../../model/glob.ts';

function set(spec: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: set }
spec:
${spec.replaceAll(/^/gm, '  ')}`;
}

const overlay = (path: string): Record<string, string> => ({
  [`${path}/kustomization.yaml`]: 'resources: [x.yaml]\n',
  [`${path}/x.yaml`]: deployment('x'),
});

const template = (path: string, namespace = 'x'): string => `
template:
  metadata: { name: 'app-{{.name}}' }
  spec:
    destination: { namespace: '${namespace}' }
    source: { path: '${path}' }
`;

describe('ApplicationSets', () => {
  it('expand lists, in both template syntaxes', async () => {
    const elements = 'generators: [{ list: { elements: [{ env: prod }, { env: staging }, { env: gone }] } }]';
    for (const path of ['deploy/{{env}}', 'deploy/{{ .env }}']) {
      const found = await discoverFiles({
        ...overlay('deploy/prod'),
        ...overlay('deploy/staging'),
        'set.yaml': set(`${elements}${template(path, 'shop-{{.env}}')}`),
      });
      expect(idsAndEnvironments(found)).toMatchObject({
        'kustomize:deploy/prod': 'production',
        'kustomize:deploy/staging': 'staging',
      });
      expect(found.deployables[0]?.namespace).toBe('shop-prod');
      expect(found.gaps[0]?.reason).toContain('deploy/gone of an unnamed repository');
    }
  });

  it('expand git directories with exclusions', async () => {
    const found = await discoverFiles({
      ...overlay('apps/api/overlays/prod'),
      ...overlay('apps/web/overlays/prod'),
      ...overlay('apps/old/overlays/prod'),
      'set.yaml': set(
        `generators: [{ git: { directories: [{ path: apps/* }, { path: apps/old, exclude: true }] } }]${template('{{path}}/overlays/prod', '{{path.basename}}')}`,
      ),
    });
    const named = found.deployables.filter(({ declaredBy }) => declaredBy === 'set.yaml');
    expect(named.map(({ path, namespace }) => [path, namespace])).toEqual([
      ['apps/api/overlays/prod', 'api'],
      ['apps/web/overlays/prod', 'web'],
    ]);
  });

  it('expand git files and take path segments', async () => {
    const found = await discoverFiles({
      ...overlay('deploy/prod'),
      'clusters/eu/prod/config.yaml': 'cluster: { env: prod, ns: shop }\n',
      'set.yaml': set(
        `goTemplate: true\ngenerators: [{ git: { files: [{ path: 'clusters/**/config.yaml' }] } }]${template('deploy/{{.cluster.env}}', '{{ .cluster.ns }}-{{index .path.segments 1}}')}`,
      ),
    });
    expect(found.deployables[0]).toMatchObject({ path: 'deploy/prod', namespace: 'shop-eu' });
  });

  it('combine generators in a matrix and merge overrides', async () => {
    const files = { ...overlay('api/prod'), ...overlay('web/prod'), ...overlay('api/dev'), ...overlay('web/dev') };
    const matrix = `generators:
  - matrix:
      generators:
        - list: { elements: [{ app: api }, { app: web }] }
        - git: { directories: [{ path: '{{app}}/*' }] }${template('{{path}}')}`;
    const found = await discoverFiles({ ...files, 'set.yaml': set(matrix) });
    expect(found.deployables.filter(({ declaredBy }) => declaredBy === 'set.yaml').map(({ path }) => path)).toEqual([
      'api/dev',
      'api/prod',
      'web/dev',
      'web/prod',
    ]);
    const merge = `generators:
  - merge:
      mergeKeys: [env]
      generators:
        - list: { elements: [{ env: prod, ns: a }, { env: dev, ns: a }] }
        - list: { elements: [{ env: prod, ns: b }] }${template('api/{{env}}', '{{ns}}')}`;
    const merged = await discoverFiles({ ...files, 'set.yaml': set(merge) });
    expect(merged.deployables.slice(0, 2).map(({ path, namespace }) => [path, namespace])).toEqual([
      ['api/prod', 'b'],
      ['api/dev', 'a'],
    ]);
  });

  it('say what only a cluster knows, and still find what does not depend on it', async () => {
    const found = await discoverFiles({
      ...overlay('deploy/prod'),
      'set.yaml': set(
        `generators: [{ clusters: { values: { env: prod } } }]${template('deploy/{{values.env}}', '{{name}}')}`,
      ),
    });
    expect(found.deployables[0]).toMatchObject({ path: 'deploy/prod', environment: 'production' });
    expect(found.deployables[0]).not.toHaveProperty('namespace');
    expect(found.gaps.map(({ reason }) => reason)).toEqual([
      'the ApplicationSet depends on which clusters are registered',
    ]);
    const open = await discoverFiles({
      'set.yaml': set(`generators: [{ clusters: {} }, { pullRequest: {} }]${template('deploy/{{name}}')}`),
    });
    expect(open.gaps.map(({ reason }) => reason)).toEqual([
      'the ApplicationSet depends on which clusters are registered',
      'the ApplicationSet depends on what its pullRequest generator answers',
      expect.stringContaining('the path deploy/{{name}}, which is filled in by the cluster'),
    ]);
  });
});

describe('globMatcher', () => {
  it.each([
    ['apps/*', 'apps/api', true],
    ['apps/*', 'apps/api/deep', false],
    ['apps/**', 'apps/api/deep', true],
    ['**/config.json', 'config.json', true],
    ['**/config.json', 'a/b/config.json', true],
    ['{dev,prod}/x', 'prod/x', true],
    ['a?c.[xy]', 'abc.y', true],
    ['a.b', 'aXb', false],
  ])('%s on %s is %s', (glob, path, matches) => {
    expect(globMatcher(glob)?.(path)).toBe(matches);
  });

  it('refuses a glob made to be slow', () => {
    expect(globMatcher('*a*a*a*a*a*a*a*a*a*')).toBeUndefined();
  });
});
