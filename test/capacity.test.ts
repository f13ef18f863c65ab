import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTree } from '../src/adapters/files.ts';
import { noRenderers } from '../src/adapters/renderers.ts';
import { controls } from '../src/controls/catalog.ts';
import { discover } from '../src/engine/discover/index.ts';
import { runControls } from '../src/engine/run.ts';
import type { PlatformFacts } from '../src/model/platform.ts';
import { memoryTree, platformOf } from './fixture-platform.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/gpu-cloud', import.meta.url));

type Change = (facts: PlatformFacts) => PlatformFacts | Promise<PlatformFacts>;

const CAPACITY = ['capacity-baseline', 'connection-budget', 'cost-budget', 'data-growth'];

/** The reference platform is within its capacity, and each number that matters is missed when it is changed for the worse. */
describe('the capacity of the reference platform', () => {
  let facts: PlatformFacts;
  beforeAll(async () => {
    facts = await platformOf(openTree(EXAMPLE));
  });

  it('holds', () => {
    expect(failing(facts)).toEqual([]);
  });

  it.each<[what: string, control: string, change: Change]>([
    [
      'the autoscaler of the billing worker up',
      'connection-budget',
      inObject('HorizontalPodAutoscaler/billing-worker', '"maxReplicas":9', '"maxReplicas":120'),
    ],
    [
      'the autoscaler of the API down',
      'capacity-baseline',
      inObject('HorizontalPodAutoscaler/api', '"maxReplicas":18', '"maxReplicas":8'),
    ],
    [
      'the autoscaler of the API far up',
      'capacity-baseline',
      inObject('HorizontalPodAutoscaler/api', '"maxReplicas":18', '"maxReplicas":80'),
    ],
    [
      'the pool of the API up',
      'connection-budget',
      inObject('ConfigMap/api-config', '"DATABASE_MAX_CONNS":"12"', '"DATABASE_MAX_CONNS":"40"'),
    ],
    [
      'the pool of Temporal up',
      'connection-budget',
      inObject('ConfigMap/temporal-config', 'maxConns: 4', 'maxConns: 8'),
    ],
    [
      'the pool of migrations up',
      'connection-budget',
      inObject('Job/api-migrate', '"DATABASE_MAX_CONNS","value":"2"', '"DATABASE_MAX_CONNS","value":"40"'),
    ],
    [
      'max_db_connections of the pooler up',
      'connection-budget',
      inObject('ConfigMap/pgbouncer', 'max_db_connections = 50', 'max_db_connections = 80'),
    ],
    [
      'max_client_conn of the pooler down',
      'connection-budget',
      inObject('ConfigMap/pgbouncer', 'max_client_conn = 600', 'max_client_conn = 200'),
    ],
    [
      'the pooler to session mode',
      'connection-budget',
      inObject('ConfigMap/pgbouncer', 'pool_mode = transaction', 'pool_mode = session'),
    ],
    ['more poolers', 'connection-budget', inObject('Deployment/pgbouncer', '"replicas":3', '"replicas":5')],
    [
      'max_connections down',
      'connection-budget',
      inObject('ConfigMap/postgres-config', 'max_connections: 320', 'max_connections: 280'),
    ],
    [
      'max_connections where Patroni ignores it',
      'connection-budget',
      inObject('ConfigMap/postgres-config', '        max_connections: 320\\n', ''),
    ],
    [
      'more connections reserved',
      'connection-budget',
      inObject('ConfigMap/postgres-config', 'superuser_reserved_connections: 5', 'superuser_reserved_connections: 40'),
    ],
    [
      'maxclients of Redis down',
      'connection-budget',
      inObject('ConfigMap/redis-config', 'maxclients 4000', 'maxclients 60'),
    ],
    [
      'max_connections of NATS down',
      'connection-budget',
      inObject('ConfigMap/nats-config', 'max_connections: 2000', 'max_connections: 20'),
    ],
    ['the pods of the API larger', 'capacity-baseline', inObject('Rollout/api', '"cpu":"1"', '"cpu":"4"')],
    ['the node pool smaller', 'capacity-baseline', inTerraform('min = 6, max = 18', 'min = 6, max = 6')],
    ['a smaller kind of node', 'capacity-baseline', inTerraform('r7i.2xlarge', 'r7i.large')],
    [
      'the alert on volumes gone',
      'data-growth',
      inObject(
        'PrometheusRule/data',
        '"alert":"VolumeAlmostFull"',
        '"record":"volume"',
        '"alert":"VolumeFillingUp"',
        '"record":"volumes"',
      ),
    ],
    [
      'the alert on volumes elsewhere',
      'data-growth',
      inObject('PrometheusRule/data', 'data|observability', 'observability'),
    ],
    [
      'the alert on the memory of Redis late',
      'data-growth',
      inObject('PrometheusRule/data', 'redis_memory_max_bytes) > 0.8', 'redis_memory_max_bytes) > 0.98'),
    ],
    [
      'the alert on streams gone',
      'data-growth',
      inObject('PrometheusRule/data', 'jetstream_server_max_storage) > 0.7', 'jetstream_server_max_storage) > 1.7'),
    ],
    [
      'the volume of PostgreSQL smaller',
      'data-growth',
      inObject('StatefulSet/postgres', '"storage":"500Gi"', '"storage":"120Gi"'),
    ],
    [
      'the retention job suspended',
      'data-growth',
      inObject('CronJob/retention', '"schedule"', '"suspend":true,"schedule"'),
    ],
    ['more nodes than the budget pays for', 'cost-budget', inTerraform('min = 6, max = 18', 'min = 6, max = 90')],
  ])('is missed with %s', async (_what, control, change) => {
    expect(failing(await change(facts))).toContain(control);
  });
});

function failing(facts: PlatformFacts): string[] {
  const { conclusions } = runControls(
    facts,
    controls.filter(({ meta }) => CAPACITY.includes(meta.id)),
  );
  return conclusions.flatMap(({ control, subject, result }) =>
    result.outcome === 'pass'
      ? []
      : [result.outcome === 'fail' ? control.meta.id : `${control.meta.id} ${subject.name} ${result.outcome}`],
  );
}

/** Replaces texts in one object's JSON; each must occur. Names may carry the hash that kustomize appends. */
function inObject(id: string, ...replacements: string[]): Change {
  return (facts) => {
    let changed = 0;
    const rewrite = <T extends { kind: string; name: string }>(object: T): T => {
      if (
        !`${object.kind}/${object.name}`.startsWith(id) ||
        !/^(?:-[a-z0-9]{10})?$/.test(`${object.kind}/${object.name}`.slice(id.length))
      )
        return object;
      let text = JSON.stringify(object);
      for (let index = 0; index < replacements.length; index += 2) {
        expect(text).toContain(replacements[index]);
        text = text.replaceAll(replacements[index] ?? '', replacements[index + 1] ?? '');
      }
      changed += 1;
      return JSON.parse(text) as T;
    };
    const objects = facts.objects.map(rewrite);
    const byName = new Map(objects.map((object) => [`${object.kind} ${object.namespace} ${object.name}`, object]));
    const workload = <W extends PlatformFacts['workloads'][number]>(one: W): W => {
      const object = byName.get(`${one.kind} ${one.namespace} ${one.name}`);
      return object === undefined ? one : { ...one, object };
    };
    const workloads = new Map(facts.workloads.map((one) => [one, workload(one)]));
    expect(changed).toBe(1);
    return {
      ...facts,
      objects,
      workloads: [...workloads.values()],
      services: facts.services.map((service) => ({
        ...service,
        workloads: service.workloads.map((one) => workloads.get(one) ?? one),
      })),
    };
  };
}

/** Replaces a text in the Terraform of production, which must occur once, and reads all of it again. */
function inTerraform(find: string, put: string): Change {
  return async (facts) => {
    const tree = openTree(EXAMPLE);
    const texts = tree.files.filter((path) => path.endsWith('.tf')).map((path) => [path, tree.text(path)] as const);
    const main = 'terraform/envs/production/main.tf';
    expect(tree.text(main).split(find)).toHaveLength(2);
    const files = { ...Object.fromEntries(texts), [main]: tree.text(main).replace(find, put) };
    const { terraform } = await discover(memoryTree(files), { renderers: noRenderers });
    const paths = new Set(facts.terraform.map(({ origin }) => origin.path));
    return { ...facts, terraform: terraform.filter(({ origin }) => paths.has(origin.path)) };
  };
}
