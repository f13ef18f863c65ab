import type { HclBlock } from '../../../../model/document.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { StoreSpec } from '../../../../model/spec.ts';
import type { Known } from '../../figure.ts';
import { instanceSize } from '../../instances.ts';
import { attributeOf, isStore, resources, type Resource } from '../../terraform.ts';
import { wholeNumber } from './pool-names.ts';

/** ElastiCache fixes `maxclients` (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html). */
const ELASTICACHE = 65_000;

/** The limit of a store that a cloud runs, where Terraform here makes it. */
export function managedLimit(view: PlatformView, store: StoreSpec): Known | undefined {
  const cache = ['aws_elasticache_replication_group', 'aws_elasticache_cluster']
    .flatMap((type) => resources(view, type))
    .find((resource) => isStore(view, resource, store));
  if (cache !== undefined)
    return { value: ELASTICACHE, from: `maxclients of ElastiCache, ${cache.address}`, origin: cache.block.origin };
  const database = ['aws_db_instance', 'aws_rds_cluster_instance', 'aws_rds_cluster']
    .flatMap((type) => resources(view, type))
    .find((resource) => isStore(view, resource, store));
  return database === undefined ? cloudSql(view, store) : rdsLimit(view, database, store);
}

/** A parameter group, else the formula of the default one. */
function rdsLimit(view: PlatformView, database: Resource, { kind }: StoreSpec): Known | undefined {
  const group = parameterGroup(view, database);
  const parameter = group?.blocks.find(
    ({ type, attributes }) => type === 'parameter' && attributes['name']?.literal === 'max_connections',
  );
  const value = parameter?.attributes['value'];
  if (value !== undefined) {
    const number = wholeNumber(value.literal);
    return number === undefined
      ? undefined
      : { value: number, from: group?.labels.join('.') ?? '', origin: value.origin };
  }
  const type = attributeOf(view, database, 'instance_class');
  const size = typeof type?.value === 'string' ? instanceSize(type.value) : undefined;
  if (type === undefined || size === undefined) return undefined;
  return { ...byMemory(size.memoryGiB, kind === 'postgres', String(type.value)), origin: type.origin };
}

function parameterGroup(view: PlatformView, { block }: Resource): HclBlock | undefined {
  const text =
    block.attributes['parameter_group_name']?.text ?? block.attributes['db_cluster_parameter_group_name']?.text ?? '';
  const [, type = '', label] = /^(aws_(?:db|rds_cluster)_parameter_group)\.(\w+)\./.exec(text) ?? [];
  return view.terraform('resource', type).find(({ labels, module }) => labels[1] === label && module === block.module);
}

/**
 * RDS counts `DBInstanceClassMemory`, what is left of the instance's memory when the system and its own processes have theirs; how much
 * that is is not published. So the whole memory is the high end, and an eighth and up to one GiB less a deliberately low one
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections).
 */
function byMemory(memoryGiB: number, postgres: boolean, type: string): Pick<Known, 'value' | 'from' | 'atMost'> {
  const low = memoryGiB * 0.875 - Math.min(1, memoryGiB / 4);
  const formula = postgres ? 'LEAST(memory/9531392, 5000)' : 'memory/12582880';
  const connections = (gib: number): number =>
    postgres ? Math.min(5000, Math.floor((gib * 1024 ** 3) / 9_531_392)) : Math.floor((gib * 1024 ** 3) / 12_582_880);
  return {
    value: connections(low),
    atMost: connections(memoryGiB),
    from: `the default ${formula} of ${type}, ${memoryGiB} GiB less what RDS keeps for itself`,
  };
}

function cloudSql(view: PlatformView, store: StoreSpec): Known | undefined {
  const instance = resources(view, 'google_sql_database_instance').find((resource) => isStore(view, resource, store));
  const flags = instance?.block.blocks.filter(({ type }) => type === 'settings').flatMap(({ blocks }) => blocks) ?? [];
  const flag = flags.find(
    ({ type, attributes }) => type === 'database_flags' && attributes['name']?.literal === 'max_connections',
  );
  const value = wholeNumber(flag?.attributes['value']?.literal);
  return value === undefined || flag === undefined
    ? undefined
    : { value, from: `database_flags of ${instance?.address}`, origin: flag.origin };
}
