import { podSpec, workloadName, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { StoreSpec } from '../../../../model/spec.ts';
import { workloadsOfStore } from '../../../../model/subjects.ts';
import { isKnown } from '../../figure.ts';
import type { Peak } from '../../pods.ts';
import { readPeak } from '../../read-pods.ts';
import { isStore, resources } from '../../terraform.ts';
import type { ConnectionInput, Pooler, Proxy } from '../types.ts';
import { clientsOf } from './clients.ts';
import { names, servicesFor, type Target } from './hosts.ts';
import { limitOf, reservedOf } from './limit.ts';
import { isPgBouncer, managedPoolers, pgBouncerSettings } from './pgbouncer.ts';

/** Everything that opens connections to a store, directly or through poolers, and what the store allows. */
export function readConnections(view: PlatformView, store: StoreSpec): ConnectionInput {
  const own = workloadsOfStore(view, store);
  const target = storeTarget(view, store, own);
  const poolers = store.kind === 'postgres' ? poolersOf(view, store, target, own) : [];
  const between = poolers.flatMap(({ workload }) => workload ?? []);
  return {
    store: target.id,
    limit: limitOf(view, store, own),
    reserved: reservedOf(view, store, own),
    others: Object.entries(store.connections?.others ?? {}).map(([name, connections]) => ({ name, connections })),
    servers: store.kind === 'nats' ? serversLeft(view, own) : 1,
    clients: clientsOf(view, target, [...own, ...between]),
    poolers: poolers.map(({ pooler }) => pooler),
    proxies: proxiesOf(view, store),
  };
}

const RELATIONAL: readonly StoreSpec['kind'][] = ['postgres', 'mysql', 'mariadb'];

/** Operators make the Services of their clusters themselves, all with the cluster's name in front. */
const OPERATED = [
  'Cluster.postgresql.cnpg.io',
  'postgresql.acid.zalan.do',
  'PostgresCluster.postgres-operator.crunchydata.com',
];

function storeTarget(view: PlatformView, store: StoreSpec, own: readonly Workload[]): Target {
  const operated = OPERATED.flatMap((kind) => view.objects(kind))
    .filter(({ name }) => name === store.name)
    .flatMap(({ name, namespace = 'default' }) =>
      ['', '-rw', '-ro', '-r', '-primary', '-ha', '-repl'].map((ending) => ({ namespace, name: `${name}${ending}` })),
    );
  return {
    id: `store/${store.name}`,
    services: [...servicesFor(view, own), ...operated],
    hosts: store.hosts ?? [],
    relational: RELATIONAL.includes(store.kind),
    ...(store.port !== undefined && RELATIONAL.includes(store.kind) && { port: store.port }),
  };
}

/** NATS shares its clients out over servers; one of them is taken as drained. */
function serversLeft(view: PlatformView, own: readonly Workload[]): number {
  const peaks = own.map((workload) => readPeak(view, workload)).filter(isKnown<Peak>);
  return Math.max(1, peaks.reduce((sum, { fewest }) => sum + fewest, 0) - 1);
}

interface FoundPooler {
  readonly pooler: Pooler;
  readonly workload?: Workload;
}

function poolersOf(view: PlatformView, store: StoreSpec, target: Target, own: readonly Workload[]): FoundPooler[] {
  const running = view
    .workloads()
    .filter((workload) => isPgBouncer(workload) && !own.includes(workload) && podSpec(workload).exists);
  const deployed = running.flatMap((workload): FoundPooler[] => {
    const { servers, ...settings } = pgBouncerSettings(view, workload);
    if (!servers.some((host) => names(target, host, workload.namespace))) return [];
    const service = view.services().find((candidate) => candidate.declared && candidate.workloads.includes(workload));
    const id = service === undefined ? workloadName(workload) : `service/${service.name}`;
    const asked: Target = { id, services: servicesFor(view, [workload]), hosts: [], relational: true };
    const clients = clientsOf(view, asked, [...own, ...running]);
    return [{ workload, pooler: { ...settings, id: workloadName(workload), pods: readPeak(view, workload), clients } }];
  });
  const managed = managedPoolers(view).filter(({ cluster }) => cluster === store.name);
  return [
    ...deployed,
    ...managed.map(({ id, name, namespace, instances, settings }): FoundPooler => {
      const asked: Target = { id, services: [{ namespace, name }], hosts: [], relational: true };
      // Its Deployment rolls with the default surge of a quarter.
      const pods: Peak = {
        replicas: instances,
        surge: Math.ceil(instances / 4),
        fewest: instances,
        from: `${instances} instances of ${id} + ${Math.ceil(instances / 4)} surge`,
      };
      return { pooler: { ...settings, id, pods, clients: clientsOf(view, asked, own) } };
    }),
  ];
}

/** `aws_db_proxy` takes up to `max_connections_percent`, 100 when it is not set, of the database it targets. */
function proxiesOf(view: PlatformView, store: StoreSpec): Proxy[] {
  const databases = ['aws_db_instance', 'aws_rds_cluster']
    .flatMap((type) => resources(view, type))
    .filter((resource) => isStore(view, resource, store))
    .map(({ block }) => block.labels.join('.'));
  return view.terraform('resource', 'aws_db_proxy_target').flatMap((target): Proxy[] => {
    const { db_instance_identifier, db_cluster_identifier, db_proxy_name } = target.attributes;
    const text = `${db_instance_identifier?.text ?? ''} ${db_cluster_identifier?.text ?? ''}`;
    if (!databases.some((address) => text.includes(`${address}.`))) return [];
    const group = view
      .terraform('resource', 'aws_db_proxy_default_target_group')
      .find(({ attributes }) => attributes['db_proxy_name']?.text === db_proxy_name?.text);
    const percent = group?.blocks.find(({ type }) => type === 'connection_pool_config')?.attributes[
      'max_connections_percent'
    ];
    const id = /aws_db_proxy\.\w+/.exec(db_proxy_name?.text ?? '')?.[0] ?? target.labels.join('.');
    return [
      {
        id,
        percent: typeof percent?.literal === 'number' ? percent.literal : 100,
        origin: percent?.origin ?? target.origin,
      },
    ];
  });
}
