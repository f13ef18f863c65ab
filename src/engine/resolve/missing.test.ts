import { describe, expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { specSchema } from '../../model/spec.ts';
import { resolve } from './index.ts';

const DEFAULT = deployment('web', { namespace: 'shop' }) + '---\n' + deployment('api', { namespace: 'shop' });

async function factsOf(
  spec: Record<string, unknown>,
  files: Record<string, string> = { 'k8s/a.yaml': DEFAULT },
): Promise<PlatformFacts> {
  const parsed = specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [{ name: 'production', kind: 'production' }],
    ...spec,
  });
  const text = JSON.stringify(spec, undefined, 1);
  return resolve(await discoverFiles({ ...files, 'launchgate.yaml': text }, { spec: parsed }), parsed, undefined);
}

describe('workloads that the spec speaks of', () => {
  it.each([
    [{ name: 'apii', namespace: 'shop' }, ' (did you mean Deployment shop/api?)'],
    [{ name: 'api', namespace: 'other' }, ' (did you mean Deployment shop/api?)'],
    [{ kind: 'StatefulSet', name: 'api' }, ' (did you mean Deployment shop/api?)'],
    [{ name: 'something-else-altogether' }, ''],
  ])('are missed where nothing holds %o', async (reference, meant) => {
    const { kind = 'Deployment', namespace, name } = reference as { kind?: string; namespace?: string; name: string };
    const title = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    const facts = await factsOf({ services: [{ name: 'web' }, { name: 'backend', workloads: [reference] }] });
    const because = `service backend names ${title}${meant}, and nothing that deploys to production holds it`;
    expect(facts.services.find(({ name: own }) => own === 'backend')).toMatchObject({
      workloads: [],
      unknown: { because, ends: false, origin: { pointer: ['services', 1, 'workloads', 0] } },
    });
    expect(facts.gaps).toMatchObject([
      { path: 'launchgate.yaml', line: 9, subject: 'service/backend', reason: because, hides: ['kubernetes'] },
    ]);
  });

  it('are missed one by one: what is there is judged all the same', async () => {
    const facts = await factsOf({
      services: [{ name: 'api', workloads: [{ name: 'api' }, { kind: 'CronJob', name: 'sweep' }] }],
    });
    expect(facts.services[0]).toMatchObject({ name: 'api', workloads: [{ name: 'api' }] });
    expect(facts.services[0]).not.toHaveProperty('unknown');
    expect(facts.gaps).toMatchObject([{ subject: 'service/api' }]);
  });

  it('are missed where a service names none and nothing has its name', async () => {
    const facts = await factsOf({ services: [{ name: 'web' }, { name: 'apo' }] });
    expect(facts.gaps.map(({ subject, reason }) => [subject, reason])).toEqual([
      [
        'service/apo',
        'nothing that deploys to production runs service apo: no workload has its name or its app.kubernetes.io/name (did you mean Deployment shop/api?)',
      ],
    ]);
  });

  it('are missed of a store that names them', async () => {
    const facts = await factsOf({
      stores: [
        { name: 'orders', kind: 'postgres', workloads: [{ kind: 'StatefulSet', name: 'ordrs' }] },
        { name: 'cache', kind: 'redis' },
      ],
    });
    expect(facts.gaps.map(({ subject }) => subject)).toEqual(['store/orders']);
  });

  it.each([
    ['what others install', { name: 'ingress', kind: 'system' }],
    ['what a content delivery network may serve', { name: 'console', kind: 'frontend' }],
    ['what says that nothing of it is here', { name: 'elsewhere', workloads: [] }],
    ['what an operator runs', { name: 'metrics', workloads: [{ kind: 'Prometheus', name: 'k8s' }] }],
  ])('are not missed of %s', async (_, service) => {
    const facts = await factsOf(
      { services: [service] },
      {
        'k8s/a.yaml': DEFAULT,
        'k8s/b.yaml':
          'apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: { name: k8s, namespace: obs }\n',
      },
    );
    expect(facts.gaps).toEqual([]);
    expect(facts.services[0]).not.toHaveProperty('unknown');
  });

  it('are not missed by name where nothing here makes pods at all', async () => {
    expect((await factsOf({ services: [{ name: 'api' }] }, {})).gaps).toEqual([]);
  });

  it('are not missed while the deployable that may hold them cannot be rendered', async () => {
    const files = { 'k8s/kustomization.yaml': 'namePrefix: x-\nresources: [a.yaml]\n', 'k8s/a.yaml': DEFAULT };
    const facts = await factsOf({ services: [{ name: 'b', workloads: [{ name: 'b' }] }] }, files);
    expect(facts.gaps.map(({ subject }) => subject)).toEqual([undefined]);
  });
});
