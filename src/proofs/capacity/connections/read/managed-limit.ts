import type { PlatformView } from '../../../../model/platform.ts';
import type { StoreSpec } from '../../../../model/spec.ts';
import type { Configuration, Resource } from '../../../topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore } from '../../../topology/index.ts';
import { identityAt, knownText, refersTo } from '../../../topology/read.ts';
import type { Known } from '../../figure.ts';
import { instanceSize } from '../../instances.ts';
import { wholeNumber } from './pool-names.ts';

/** ElastiCache fixes `maxclients` (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html). */
const ELASTICACHE = 65_000;

/** The limit of a store that a cloud runs, where Terraform here makes it. */
export function managedLimit(view: PlatformView, store: StoreSpec): Known | undefined {
  for (const configuration of configurationsOf(view)) {
    const [made] = resourcesOfStore([configuration], store);
    if (made?.type.startsWith('aws_elasticache_') === true)
      return { value: ELASTICACHE, from: `maxclients of ElastiCache, ${made.address}`, origin: made.origin };
    if (made?.type.startsWith('aws_') === true) return rdsLimit(configuration, made, store);
  }
  return cloudSql(view, store);
}

/** A parameter group, else the formula of the default one. */
function rdsLimit(configuration: Configuration, database: Resource, { kind }: StoreSpec): Known | undefined {
  const members = configuration
    .of('aws_rds_cluster_instance')
    .filter((instance) => refersTo(instance, 'cluster_identifier', database, 'cluster_identifier'));
  for (const resource of [...members, database]) {
    const parameters = parametersOf(configuration, resource);
    if (parameters === 'unknown') return undefined;
    if (parameters === undefined) continue;
    const value = parameters
      .blocks('parameter')
      .find((parameter) => knownText(parameter, 'name')?.value === 'max_connections')
      ?.attribute('value');
    const number = wholeNumber(value?.value);
    if (value !== undefined)
      return number === undefined ? undefined : { value: number, from: parameters.address, origin: value.origin };
  }
  const type = [...members, database].map((resource) => knownText(resource, 'instance_class')).find(Boolean);
  const size = type === undefined ? undefined : instanceSize(type.value);
  if (type === undefined || size === undefined) return undefined;
  return { ...byMemory(size.memoryGiB, kind === 'postgres', type.value), origin: type.origin };
}

const PARAMETER_GROUPS = [
  ['parameter_group_name', 'aws_db_parameter_group'],
  ['db_parameter_group_name', 'aws_db_parameter_group'],
  ['db_cluster_parameter_group_name', 'aws_rds_cluster_parameter_group'],
] as const;

/** The group that a database names; `unknown` where it names one that is not described here. None: the default of AWS. */
function parametersOf(configuration: Configuration, database: Resource): Resource | 'unknown' | undefined {
  const [attribute, type] = PARAMETER_GROUPS.find(([name]) => database.attribute(name) !== undefined) ?? [];
  if (attribute === undefined || type === undefined) return undefined;
  const group = configuration.of(type).find((one) => refersTo(database, attribute, one, 'name'));
  if (group !== undefined) return group.open('parameter') === undefined ? group : 'unknown';
  return identityAt(database, attribute)?.startsWith('default.') === true ? undefined : 'unknown';
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
  const [instance] = resourcesOfStore(configurationsOf(view), store, [['google_sql_database_instance']]);
  const value = instance
    ?.blocks('settings')
    .flatMap((settings) => settings.blocks('database_flags'))
    .find((flag) => knownText(flag, 'name')?.value === 'max_connections')
    ?.attribute('value');
  const number = wholeNumber(value?.value);
  return number === undefined || value === undefined
    ? undefined
    : { value: number, from: `database_flags of ${instance?.address}`, origin: value.origin };
}
