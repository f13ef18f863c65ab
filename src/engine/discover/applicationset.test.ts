import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';
import { globMatcher } from '../../model/glob.ts';
import type { Discovery } from './index.ts';

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

  it('deploy what they can tell under a templatePatch with conditions, and leave it open', async () => {
    const patch = (text: string): string => `templatePatch: |\n  ${text}\n`;
    const elements = 'generators: [{ list: { elements: [{ name: prod }] } }]';
    const sync = 'spec: { syncPolicy: { automated: {} } }';
    const files = (text: string): Record<string, string> => ({
      ...overlay('deploy/prod'),
      'set.yaml': set(`${elements}${template('deploy/{{.name}}', 'shop')}${patch(text)}`),
    });
    const open = await discoverFiles(files(`{{- if eq .name "prod" }}${sync}{{- end }}`));
    const named = open.deployables.filter(({ declaredBy }) => declaredBy === 'set.yaml');
    expect(named.map(({ id, namespace }) => [id, namespace])).toEqual([['kustomize:deploy/prod', 'shop']]);
    expect(open.gaps).toMatchObject([
      {
        path: 'set.yaml',
        deployable: 'kustomize:deploy/prod',
        reason: 'app-prod uses a templatePatch that only Argo CD can evaluate',
      },
    ]);
    expect((await discoverFiles(files(sync))).gaps).toEqual([]);
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

  const made = (found: Discovery): (string | undefined)[][] =>
    found.deployables
      .filter(({ declaredBy }) => declaredBy === 'set.yaml')
      .map(({ path, namespace }) => [path, namespace]);
  const reasons = (found: Discovery): string[] => found.gaps.map(({ reason }) => reason);

  it('expand the elements that another generator or text gives', async () => {
    const files = {
      ...overlay('apps/one'),
      ...overlay('apps/two'),
      'envs/prod.yaml': 'apps: [{ name: one }, { name: two }]\n',
    };
    const matrix = (text: string): string => `generators:
  - matrix:
      generators:
        - git: { files: [{ path: envs/*.yaml }] }
        - list: { elementsYaml: ${JSON.stringify(text)} }${template('apps/{{.name}}', '{{.name}}')}`;
    for (const text of ['{{ .apps | toJson }}', '- name: one\n- name: two\n'])
      expect(made(await discoverFiles({ ...files, 'set.yaml': set(matrix(text)) }))).toEqual([
        ['apps/one', 'one'],
        ['apps/two', 'two'],
      ]);
    const open = await discoverFiles({ ...files, 'set.yaml': set(matrix('{{ range .apps }}x{{ end }}')) });
    expect(reasons(open)).toEqual(['the ApplicationSet depends on the elementsYaml of its list generator']);
  });

  it('take what their selectors take, with the template of the generator', async () => {
    const selector = (terms: string): string => `generators:
  - list:
      elements: [{ env: prod, on: yes }, { env: staging, on: no }]
      template: { metadata: {}, spec: { destination: { namespace: own } } }
    selector: { ${terms} }${template('deploy/{{.env}}', 'shop')}`;
    const files = { ...overlay('deploy/prod'), ...overlay('deploy/staging') };
    const taken = async (terms: string): Promise<unknown> =>
      made(await discoverFiles({ ...files, 'set.yaml': set(selector(terms)) }));
    const [prod, staging] = [
      ['deploy/prod', 'own'],
      ['deploy/staging', 'own'],
    ];
    expect(await taken("matchLabels: { env: 'prod' }")).toEqual([prod]);
    expect(await taken('matchExpressions: [{ key: env, operator: NotIn, values: [prod] }]')).toEqual([staging]);
    expect(await taken('matchExpressions: [{ key: env, operator: In, values: [prod, staging] }]')).toEqual([
      prod,
      staging,
    ]);
    expect(await taken('matchExpressions: [{ key: other, operator: Exists }]')).toEqual([]);
    expect(await taken('matchExpressions: [{ key: other, operator: DoesNotExist }]')).toEqual([prod, staging]);
  });

  it('say so when they find nothing in this repository', async () => {
    const none = set(`generators: [{ git: { directories: [{ path: elsewhere/* }] } }]${template('{{path}}')}`);
    expect(reasons(await discoverFiles({ 'set.yaml': none }))).toEqual([
      'the ApplicationSet depends on its git generator, which finds nothing in this repository',
    ]);
    const empty = set(`generators: [{ list: { elements: [] } }]${template('{{path}}')}`);
    expect(reasons(await discoverFiles({ 'set.yaml': empty }))).toEqual([]);
  });

  it('know the functions that names go through, and the prefix of parameters about paths', async () => {
    const found = await discoverFiles({
      ...overlay('deploy/prod'),
      'envs/PROD.env.yaml': 'a: 1\n',
      'set.yaml': set(
        `generators: [{ git: { files: [{ path: envs/*.yaml }], pathParamPrefix: env } }]${template(
          'deploy/{{ .env.path.filename | trimSuffix ".env.yaml" | lower }}',
          '{{ .env.ns | default "x" }}-{{.env.path.filenameNormalized}}',
        )}`,
      ),
    });
    expect(made(found)).toEqual([['deploy/prod', 'x-prod-env-yaml']]);
  });

  it('are a gap where values of a chart are left open, even such as may be missing', async () => {
    const helm = (value: string): string =>
      set(`generators: [{ list: { elements: [{ env: prod }] } }]
template:
  metadata: { name: app }
  spec: { source: { path: c, helm: { ignoreMissingValueFiles: true, valueFiles: ['values-${value}.yaml'] } } }
`);
    const chart = { 'c/Chart.yaml': 'name: c\nversion: 1.0.0\n', 'c/values-prod.yaml': 'a: 1\n' };
    const open = await discoverFiles({ ...chart, 'set.yaml': helm('{{ .env | sha256sum }}') });
    expect(reasons(open)[0]).toBe('app uses the template {{ .env | sha256sum }}, which only Argo CD evaluates');
    const filled = await discoverFiles({ ...chart, 'set.yaml': helm('{{ .env | lower }}') });
    expect(reasons(filled)).toEqual(['rendering is turned off, and this needs Helm']);
    expect(filled.deployables[0]?.helm?.valuesFiles).toEqual(['c/values-prod.yaml']);
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
