import { describe, expect, it } from 'vitest';
import { discoverFiles, layered } from '../../../test/discover-files.ts';
import { resolve } from './index.ts';

describe('what lies beside the environment', () => {
  const app = (name: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${name} }\nspec: { source: { repoURL: x, path: k8s } }\n`;

  it('knows the applications of the environment and of none, and no others', async () => {
    const files = { ...layered, 'argocd/a.yaml': [app('root'), app('api-prod'), app('api-staging')].join('---\n') };
    const found = await discoverFiles(files);
    expect(resolve(found, undefined, 'production').applications?.map(({ name }) => name)).toEqual(['root', 'api-prod']);
    expect(resolve(found, undefined, 'staging').applications?.map(({ name }) => name)).toEqual(['root', 'api-staging']);
  });

  it('merges the other environments as if each were looked at', async () => {
    const others = resolve(await discoverFiles(layered), undefined, 'production').otherEnvironments;
    expect(others?.map(({ environment, workloads }) => [environment.name, workloads.map(({ name }) => name)])).toEqual([
      ['staging', ['api', 'common']],
    ]);
  });
});
