import { MalformedValue } from '../../model/cursor.ts';
import { parseImage } from '../../model/image.ts';
import { managedStore } from '../../model/managed-stores.ts';
import { containers, LONG_RUNNING_KINDS, type KubeObject, type Workload } from '../../model/kube.ts';
import type { StoreSpec } from '../../model/spec.ts';

type StoreKind = StoreSpec['kind'];

/** A store that discovery recognised, and the workload that is it; none for those an operator runs. */
export interface FoundStore {
  readonly name: string;
  readonly kind: StoreKind;
  readonly workload?: Workload;
  /** `CloudNativePG Cluster`, for those an operator runs. */
  readonly managed?: string;
}

/** Repositories of images that are a store, by their last parts. Exporters, operators, poolers and backups are none. */
const IMAGES: readonly (readonly [StoreKind, RegExp])[] = [
  [
    'postgres',
    /(?:^|\/)(?:postgres|postgresql|postgresql-repmgr|postgis|pgvector|timescaledb(?:-ha)?|spilo(?:-\d+)?)$/,
  ],
  ['mysql', /(?:^|\/)(?:mysql|mysql-server|percona(?:-server)?|percona-xtradb-cluster)$/],
  ['mariadb', /(?:^|\/)(?:mariadb|mariadb-galera)$/],
  ['redis', /(?:^|\/)(?:redis|redis-stack|redis-stack-server|redis-cluster|valkey|keydb|dragonfly)$/],
  ['nats', /(?:^|\/)(?:nats|nats-streaming)$/],
  ['kafka', /(?:^|\/)(?:kafka|cp-kafka|cp-server|redpanda)$/],
  ['qdrant', /(?:^|\/)qdrant$/],
  ['elasticsearch', /(?:^|\/)(?:elasticsearch|opensearch)$/],
  ['bucket', /(?:^|\/)minio$/],
  ['temporal', /(?:^|\/)temporalio\/(?:server|auto-setup)$/],
  ['config', /(?:^|\/)(?:etcd|consul|vault|openbao)$/],
  [
    'other',
    /(?:^|\/)(?:mongo|mongodb|mongodb-enterprise-server|cassandra|clickhouse(?:-server)?|cockroach|rabbitmq|couchdb|influxdb|weaviate|milvus|neo4j)$/,
  ],
];

/** Stores among what runs: by the image of a workload's first container, and by the custom resources of operators. */
export function findStores(workloads: readonly Workload[], objects: readonly KubeObject[]): FoundStore[] {
  const run = workloads.flatMap((workload) => {
    const kind = LONG_RUNNING_KINDS.includes(workload.kind) ? storeKind(workload) : undefined;
    return kind === undefined ? [] : [{ name: workload.name, kind, workload }];
  });
  const managed = objects.flatMap((object) => {
    const known = managedStore(object);
    return known === undefined ? [] : [{ name: object.name, kind: known[0], managed: known[1] }];
  });
  return [...run, ...managed];
}

/** A pod template that cannot be read is reported elsewhere; it is no store here. */
function storeKind(workload: Workload): StoreKind | undefined {
  try {
    const image = containers(workload)
      .find(({ role }) => role === 'main')
      ?.at.get('image')
      .string();
    const repository = image === undefined ? undefined : parseImage(image)?.repository;
    return repository === undefined ? undefined : IMAGES.find(([, pattern]) => pattern.test(repository))?.[0];
  } catch (error) {
    if (error instanceof MalformedValue) return undefined;
    throw error;
  }
}
