import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, layered } from '../../../test/discover-files.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { loadSpec } from '../load-spec.ts';
import { resolve, writeInit } from './index.ts';

const namesOf = (facts: PlatformFacts): string[] => facts.services.map(({ name }) => name);

describe('resolve without a spec', () => {
  it('takes the most production-like environment and says so', async () => {
    const facts = resolve(await discoverFiles(layered), undefined, undefined);
    expect(facts.environment).toMatchObject({ name: 'production', kind: 'production' });
    expect(facts.provisional).toBe(true);
    expect(facts.workloads.map(({ object }) => object.origin.path)).toEqual(['k8s/prod/api.yaml', 'k8s/common.yaml']);
    expect(facts.assumptions).toEqual([
      'no launchgate.yaml: took k8s/prod as what runs in production (folder prod)',
      'took k8s too, which names no environment',
      'did not look at staging: k8s/staging',
    ]);
    expect(facts.spec.environments.map(({ name }) => name)).toEqual(['production', 'staging']);
  });

  it('names nothing of other repositories among what it took', async () => {
    const foreign =
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: cache }\n' +
      'spec: { destination: { namespace: shop }, source: { repoURL: https://charts.example.com, chart: cache, targetRevision: 1.2.3 } }\n';
    const assumed = async (files: Record<string, string>): Promise<readonly string[]> =>
      resolve(await discoverFiles(files), undefined, undefined).assumptions;
    expect(await assumed({ 'k8s/prod/api.yaml': deployment('api'), 'k8s/prod/cache.yaml': foreign })).toEqual([
      'no launchgate.yaml: took k8s/prod as what runs in production (folder prod)',
    ]);
    expect(await assumed({ 'apps/cache.yaml': foreign })).toEqual([
      'no launchgate.yaml: took apps as what runs in production',
    ]);
  });

  it('takes the environment that was asked for, by any of its names', async () => {
    const found = await discoverFiles(layered);
    expect(resolve(found, undefined, 'staging').environment.name).toBe('staging');
    expect(resolve(found, undefined, 'stg').environment.name).toBe('staging');
    expect(() => resolve(found, undefined, 'moon')).toThrow('there is no environment moon');
  });

  it.each(['', 'Prod', 'prod eu', '--help', '__proto__'])('takes no "%s" for an environment', async (name) => {
    const found = await discoverFiles({ 'k8s/api.yaml': deployment('api') });
    expect(() => resolve(found, undefined, name)).toThrow('is no name of an environment');
  });

  it('takes everything for production where no name says otherwise', async () => {
    const facts = resolve(await discoverFiles({ 'k8s/api.yaml': deployment('api') }), undefined, undefined);
    expect(facts.environment).toMatchObject({ name: 'production', kind: 'production' });
    expect(facts.assumptions).toEqual(['no launchgate.yaml: took k8s as what runs in production']);
    expect(resolve(await discoverFiles({}), undefined, undefined).assumptions).toEqual([
      'no launchgate.yaml, and nothing that deploys was found',
    ]);
    const composed = await discoverFiles({ 'compose.yaml': 'services: { db: { image: "postgres:16" } }\n' });
    expect(resolve(composed, undefined, undefined).assumptions).toContain(
      'did not judge what Docker Compose runs by compose.yaml, but for credentials in it',
    );
  });

  it('gives every workload a name of its own, and none of what runs for ever to a Job', async () => {
    const facts = resolve(
      await discoverFiles({
        'k8s/a.yaml': `${deployment('api', { namespace: 'one' })}---\n${deployment('api', { namespace: 'two' })}`,
        'k8s/b.yaml': `${deployment('web')}---\n${deployment('web').replace('Deployment', 'StatefulSet')}`,
        'k8s/job.yaml':
          'apiVersion: batch/v1\nkind: Job\nmetadata: { name: once }\nspec: { template: { spec: { containers: [] } } }\n',
        'k8s/jobs.yaml': `${deployment('shop')}---\napiVersion: batch/v1\nkind: CronJob\nmetadata: { name: shop }\nspec: { schedule: '@daily' }\n`,
      }),
      undefined,
      undefined,
    );
    expect(namesOf(facts)).toEqual([
      'shop',
      'one/api',
      'two/api',
      'Deployment/default/web',
      'StatefulSet/default/web',
      'once',
      'CronJob/default/shop',
    ]);
    expect(facts.services.every(({ declared }) => !declared)).toBe(true);
    expect(facts.workloads).toHaveLength(7);
    expect(facts.spec.services.map(({ name }) => name)).not.toContain('once');
  });

  it('recognises stores by image and by custom resource', async () => {
    const facts = resolve(
      await discoverFiles({
        'k8s/a.yaml': [
          deployment('db', { image: 'docker.io/library/postgres:17' }),
          deployment('cache', { image: 'bitnami/redis:7.2' }),
          deployment('exporter', { image: 'quay.io/x/postgres-exporter:1' }),
          'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders }\n',
          'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: not-a-store }\n',
        ].join('---\n'),
      }),
      undefined,
      undefined,
    );
    expect(facts.spec.stores).toMatchObject([
      { name: 'db', kind: 'postgres', workloads: [{ kind: 'Deployment', namespace: 'default', name: 'db' }] },
      { name: 'cache', kind: 'redis' },
      { name: 'orders', kind: 'postgres', managed: 'CloudNativePG Cluster' },
    ]);
    expect(namesOf(facts)).toContain('db');
  });

  it('takes no workload for the store that an operator runs under its name', async () => {
    const files = {
      'k8s/a.yaml': [
        deployment('gitea', { image: 'gitea/gitea:1.22' }),
        'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: gitea }\n',
      ].join('---\n'),
    };
    const found = await discoverFiles(files);
    expect(resolve(found, undefined, undefined).spec.stores).toMatchObject([{ name: 'gitea', workloads: [] }]);
    const spec = loadSpec(writeInit(found), 'launchgate.yaml');
    expect(spec.stores).toMatchObject([{ name: 'gitea', workloads: [] }]);
    expect(spec.services).toMatchObject([{ name: 'gitea', workloads: [{ kind: 'Deployment', name: 'gitea' }] }]);
  });

  it('leaves another way to deploy the same thing aside', async () => {
    const facts = resolve(
      await discoverFiles({
        'kustomize/kustomization.yaml': 'resources: [x.yaml]\n',
        'kustomize/x.yaml': `${deployment('api')}---\n${deployment('web')}---\n${deployment('more')}`,
        'manifests/x.yaml': `${deployment('api', { replicas: 9 })}---\n${deployment('web')}---\n${deployment('other')}`,
      }),
      undefined,
      undefined,
    );
    expect(facts.deployables.map(({ id }) => id)).toEqual(['kustomize:kustomize']);
    expect(facts.objects.every(({ deployable }) => deployable === 'kustomize:kustomize')).toBe(true);
    expect(facts.assumptions[1]).toBe(
      'left plain:manifests aside: it describes the same workloads as kustomize:kustomize; check manifests by itself to look at it',
    );
  });

  it('reports an object that one deployable describes twice and differently', async () => {
    const facts = resolve(
      await discoverFiles({
        'k8s/a.yaml': deployment('api'),
        'k8s/b.yaml': deployment('api', { replicas: 5 }),
        'k8s/c.yaml': deployment('api'),
      }),
      undefined,
      undefined,
    );
    expect(facts.gaps).toMatchObject([
      {
        path: 'k8s/b.yaml',
        deployable: 'plain:k8s',
        reason: 'Deployment default/api is described twice, and differently, here and in k8s/a.yaml',
      },
    ]);
    expect(facts.workloads).toHaveLength(1);
  });

  it('keeps the gaps of other environments out', async () => {
    const found = await discoverFiles({ ...layered, 'k8s/staging/broken.yaml': 'apiVersion: v1\nkind: [\n' });
    expect(resolve(found, undefined, 'production').gaps).toEqual([]);
    expect(resolve(found, undefined, 'staging').gaps).toHaveLength(1);
  });
});
