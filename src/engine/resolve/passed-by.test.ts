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
    expect(assumptions).toEqual([
      'did not look at development, which the spec does not declare: dev',
      'did not look at production, which the spec does not declare: prod',
    ]);
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
});
