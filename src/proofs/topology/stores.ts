import type { StoreSpec } from '../../model/spec.ts';
import type { Configuration, Resource } from './evaluate/index.ts';
import { text } from './read.ts';

/** A type of resource, and a pattern where its engine decides. */
type Candidate = readonly [type: string, engine?: RegExp];

/** Resources that can be a store of the kind. */
const TYPES: Partial<Record<StoreSpec['kind'], readonly Candidate[]>> = {
  postgres: [
    ['aws_db_instance', /postgres/],
    ['aws_rds_cluster', /postgres/],
  ],
  mysql: [
    ['aws_db_instance', /mysql|mariadb/],
    ['aws_rds_cluster', /mysql|^aurora$/],
  ],
  mariadb: [
    ['aws_db_instance', /mysql|mariadb/],
    ['aws_rds_cluster', /mysql|^aurora$/],
  ],
  redis: [['aws_elasticache_replication_group'], ['aws_elasticache_cluster'], ['aws_memorydb_cluster']],
  kafka: [['aws_msk_cluster']],
  elasticsearch: [['aws_opensearch_domain'], ['aws_elasticsearch_domain']],
  bucket: [['aws_s3_bucket']],
  volume: [['aws_efs_file_system']],
};

/** What people call resources: attributes that hold a name. */
const NAMES = [
  'identifier',
  'cluster_identifier',
  'replication_group_id',
  'cluster_id',
  'cluster_name',
  'domain_name',
  'bucket',
  'name',
];

/**
 * The resources that are a store of the spec: those that its `managed` names by address or folder, else those that bear its name, else
 * the only one of its kind. None where it runs in the cluster, or where several might be meant. `types`: other resources than those
 * that the kind is usually made of.
 */
export function resourcesOfStore(
  configurations: readonly Configuration[],
  store: StoreSpec,
  types: readonly Candidate[] = TYPES[store.kind] ?? [],
): Resource[] {
  if (store.workloads !== undefined) return [];
  const candidates = configurations.flatMap((configuration) => candidatesOf(configuration, types));
  const managed = store.managed ?? '';
  const byAddress = candidates.filter(({ type, name }) =>
    new RegExp(`\\b${type}\\.${escaped(name)}(?![\\w-])`).test(managed),
  );
  if (byAddress.length > 0) return byAddress;
  const folders = managed.match(/[\w.-]+(?:\/[\w.-]+)+/g) ?? [];
  const inFolder = candidates.filter(({ origin }) => folders.some((folder) => origin.path.startsWith(`${folder}/`)));
  const named = (inFolder.length > 0 ? inFolder : candidates).filter((resource) => bears(resource, store.name));
  if (named.length > 0) return named;
  if (inFolder.length > 0) return inFolder;
  return store.managed !== undefined && candidates.length === 1 ? candidates : [];
}

/**
 * The call of a module, whose sources are not here, that a store of the spec may lie in: its `managed` names the call, or the call bears the
 * store's name. What such a module makes is not known.
 */
export function unreadModuleOfStore(
  configurations: readonly Configuration[],
  store: StoreSpec,
): Configuration['unread'][number] | undefined {
  if (store.workloads !== undefined && store.workloads.length > 0) return undefined;
  const calls = configurations.flatMap(({ unread }) => unread);
  const named = calls.find(({ address }) =>
    new RegExp(`(?<![\\w.-])${escaped(address)}(?![\\w-])`).test(store.managed ?? ''),
  );
  return named ?? calls.find(({ address }) => address.split('.').at(-1)?.replaceAll('_', '-') === store.name);
}

function candidatesOf(configuration: Configuration, types: readonly Candidate[]): Resource[] {
  return types.flatMap(([type, engine]) =>
    configuration.of(type).filter((resource) => {
      const told = text(resource, 'engine', '');
      return resource.mode === 'managed' && (engine === undefined || !told.known || engine.test(told.value));
    }),
  );
}

function bears(resource: Resource, name: string): boolean {
  const pattern = new RegExp(`(?:^|[^a-z0-9])${escaped(name)}(?:[^a-z0-9]|$)`, 'i');
  const keys = [resource.name.replaceAll('_', '-'), /\["([^"]*)"\]$/.exec(resource.address)?.[1] ?? ''];
  const told = NAMES.map((attribute) => text(resource, attribute, ''));
  return keys.some((key) => pattern.test(key)) || told.some((one) => one.known && pattern.test(one.value));
}

function escaped(pattern: string): string {
  return pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
