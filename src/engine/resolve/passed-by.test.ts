import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { specSchema } from '../../model/spec.ts';
import { resolve } from './index.ts';

type Files = Readonly<Record<string, string>>;

async function resolved(files: Files, environments?: readonly Record<string, unknown>[]): Promise<PlatformFacts> {
  const head = { apiVersion: 'launchgate/v1', kind: 'Platform', name: 'shop' };
  const spec = environments === undefined ? undefined : specSchema.parse({ ...head, environments });
  return resolve(await discoverFiles(files, { spec }), spec, undefined);
}

const PROD_EU = { name: 'prod-eu', kind: 'production' };

describe('what goes by the name of another environment', () => {
  it('is told where the spec does not declare that, and leaves all open where there is nothing else', async () => {
    const files = { 'prod/a.yaml': deployment('a'), 'dev/a.yaml': deployment('a') };
    const { deployables, assumptions, gaps } = await resolved(files, [PROD_EU]);
    expect(deployables).toEqual([]);
    expect(assumptions).toEqual([]);
    expect(gaps.map(({ path, reason }) => `${path}: ${reason}`)).toContain(
      'prod: nothing that deploys is for prod-eu, and this is taken for production (folder prod), which the spec does not declare',
    );
  });

  it('is told alone where something else is there', async () => {
    const files = { 'prod/a.yaml': deployment('a'), 'dev/a.yaml': deployment('a') };
    const { assumptions, gaps } = await resolved(files, [{ name: 'production', kind: 'production' }]);
    expect(assumptions).toEqual(['did not look at development, which the spec does not declare: dev']);
    expect(gaps).toEqual([]);
  });

  it('is left out on purpose where every environment lists its deployables', async () => {
    const files = { 'prod/a.yaml': deployment('a'), 'dev/a.yaml': deployment('a') };
    const { assumptions } = await resolved(files, [{ ...PROD_EU, deployables: ['prod'] }]);
    expect(assumptions).toEqual([]);
  });
});

describe('what goes by the name of a declared environment', () => {
  it('is left out on purpose where that lists its deployables', async () => {
    const files = { 'overlays/prod/a.yaml': deployment('a'), 'bootstrap/prod/a.yaml': deployment('b') };
    const production = { name: 'production', kind: 'production', deployables: ['overlays/prod'] };
    const { assumptions } = await resolved(files, [production, { name: 'lab', kind: 'lab' }]);
    expect(assumptions).toEqual([]);
  });
});

describe('environments that are places of one', () => {
  const places = ['eu-prod', 'us-prod'].map((name) => ({ name, kind: 'production' }));

  it('have what lies under their own names', async () => {
    const files = { 'envs/eu-prod/a.yaml': deployment('a'), 'envs/us-prod/a.yaml': deployment('a') };
    const { deployables, assumptions, gaps } = await resolved(files, places);
    expect(deployables.map(({ path }) => path)).toEqual(['envs/eu-prod']);
    expect([assumptions, gaps]).toEqual([[], []]);
  });

  it.each([
    ['a folder', { 'k8s/a.yaml': deployment('a', { namespace: 'prod' }) }],
    [
      'a kustomization',
      { 'k8s/kustomization.yaml': 'namespace: prod\nresources: [a.yaml]\n', 'k8s/a.yaml': deployment('a') },
    ],
    [
      'a folder of several',
      { 'k8s/a.yaml': `${deployment('a', { namespace: 'prod' })}---\n${deployment('b', { namespace: 'web' })}` },
    ],
  ])('share the namespace of all: %s', async (_, files) => {
    const { deployables, assumptions } = await resolved(files, places);
    expect(deployables.map(({ path }) => path)).toEqual(['k8s']);
    expect(assumptions).toEqual([]);
  });
});

describe('objects in namespaces of another environment', () => {
  const mixed = {
    'k8s/a.yaml': deployment('a', { namespace: 'staging' }),
    'k8s/b.yaml': deployment('b', { namespace: 'shop' }),
  };

  it('are told where they count for this one', async () => {
    const told = 'took k8s for production with its objects in staging, since it names no environment';
    expect((await resolved(mixed)).assumptions).toContain(told);
    expect((await resolved(mixed, [{ name: 'production', kind: 'production' }])).assumptions).toEqual([told]);
  });

  it('are what the spec says where it lists the deployable', async () => {
    const listed = { name: 'production', kind: 'production', deployables: ['k8s'] };
    expect((await resolved(mixed, [listed])).assumptions).toEqual([]);
  });

  it('belong to theirs where all of a folder agree', async () => {
    const { environment, assumptions } = await resolved({ 'k8s/a.yaml': deployment('a', { namespace: 'staging' }) });
    expect(environment).toMatchObject({ name: 'staging', kind: 'staging' });
    expect(assumptions).toEqual(['no launchgate.yaml: took k8s as what runs in staging (namespaces of staging)']);
  });

  it('do not make theirs the environment of the folders beside them', async () => {
    const test = { 'runner/a.yaml': deployment('a', { namespace: 'test' }) };
    const web = { 'web/b.yaml': deployment('b', { namespace: 'web' }) };
    const { environment, deployables, assumptions } = await resolved({ ...test, ...web });
    expect(environment.kind).toBe('production');
    expect(deployables.map(({ path }) => path)).toEqual(['runner', 'web']);
    expect(assumptions).toContain('took runner for production with its objects in test, since it names no environment');
    const withProduction = await resolved({ ...test, ...web, 'api/c.yaml': deployment('c', { namespace: 'prod' }) });
    expect(withProduction.deployables.map(({ path }) => path)).toEqual(['api', 'web']);
  });
});
