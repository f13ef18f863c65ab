import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

const bare = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

describe('plain folders', () => {
  it('takes a folder with its subfolders as one, and folders apart as several', async () => {
    const found = await discoverFiles({
      'manifests/a.yaml': bare('a'),
      'manifests/setup/b.yaml': bare('b'),
      'services/api/k8s/c.yaml': bare('c'),
      'services/web/k8s/d.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "d"}}',
    });
    expect(idsAndEnvironments(found)).toEqual({
      'plain:manifests': '',
      'plain:services/api/k8s': '',
      'plain:services/web/k8s': '',
    });
    expect(found.deployables[0]?.sources).toEqual(['manifests/a.yaml', 'manifests/setup/b.yaml']);
  });

  it('tells environments apart by folder, and by file name where one folder holds two', async () => {
    const found = await discoverFiles({
      'k8s/common.yaml': bare('common'),
      'k8s/prod/a.yaml': bare('a'),
      'k8s/prod/deep/b.yaml': bare('b'),
      'k8s/staging/a.yaml': bare('a'),
      'flat/api-prod.yaml': bare('a'),
      'flat/api-staging.yaml': bare('a'),
      'flat/common.yaml': bare('b'),
      'one/api-prod.yaml': bare('c'),
    });
    expect(idsAndEnvironments(found)).toEqual({
      'plain:flat': '',
      'plain:flat@production': 'production',
      'plain:flat@staging': 'staging',
      'plain:k8s': '',
      'plain:k8s/prod': 'production',
      'plain:k8s/staging': 'staging',
      'plain:one': '',
    });
  });

  it('tells environments apart by namespace where nothing is named after one, and all objects agree', async () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: r }\n';
    const found = await discoverFiles({
      'web/a.yaml': `${deployment('a', { namespace: 'staging' })}---\n${deployment('b', { namespace: 'web-staging' })}`,
      'web/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: staging }\n',
      'web/role.yaml': role,
      'both/a.yaml': deployment('a', { namespace: 'staging' }),
      'both/b.yaml': deployment('a', { namespace: 'prod' }),
      'both/role.yaml': role,
      'mixed/a.yaml': `${deployment('a', { namespace: 'staging' })}---\n${deployment('a', { namespace: 'prod' })}`,
      'partly/a.yaml': deployment('a', { namespace: 'staging' }),
      'partly/b.yaml': deployment('b', { namespace: 'monitoring' }),
      'unsaid/a.yaml': deployment('a', { namespace: 'staging' }),
      'unsaid/b.yaml': deployment('b'),
      'prod/a.yaml': deployment('a', { namespace: 'staging' }),
      'roles/role.yaml': role,
      'runners/a.yaml': deployment('a', { namespace: 'ci' }),
    });
    expect(idsAndEnvironments(found)).toEqual({
      'plain:web': 'staging',
      'plain:both': '',
      'plain:both@staging': 'staging',
      'plain:both@production': 'production',
      'plain:mixed': '',
      'plain:partly': '',
      'plain:unsaid': '',
      'plain:prod': 'production',
      'plain:roles': '',
      'plain:runners': '',
    });
  });

  it('does not let manifests at the root swallow the folders', async () => {
    const found = await discoverFiles({ 'x.yaml': bare('x'), 'k8s/y.yaml': bare('y') });
    expect(idsAndEnvironments(found)).toEqual({ 'plain:.': '', 'plain:k8s': '' });
  });

  it('leaves out tests and examples, with the reason', async () => {
    const found = await discoverFiles({
      'k8s/a.yaml': bare('a'),
      'examples/b.yaml': bare('b'),
      'pkg/testdata/c.yaml': bare('c'),
      'third_party/istio/d.yaml': bare('d'),
      'web/fixtures/d.yaml': bare('d'),
      '.github/e.yaml': bare('e'),
    });
    expect(idsAndEnvironments(found)).toEqual({ 'plain:k8s': '' });
    expect(found.leftOut).toEqual([
      { path: '.github', reason: 'a settings folder that nothing selects' },
      { path: 'examples', reason: 'an example folder that nothing selects' },
      { path: 'pkg/testdata', reason: 'a test folder that nothing selects' },
      { path: 'third_party', reason: 'a vendored folder that nothing selects' },
      { path: 'web/fixtures', reason: 'a test folder that nothing selects' },
    ]);
  });

  it('takes test for an environment among environments', async () => {
    const found = await discoverFiles({ 'k8s/dev/a.yaml': bare('a'), 'k8s/test/a.yaml': bare('a') });
    expect(idsAndEnvironments(found)).toEqual({ 'plain:k8s/dev': 'development', 'plain:k8s/test': 'test' });
  });

  it('takes a loose patch for what it is', async () => {
    const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec: { replicas: 5 }\n';
    const found = await discoverFiles({ 'k8s/api.yaml': deployment('api'), 'k8s/replicas-patch.yaml': patch });
    expect(found.deployables[0]?.sources).toEqual(['k8s/api.yaml']);
    expect(found.leftOut).toEqual([{ path: 'k8s/replicas-patch.yaml', reason: 'a patch that nothing applies' }]);
  });

  it('passes over data and tool files that only look like objects', async () => {
    const found = await discoverFiles({
      'mkdocs.yml': 'site_name: kind apiVersion\n',
      'skaffold.yaml': 'apiVersion: skaffold/v4beta6\nkind: Config\n',
      'kind.yaml': 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
      'package.json': '{"name": "kind", "apiVersion": 1}',
    });
    expect(found.deployables).toEqual([]);
    expect(found.gaps).toEqual([]);
  });

  it('reports a broken manifest with its place, and reads its neighbours', async () => {
    const found = await discoverFiles({
      'k8s/a.yaml': bare('a'),
      'k8s/broken.yaml': `${bare('b')}---\napiVersion: v1\nkind: [oops\n`,
    });
    expect(found.rendered.get('plain:k8s')?.objects.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(found.gaps).toMatchObject([
      { path: 'k8s/broken.yaml', deployable: 'plain:k8s', hides: ['kubernetes'], line: expect.any(Number) },
    ]);
  });

  it('reports manifests that a pipeline fills in first, by their name', async () => {
    const filledIn = bare('a').replace('name: a', 'name: {{ name }}');
    const found = await discoverFiles({
      'k8s/a.yaml.j2': filledIn,
      'k8s/b.yml.tmpl': bare('b'),
      'k8s/c.yaml.tpl': bare('c'),
      'k8s/c.yaml': bare('c'),
      'k8s/values.yaml.gotmpl': 'replicas: {{ .x }}\n',
      'k8s/login.yaml.tpl': 'apiVersion: v1\nkind: Config\nusers: []\n',
      'chart/Chart.yaml': 'name: c\nversion: 1.0.0\n',
      'chart/templates/a.yaml.tpl': filledIn,
      'third_party/d.yaml.j2': filledIn,
    });
    expect(found.gaps.filter(({ fix }) => fix.startsWith('Render it')).map(({ path }) => path)).toEqual([
      'k8s/a.yaml.j2',
      'k8s/b.yml.tmpl',
    ]);
  });

  it('reports a template that no chart owns', async () => {
    const found = await discoverFiles({
      'k8s/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n',
    });
    expect(found.deployables).toEqual([]);
    expect(found.gaps).toMatchObject([{ path: 'k8s/a.yaml', hides: ['kubernetes'] }]);
  });

  it('leaves out what the spec excludes', async () => {
    const found = await discoverFiles({ 'k8s/a.yaml': bare('a'), 'old/b.yaml': bare('b') }, { exclude: ['old/'] });
    expect(idsAndEnvironments(found)).toEqual({ 'plain:k8s': '' });
    expect(found.leftOut).toEqual([{ path: 'old', reason: 'excluded by the spec' }]);
  });
});
