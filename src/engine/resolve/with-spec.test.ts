import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles, layered } from '../../../test/discover-files.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { specSchema, type Spec } from '../../model/spec.ts';
import { resolve } from './index.ts';

function specOf(more: Record<string, unknown>): Spec {
  return specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [{ name: 'production', kind: 'production' }],
    ...more,
  });
}

const namesOf = (facts: PlatformFacts): string[] => facts.services.map(({ name }) => name);

describe('resolve with a spec', () => {
  it('takes the deployables it lists and no others', async () => {
    const spec = specOf({
      environments: [{ name: 'live', kind: 'production', deployables: ['k8s/staging', 'nowhere'] }],
    });
    const facts = resolve(await discoverFiles(layered, { spec }), spec, undefined);
    expect(facts.deployables.map(({ id }) => id)).toEqual(['plain:k8s/staging']);
    expect(facts.gaps).toMatchObject([{ path: 'nowhere', hides: ['kubernetes', 'terraform'] }]);
    expect(facts.assumptions).toEqual([]);
  });

  it('takes a base or an example that it names, though nothing else selects it', async () => {
    const files = {
      'base/kustomization.yaml': 'resources: [x.yaml]\n',
      'base/x.yaml': deployment('x'),
      'overlay/kustomization.yaml': 'resources: [../base]\n',
      'examples/demo/y.yaml': deployment('demo'),
    };
    const spec = specOf({
      environments: [{ name: 'production', kind: 'production', deployables: ['base', 'examples/demo'] }],
    });
    const facts = resolve(await discoverFiles(files, { spec }), spec, undefined);
    expect(facts.deployables.map(({ id }) => id)).toEqual(['kustomize:base', 'plain:examples/demo']);
    expect(namesOf(facts)).toEqual(['x', 'demo']);
  });

  it("takes a part of an application's folder that it names, though the application leaves it out", async () => {
    const files = {
      'app.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web }\nspec: { source: { path: web } }\n',
      'web/a.yaml': deployment('web'),
      'web/extra/b.yaml': deployment('extra'),
      'web/own/c.yaml': deployment('own'),
      'own.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: own }\nspec: { source: { path: web/own } }\n',
    };
    const spec = specOf({
      environments: [{ name: 'production', kind: 'production', deployables: ['web', 'web/extra', 'web/own'] }],
    });
    const facts = resolve(await discoverFiles(files, { spec }), spec, undefined);
    expect(facts.gaps).toEqual([]);
    expect(namesOf(facts).sort()).toEqual(['extra', 'own', 'web']);
    expect(facts.deployables).toHaveLength(3);
  });

  it('joins services by reference, by name, by label, and keeps those that run nowhere', async () => {
    const labelled = deployment('x7').replace(
      'name: x7\n',
      'name: x7\n  labels: { app.kubernetes.io/name: gateway }\n',
    );
    const spec = specOf({
      services: [
        { name: 'frontend', workloads: [{ name: 'web' }] },
        { name: 'api' },
        { name: 'gateway' },
        { name: 'ghost' },
      ],
    });
    const files = { 'k8s/a.yaml': [deployment('web'), deployment('api'), labelled, deployment('extra')].join('---\n') };
    const facts = resolve(await discoverFiles(files, { spec }), spec, undefined);
    const joined = facts.services.map(({ name, declared, workloads }) => [
      name,
      declared,
      workloads.map((w) => w.name),
    ]);
    expect(joined).toEqual([
      ['frontend', true, ['web']],
      ['api', true, ['api']],
      ['gateway', true, ['x7']],
      ['ghost', true, []],
      ['extra', false, ['extra']],
    ]);
  });

  it('knows an environment by another word for it', async () => {
    const spec = specOf({
      environments: [
        { name: 'prod', kind: 'production' },
        { name: 'stg', kind: 'staging' },
      ],
    });
    const found = await discoverFiles(layered, { spec });
    expect(resolve(found, spec, undefined).deployables.map(({ path }) => path)).toEqual(['k8s', 'k8s/prod']);
    expect(resolve(found, spec, 'stg').deployables.map(({ path }) => path)).toEqual(['k8s', 'k8s/staging']);
    expect(() => resolve(found, spec, 'qa')).toThrow('there is no environment qa');
  });

  it('cannot tell which of two different descriptions runs', async () => {
    const spec = specOf({});
    const files = { 'a/x.yaml': deployment('api'), 'b/x.yaml': deployment('api', { replicas: 7 }) };
    const facts = resolve(await discoverFiles(files, { spec }), spec, undefined);
    expect(facts.gaps).toMatchObject([{ deployable: 'plain:b', fix: expect.stringContaining('launchgate.yaml') }]);
  });

  it('reports what was not rendered for want of being asked', async () => {
    const spec = specOf({
      environments: [
        { name: 'production', kind: 'production' },
        { name: 'staging', kind: 'staging' },
      ],
    });
    const found = await discoverFiles(layered, { spec, environment: 'production', render: 'chosen' });
    expect(resolve(found, spec, 'production').gaps).toEqual([]);
    expect(resolve(found, spec, 'staging').gaps).toMatchObject([{ deployable: 'plain:k8s/staging' }]);
  });

  it('takes the Terraform of the environment only', async () => {
    const files = {
      'tf/prod/main.tf': 'provider "x" {}\nresource "a" "prod" {}\n',
      'tf/dev/main.tf': 'provider "x" {}\nresource "a" "dev" {}\n',
    };
    const spec = specOf({});
    const facts = resolve(await discoverFiles(files, { spec }), spec, undefined);
    expect(facts.terraform.flatMap(({ labels }) => labels)).toEqual(['x', 'a', 'prod']);
  });
});
