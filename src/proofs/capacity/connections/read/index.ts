import { podSpec, workloadName, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { StoreSpec } from '../../../../model/spec.ts';
import { workloadsOfStore } from '../../../../model/subjects.ts';
import { isKnown } from '../../figure.ts';
import type { Peak } from '../../pods.ts';
import { readPeak } from '../../read-pods.ts';
import type { Resource } from '../../../topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore } from '../../../topology/index.ts';
import { identityAt, knownNumber, refersTo } from '../../../topology/read.ts';
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
  return configurationsOf(view).flatMap((configuration) => {
    const databases = resourcesOfStore([configuration], store);
    const targets = configuration
      .of('aws_db_proxy_target')
      .filter((target) => databases.some((database) => isTarget(target, database)));
    return targets.map((target): Proxy => {
      const proxy = configuration.of('aws_db_proxy').find((one) => refersTo(target, 'db_proxy_name', one, 'name'));
      const name = identityAt(target, 'db_proxy_name');
      const group = configuration
        .of('aws_db_proxy_default_target_group')
        .find((one) => name !== undefined && identityAt(one, 'db_proxy_name') === name);
      const percent = knownNumber(group?.blocks('connection_pool_config')[0], 'max_connections_percent');
      return {
        id: (proxy ?? target).address,
        percent: percent?.value ?? 100,
        origin: percent?.origin ?? target.origin,
      };
    });
  });
}

function isTarget(target: Resource, database: Resource): boolean {
  return (
    refersTo(target, 'db_instance_identifier', database, 'identifier') ||
    refersTo(target, 'db_cluster_identifier', database, 'cluster_identifier')
  );
}
