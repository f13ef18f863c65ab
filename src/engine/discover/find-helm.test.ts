import { describe, expect, it } from 'vitest';
import { discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

const chart = {
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 0.1.0\n',
  'charts/api/values.yaml': 'replicas: 2\n',
  'charts/api/templates/deployment.yaml': 'kind: Deployment\napiVersion: apps/v1\nspec: {{ .Values.replicas }}\n',
};

describe('charts', () => {
  it('is one deployable with its own values where no environment has values of its own', async () => {
    const found = await discoverFiles(chart);
    expect(found.deployables).toMatchObject([
      {
        id: 'helm:charts/api',
        helm: { release: 'api', valuesFiles: [] },
        sources: ['charts/api/Chart.yaml', 'charts/api/templates/deployment.yaml', 'charts/api/values.yaml'],
      },
    ]);
    expect(found.gaps).toMatchObject([{ deployable: 'helm:charts/api', hides: ['kubernetes'] }]);
  });

  it.each([
    ['apiVersion: v2\nname: [api\n', /^charts\/api\/Chart\.yaml cannot be parsed \(line \d: /],
    ['apiVersion: v2\nversion: 0.1.0\n', /^charts\/api\/Chart\.yaml names no chart$/],
  ])('one that Helm would refuse is still a chart, and says so: %j', async (broken, reason) => {
    const found = await discoverFiles({ ...chart, 'charts/api/Chart.yaml': broken });
    expect(idsAndEnvironments(found)).toEqual({ 'helm:charts/api': '' });
    expect(found.gaps).toMatchObject([
      { deployable: 'helm:charts/api', reason: expect.stringMatching(reason) as string },
    ]);
  });

  it.each([
    ['charts/api/values-prod.yaml', 'production'],
    ['charts/api/values.staging.yml', 'staging'],
    ['charts/api/prod-values.yaml', 'production'],
    ['charts/api/values/dev.yaml', 'development'],
    ['charts/api/environments/prod/values.yaml', 'production'],
    ['charts/api/values-prod-eu.yaml', 'prod-eu'],
  ])('takes %s as the values of %s', async (file, environment) => {
    const found = await discoverFiles({ ...chart, [file]: 'replicas: 3\n' });
    const id = `helm:charts/api@${file.slice('charts/api/'.length)}`;
    expect(idsAndEnvironments(found)).toEqual({ [id]: environment });
    expect(found.deployables[0]?.helm?.valuesFiles).toEqual([file]);
    expect(found.deployables[0]?.sources).toContain(file);
  });

  it('applies several files of one environment together', async () => {
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-prod.yaml': 'a: 1\n',
      'charts/api/values-prod-secrets.yaml': 'b: 1\n',
    });
    expect(found.deployables.map(({ helm }) => helm?.valuesFiles)).toEqual([
      ['charts/api/values-prod-secrets.yaml', 'charts/api/values-prod.yaml'],
    ]);
  });

  it('leaves out library charts, subcharts and values that nothing selects', async () => {
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-minimal.yaml': 'replicas: 1\n',
      'charts/api/ci/test-values.yaml': 'replicas: 1\n',
      'charts/api/charts/cache/Chart.yaml': 'name: cache\nversion: 1.0.0\n',
      'charts/lib/Chart.yaml': 'name: lib\nversion: 1.0.0\ntype: library\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'helm:charts/api': '' });
    expect(found.leftOut).toEqual([
      { path: 'charts/api/values-minimal.yaml', reason: 'a values file that nothing selects' },
      { path: 'charts/lib', reason: 'a library chart, which others take in' },
    ]);
  });

  it('takes a chart that another one depends on by file:// as a part of it', async () => {
    const found = await discoverFiles({
      ...chart,
      'charts/all/Chart.yaml':
        'name: all\nversion: 1.0.0\ndependencies:\n  - { name: api, version: 0.1.0, repository: "file://../api" }\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'helm:charts/all': '' });
    expect(found.gaps).toMatchObject([
      {
        reason: 'its charts/ folder lacks api',
        fix: expect.stringContaining('Run "helm dependency build charts/all", and check again.'),
      },
    ]);
  });

  it('finds charts that take each other in, unless another one takes them in', async () => {
    const needing = (name: string, needed: string): string =>
      `name: ${name}\nversion: 1.0.0\ndependencies:\n  - { name: ${needed}, version: 1.0.0, repository: "file://../${needed}" }\n`;
    const circle = { 'charts/a/Chart.yaml': needing('a', 'b'), 'charts/b/Chart.yaml': needing('b', 'a') };
    const found = await discoverFiles(circle);
    expect(idsAndEnvironments(found)).toEqual({ 'helm:charts/a': '', 'helm:charts/b': '' });
    const reason = 'charts/a, charts/b take each other in by file://, so that none can be built';
    expect(found.gaps).toMatchObject([{ path: 'charts/a', reason }, { path: 'charts/b' }]);
    const around = await discoverFiles({ ...circle, 'charts/c/Chart.yaml': needing('c', 'a') });
    expect(idsAndEnvironments(around)).toEqual({ 'helm:charts/c': '' });
    expect(around.gaps).toMatchObject([{ path: 'charts/c', reason }]);
  });

  it('does not miss a dependency that is vendored or packed', async () => {
    const found = await discoverFiles({
      'c/Chart.yaml': 'name: c\nversion: 1.0.0\ndependencies: [{ name: one }, { name: two }]\n',
      'c/charts/one/Chart.yaml': 'name: one\nversion: 1.0.0\n',
      'c/charts/two-1.2.3.tgz': '',
    });
    expect(found.gaps.map(({ reason }) => reason)).toEqual(['rendering is turned off, and this needs Helm']);
  });

  it('leaves other folders alone when a chart lies at the root', async () => {
    const found = await discoverFiles({
      'Chart.yaml': 'name: root\nversion: 1.0.0\n',
      'templates/x.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: {{ .Release.Name }} }\n',
      'deploy/ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'helm:.': '', 'plain:deploy': '' });
  });

  it('is what pipelines and scripts install, where they say so', async () => {
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-prod.yaml': 'a: 1\n',
      'envs/eu.yaml': 'a: 2\n',
      '.github/workflows/deploy.yml': `on: push
jobs:
  deploy:
    steps:
      - run: |
          helm upgrade --install api-prod ./charts/api \\
            --namespace shop --wait -f charts/api/values-prod.yaml \\
            --values="envs/eu.yaml"
      - run: helm upgrade api charts/api -f values-$ENV.yaml
`,
      Makefile: 'deploy:\n\thelm install other oci://example.org/x -f envs/eu.yaml\n',
    });
    expect(found.deployables).toMatchObject([
      {
        id: 'helm:charts/api@values-prod.yaml+envs/eu.yaml',
        environment: 'production',
        namespace: 'shop',
        helm: { release: 'api-prod', valuesFiles: ['charts/api/values-prod.yaml', 'envs/eu.yaml'] },
        declaredBy: '.github/workflows/deploy.yml',
      },
    ]);
  });

  it('is not what a linter renders, and keeps the environments that no pipeline names', async () => {
    const workflow = (run: string): string => `on: push\njobs: { a: { steps: [{ run: ${JSON.stringify(run)} }] } }\n`;
    const files = {
      ...chart,
      'charts/api/values-prod.yaml': 'a: 1\n',
      'charts/api/values-staging.yaml': 'a: 1\n',
      'charts/api/ci/test.yaml': 'a: 1\n',
    };
    const [prod, staging] = ['helm:charts/api@values-prod.yaml', 'helm:charts/api@values-staging.yaml'];
    const found = async (run: string): Promise<Record<string, string>> =>
      idsAndEnvironments(await discoverFiles({ ...files, '.github/workflows/x.yml': workflow(run) }));
    const test = 'helm template api charts/api -f charts/api/ci/test.yaml';
    const both = { [prod]: 'production', [staging]: 'staging' };
    expect(await found(`${test} | kubeconform`)).toEqual(both);
    expect(await found(`${test} | kubectl apply -f -`)).toEqual({ 'helm:charts/api@ci/test.yaml': 'test', ...both });
    expect(await found('helm upgrade api charts/api -f charts/api/values-staging.yaml')).toEqual(both);
  });

  it('takes what a pipeline sets, and says what only the pipeline knows', async () => {
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-prod.yaml': 'hosts: [{ name: a, path: /a }]\n',
      '.github/workflows/x.yml': `on: push
jobs:
  deploy:
    steps:
      - run: |
          helm upgrade --install --set image.tag=\${{ github.sha }} api charts/api \\
            -f charts/api/values-prod.yaml --set replicas=4,hosts[0].name=b --set-string on=true --set args={x,y} --set region=$REGION --set 'text=two words'
`,
    });
    expect(found.deployables[0]?.helm?.values).toEqual({
      replicas: 4,
      hosts: [{ name: 'b', path: '/a' }],
      on: 'true',
      args: ['x', 'y'],
      text: 'two words',
    });
    expect(found.gaps[0]).toMatchObject({
      path: '.github/workflows/x.yml',
      line: 6,
      deployable: 'helm:charts/api@values-prod.yaml',
      reason: 'the helm call sets region, which is known only when it runs',
    });
  });
});
