import type { Body, Configuration, Resource } from '../../proofs/topology/evaluate/index.ts';
import { elements, flag, identityAt, identityOf, number, text, type Told } from '../../proofs/topology/read.ts';
import { bySwitch, dies, survives, untold, type FailoverFact } from './facts.ts';
import { OTHER_TYPES, otherFact } from './other-clouds.ts';

type Judge = (resource: Resource, configuration: Configuration) => FailoverFact | undefined;

/** How each service of AWS fails over, by its documentation; defaults are the provider's. */
const JUDGES: Readonly<Record<string, Judge>> = {
  aws_db_instance: instance,
  aws_rds_cluster: (resource, configuration) => cluster(resource, configuration, 'aws_rds_cluster_instance'),
  aws_docdb_cluster: (resource, configuration) => cluster(resource, configuration, 'aws_docdb_cluster_instance'),
  aws_neptune_cluster: (resource, configuration) => cluster(resource, configuration, 'aws_neptune_cluster_instance'),
  aws_elasticache_replication_group: replicationGroup,
  aws_elasticache_cluster: singleCache,
  aws_memorydb_cluster: memoryDatabase,
  aws_opensearch_domain: searchDomain,
  aws_elasticsearch_domain: searchDomain,
  aws_msk_cluster: broker,
  aws_mq_broker: queueBroker,
  aws_efs_file_system: fileSystem,
  aws_s3_bucket: ({ address, origin }) => survives(address, 'is kept in at least three zones by S3', origin),
};

/** Types of resources that hold data and can be judged. */
export const MANAGED_TYPES = [...Object.keys(JUDGES).filter((type) => type !== 'aws_s3_bucket'), ...OTHER_TYPES];

export function managedFact(resource: Resource, configuration: Configuration): FailoverFact | undefined {
  const fact = JUDGES[resource.type]?.(resource, configuration) ?? otherFact(resource);
  if (fact === undefined || resource.uncertain === undefined || fact.answer === 'unknown') return fact;
  return untold(resource.address, `may or may not be there: ${resource.uncertain}`, resource.origin);
}

/** A replica is part of what its source is judged by. */
function instance(resource: Resource): FailoverFact | undefined {
  if (resource.attribute('replicate_source_db') !== undefined) return undefined;
  return bySwitch(resource, flag(resource, 'multi_az', false), {
    yes: 'has a standby in another zone (multi_az)',
    no: 'runs in one zone: multi_az is not true',
    remediation: 'Set multi_az = true, so that a standby in another zone takes over by itself.',
  });
}

/** Aurora and its kin fail over to another instance; a Multi-AZ cluster brings its two standbys along. */
function cluster(resource: Resource, configuration: Configuration, member: string): FailoverFact {
  const { address, origin } = resource;
  if (resource.attribute('db_cluster_instance_class') !== undefined)
    return survives(address, 'is a Multi-AZ cluster with two readable standbys', origin);
  if (text(resource, 'engine_mode', 'provisioned').known && identityAt(resource, 'engine_mode') === 'serverless')
    return survives(address, 'is Aurora Serverless, which starts again in another zone', origin);
  const own = configuration.of(member).filter((one) => {
    const named = identityAt(one, 'cluster_identifier');
    return named === address || (named !== undefined && named === identityAt(resource, 'cluster_identifier'));
  });
  const open = own.find(({ uncertain }) => uncertain !== undefined);
  if (open !== undefined)
    return untold(address, `has instances that cannot be counted: ${open.uncertain ?? ''}`, open.origin);
  if (own.length < 2)
    return dies(
      address,
      `has ${own.length === 0 ? 'no instance' : 'one instance'} here, and nothing to fail over to`,
      'Add a second instance in another zone.',
      own[0]?.origin ?? origin,
    );
  const zones = own.map((one) => identityAt(one, 'availability_zone'));
  const placed = zones.every((zone) => zone !== undefined);
  if (placed && new Set(zones).size === 1)
    return dies(
      address,
      `has ${own.length} instances, all in ${zones[0] ?? ''}`,
      'Place one of them in another zone, or leave availability_zone out.',
      own[0]?.origin ?? origin,
    );
  return survives(
    address,
    `has ${own.length} instances${placed ? ` in ${new Set(zones).size} zones` : ', spread over its subnets by RDS'}`,
    origin,
  );
}

function replicationGroup(resource: Resource): FailoverFact {
  const { address, origin } = resource;
  const failover = flag(resource, 'automatic_failover_enabled', false);
  const zones = flag(resource, 'multi_az_enabled', false);
  if (resource.attribute('global_replication_group_id') !== undefined && !resource.attribute('num_cache_clusters'))
    return untold(address, 'takes its shape from a global replication group', origin);
  const replicas = replicasOf(resource);
  if (!failover.known) return untold(address, failover.because, failover.origin);
  if (!failover.value)
    return dies(
      address,
      'does not promote a replica by itself: automatic_failover_enabled is not true',
      'Set automatic_failover_enabled and multi_az_enabled to true, with at least two clusters.',
      failover.origin,
    );
  if (!zones.known) return untold(address, zones.because, zones.origin);
  if (!zones.value)
    return dies(
      address,
      'may have all of its nodes in one zone: multi_az_enabled is not true',
      'Set multi_az_enabled = true.',
      zones.origin,
    );
  if (!replicas.known) return untold(address, replicas.because, replicas.origin);
  if (replicas.value < 1)
    return dies(
      address,
      'has no replica to promote',
      'Set num_cache_clusters to 3, or replicas_per_node_group to at least 1.',
      replicas.origin,
    );
  return survives(
    address,
    `has ${replicas.value === 1 ? 'one replica' : `${replicas.value} replicas`} in other zones, promoted by itself`,
    origin,
  );
}

function replicasOf(resource: Resource): Told<number> {
  const perShard = resource.attribute('replicas_per_node_group');
  if (perShard !== undefined) return number(resource, 'replicas_per_node_group', 0);
  const [mode] = resource.blocks('cluster_mode');
  if (mode !== undefined) return number(mode, 'replicas_per_node_group', 0);
  const name =
    resource.attribute('number_cache_clusters') === undefined ? 'num_cache_clusters' : 'number_cache_clusters';
  const clusters = number(resource, name, 1);
  return clusters.known ? { ...clusters, value: clusters.value - 1 } : clusters;
}

function singleCache(resource: Resource): FailoverFact | undefined {
  if (resource.attribute('replication_group_id') !== undefined) return undefined;
  const engine = text(resource, 'engine', '');
  if (!engine.known) return untold(resource.address, engine.because, engine.origin);
  if (engine.value === 'memcached')
    return bySwitch(resource, zonesOfMemcached(resource), {
      yes: 'has nodes in several zones',
      no: 'has its nodes in one zone (az_mode)',
      remediation: 'Set az_mode = "cross-az", with at least two nodes.',
    });
  return dies(
    resource.address,
    'is one node of Redis without a replica',
    'Use an aws_elasticache_replication_group with automatic failover.',
    resource.origin,
  );
}

function zonesOfMemcached(resource: Resource): Told<boolean> {
  const mode = text(resource, 'az_mode', 'single-az');
  return mode.known ? { ...mode, value: mode.value === 'cross-az' } : mode;
}

function memoryDatabase(resource: Resource): FailoverFact {
  const replicas = number(resource, 'num_replicas_per_shard', 1);
  return bySwitch(resource, replicas.known ? { ...replicas, value: replicas.value >= 1 } : replicas, {
    yes: 'has a replica for every shard',
    no: 'has no replica for its shards',
    remediation: 'Set num_replicas_per_shard to at least 1.',
  });
}

function searchDomain(resource: Resource): FailoverFact {
  const config: Body = resource.blocks('cluster_config')[0] ?? resource;
  const standby = flag(config, 'multi_az_with_standby_enabled', false);
  if (standby.known && standby.value)
    return survives(resource.address, 'spans three zones, one of them standby', standby.origin);
  const aware = flag(config, 'zone_awareness_enabled', false);
  const count = number(config, 'instance_count', 1);
  if (!count.known) return untold(resource.address, count.because, count.origin);
  const spread = aware.known ? { ...aware, value: aware.value && count.value >= 2 } : aware;
  return bySwitch(resource, spread, {
    yes: `has ${count.value} nodes spread over zones`,
    no: count.value < 2 ? 'is a single node' : `has ${count.value} nodes and no zone awareness`,
    remediation: 'Set instance_count to at least 2 and zone_awareness_enabled = true.',
  });
}

function broker(resource: Resource): FailoverFact {
  const [group] = resource.blocks('broker_node_group_info');
  const zones = group === undefined ? [] : elements(group, 'client_subnets');
  if (zones.some(({ value }) => identityOf(value) === undefined))
    return untold(resource.address, 'lies in subnets that are not known', resource.origin);
  const count = number(resource, 'number_of_broker_nodes', 0);
  return bySwitch(resource, count.known ? { ...count, value: count.value >= 3 && zones.length >= 2 } : count, {
    yes: `has ${count.known ? count.value : 0} brokers in ${zones.length} zones`,
    no: `has ${count.known ? count.value : 0} brokers in ${zones.length === 1 ? 'one zone' : `${zones.length} zones`}`,
    remediation: 'Run at least three brokers in three zones, with a replication factor of 3.',
  });
}

function queueBroker(resource: Resource): FailoverFact {
  const mode = text(resource, 'deployment_mode', 'SINGLE_INSTANCE');
  return bySwitch(resource, mode.known ? { ...mode, value: mode.value !== 'SINGLE_INSTANCE' } : mode, {
    yes: `runs in several zones (deployment_mode ${mode.known ? mode.value : ''})`,
    no: 'is a single broker in one zone: deployment_mode is SINGLE_INSTANCE',
    remediation: 'Set deployment_mode to ACTIVE_STANDBY_MULTI_AZ, or to CLUSTER_MULTI_AZ for RabbitMQ.',
  });
}

function fileSystem(resource: Resource): FailoverFact {
  const zone = resource.attribute('availability_zone_name');
  return zone === undefined
    ? survives(resource.address, 'is kept in several zones by EFS', resource.origin)
    : dies(
        resource.address,
        'lies in one zone (availability_zone_name)',
        'Leave availability_zone_name out, and move the data.',
        zone.origin,
      );
}
