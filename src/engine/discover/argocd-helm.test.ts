import { describe, expect, it } from 'vitest';
import { application, discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

const chart = {
  'charts/api/Chart.yaml': 'name: api\nversion: 0.1.0\n',
  'charts/api/values.yaml': 'replicas: 1\n',
  'charts/api/values-prod.yaml': 'replicas: 3\n',
};

describe('charts of Argo CD applications', () => {
  it('name the values of a chart in the order they apply', async () => {
    const found = await discoverFiles({
      ...chart,
      'apps/api.json': application('api-live', {
        source: {
          path: 'charts/api',
          helm: {
            releaseName: 'api',
            valueFiles: ['values-prod.yaml', '/envs/prod.yaml', 'gone.yaml'],
            values: 'ignored: beside a valuesObject\n',
            valuesObject: { a: 1, b: { c: 2, d: 3 } },
            parameters: [
              { name: 'image.tag', value: '1.10', forceString: true },
              { name: 'hosts[1].name', value: 'x' },
              { name: 'b.c', value: '5' },
              { name: 'on', value: 'true' },
            ],
          },
        },
      }),
      'envs/prod.yaml': 'z: 1\n',
    });
    expect(found.deployables[0]).toMatchObject({
      id: 'helm:charts/api@values-prod.yaml+envs/prod.yaml',
      environment: 'production',
      helm: {
        release: 'api',
        valuesFiles: ['charts/api/values-prod.yaml', 'envs/prod.yaml'],
        values: { a: 1, b: { c: 5, d: 3 }, image: { tag: '1.10' }, hosts: [null, { name: 'x' }], on: true },
      },
    });
    expect(found.gaps.map(({ reason }) => reason)).toContain(
      'api-live names the values file charts/api/gone.yaml, which is not there',
    );
    expect(idsAndEnvironments(found)).not.toHaveProperty('helm:charts/api@values-prod.yaml');
  });

  it('take values that are text where there is no valuesObject', async () => {
    const helm = { values: 'a: 1\nb: { c: 2 }\n', parameters: [{ name: 'b.c', value: '5' }] };
    const found = await discoverFiles({
      ...chart,
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm?.values).toEqual({ a: 1, b: { c: 5 } });
  });

  it('leave out the values files of their charts that none of them selects', async () => {
    const source = { path: 'charts/api', helm: { valueFiles: ['values-prod.yaml'] } };
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-staging.yaml': 'replicas: 2\n',
      'app.json': application('api', { source }),
    });
    expect(found.leftOut).toEqual([
      { path: 'charts/api/values-staging.yaml', reason: 'a values file that nothing selects' },
    ]);
  });

  it.each([
    ['values-prod-eu.yaml', 'prod-eu'],
    ['../../envs/staging.yaml', 'staging'],
    ['values.yaml', ''],
  ])('tell their environment by the values file %s', async (file, environment) => {
    const source = { path: 'charts/api', helm: { ignoreMissingValueFiles: true, valueFiles: [file] } };
    const found = await discoverFiles({ ...chart, 'app.json': application('api', { source }) });
    expect(found.deployables[0]?.environment ?? '').toBe(environment);
  });

  it('say what their cluster has', async () => {
    const helm = { kubeVersion: '1.33.0', apiVersions: ['networking.istio.io/v1'], skipCrds: true };
    const found = await discoverFiles({
      ...chart,
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm).toEqual({ release: 'x', valuesFiles: [], ...helm });
  });

  it('set items of lists that the values files hold, and whole lists', async () => {
    const helm = {
      valueFiles: ['values-prod.yaml'],
      parameters: [
        { name: 'hosts[1].name', value: 'new' },
        { name: 'args', value: '{a,2}' },
        { name: 'texts', value: '{1,2}', forceString: true },
        { name: 'on', value: 'TRUE' },
      ],
    };
    const found = await discoverFiles({
      ...chart,
      'charts/api/values-prod.yaml': 'hosts: [{ name: one }, { name: two, path: /two }]\n',
      'app.json': application('x', { source: { path: 'charts/api', helm } }),
    });
    expect(found.deployables[0]?.helm?.values).toEqual({
      hosts: [{ name: 'one' }, { name: 'new', path: '/two' }],
      args: ['a', 2],
      texts: ['1', '2'],
      on: true,
    });
  });

  it('may take values of another source of the same repository', async () => {
    const found = await discoverFiles({
      ...chart,
      'app.json': application('api', {
        sources: [
          { path: 'charts/api', helm: { valueFiles: ['$values/envs/staging/api.yaml'] } },
          { repoURL: 'https://example.org/values.git', ref: 'values' },
        ],
      }),
      'envs/staging/api.yaml': 'replicas: 2\n',
    });
    expect(found.deployables[0]).toMatchObject({
      helm: { valuesFiles: ['envs/staging/api.yaml'] },
      environment: 'staging',
    });
  });
});
