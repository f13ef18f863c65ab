/** How managed stores of other clouds than AWS fail over, by the documentation of their providers. */
import type { StoreSpec } from '../../model/spec.ts';
import type { Body, Resource } from '../../proofs/topology/evaluate/index.ts';
import { flag, number, text } from '../../proofs/topology/read.ts';
import { bySwitch, dies, survives, untold, type FailoverFact } from './facts.ts';

type Kind = StoreSpec['kind'];

interface Type {
  /** Kinds of stores that it can be. */
  readonly kinds: readonly Kind[];
  readonly judge: (resource: Resource) => FailoverFact | undefined;
}

const TYPES: Readonly<Record<string, Type>> = {
  google_sql_database_instance: { kinds: ['postgres', 'mysql', 'mariadb', 'other'], judge: cloudSql },
  google_alloydb_instance: { kinds: ['postgres'], judge: alloy },
  google_redis_instance: { kinds: ['redis'], judge: memorystore },
  google_redis_cluster: { kinds: ['redis'], judge: shards },
  google_memorystore_instance: { kinds: ['redis'], judge: shards },
  azurerm_postgresql_flexible_server: { kinds: ['postgres'], judge: flexibleServer },
  azurerm_mysql_flexible_server: { kinds: ['mysql', 'mariadb'], judge: flexibleServer },
  azurerm_redis_cache: { kinds: ['redis'], judge: azureCache },
  azurerm_managed_redis: { kinds: ['redis'], judge: managedRedis },
  digitalocean_database_cluster: { kinds: ['postgres', 'mysql', 'redis', 'kafka', 'other'], judge: droplets },
  scaleway_rdb_instance: { kinds: ['postgres', 'mysql'], judge: scaleway },
  ovh_cloud_project_database: { kinds: ['postgres', 'mysql', 'redis', 'kafka', 'other'], judge: ovh },
};

export const OTHER_TYPES = Object.keys(TYPES);

/** Types that a store of the kind may be, as `resourcesOfStore` takes them. */
export function otherTypesOf(kind: Kind): (readonly [type: string])[] {
  return OTHER_TYPES.filter((type) => TYPES[type]?.kinds.includes(kind)).map((type) => [type] as const);
}

export function otherFact(resource: Resource): FailoverFact | undefined {
  return TYPES[resource.type]?.judge(resource);
}

/** One word that is good, and what is said where it is another. */
function byWord(
  { address }: Resource,
  body: Body,
  attribute: string,
  unset: string,
  said: { readonly good: RegExp; readonly yes: string; readonly no: string; readonly remediation: string },
): FailoverFact {
  const told = text(body, attribute, unset);
  if (!told.known) return untold(address, told.because, told.origin);
  return said.good.test(told.value)
    ? survives(address, said.yes, told.origin)
    : dies(address, `${said.no}: ${attribute} is ${told.value}`, said.remediation, told.origin);
}

/** A replica is part of what its source is judged by. */
function cloudSql(resource: Resource): FailoverFact | undefined {
  if (resource.attribute('master_instance_name') !== undefined) return undefined;
  return byWord(resource, resource.blocks('settings')[0] ?? resource, 'availability_type', 'ZONAL', {
    good: /^REGIONAL$/,
    yes: 'has a standby in another zone (availability_type REGIONAL)',
    no: 'runs in one zone',
    remediation: 'Set availability_type = "REGIONAL" in its settings, so that a standby in another zone takes over.',
  });
}

function alloy(resource: Resource): FailoverFact | undefined {
  const type = text(resource, 'instance_type', '');
  if (type.known && type.value !== 'PRIMARY') return undefined;
  return byWord(resource, resource, 'availability_type', 'REGIONAL', {
    good: /^REGIONAL$/,
    yes: 'has a standby in another zone (availability_type REGIONAL)',
    no: 'runs in one zone',
    remediation: 'Set availability_type = "REGIONAL", or leave it out.',
  });
}

function memorystore(resource: Resource): FailoverFact {
  return byWord(resource, resource, 'tier', 'BASIC', {
    good: /^STANDARD_HA$/,
    yes: 'has a replica in another zone (tier STANDARD_HA)',
    no: 'is one node without a replica',
    remediation: 'Set tier = "STANDARD_HA".',
  });
}

function shards(resource: Resource): FailoverFact {
  const { address } = resource;
  const replicas = number(resource, 'replica_count', 0);
  if (!replicas.known) return untold(address, replicas.because, replicas.origin);
  return replicas.value > 0
    ? survives(address, `has a replica for every shard (replica_count ${replicas.value})`, replicas.origin)
    : dies(address, 'has no replica for its shards', 'Set replica_count to 1 or more.', replicas.origin);
}

function flexibleServer(resource: Resource): FailoverFact | undefined {
  const mode = text(resource, 'create_mode', '');
  if (mode.known && mode.value === 'Replica') return undefined;
  const { address, origin } = resource;
  const open = resource.open('high_availability');
  if (open !== undefined) return untold(address, `makes its high_availability under a condition: ${open}`, origin);
  const [standby] = resource.blocks('high_availability');
  const remediation = 'Give it high_availability { mode = "ZoneRedundant" }.';
  if (standby === undefined) return dies(address, 'has no standby: high_availability is not set', remediation, origin);
  return byWord(resource, standby, 'mode', '', {
    good: /^ZoneRedundant$/,
    yes: 'has a standby in another zone (high_availability)',
    no: 'has its standby in the same zone',
    remediation,
  });
}

function azureCache(resource: Resource): FailoverFact {
  return byWord(resource, resource, 'sku_name', '', {
    good: /^(?:Standard|Premium)$/,
    yes: 'has a replica on another machine',
    no: 'is one node without a replica',
    remediation: 'Set sku_name = "Standard" or "Premium".',
  });
}

function managedRedis(resource: Resource): FailoverFact {
  return bySwitch(resource, flag(resource, 'high_availability_enabled', true), {
    yes: 'has a replica on another machine',
    no: 'is one node without a replica: high_availability_enabled is false',
    remediation: 'Set high_availability_enabled to true, or leave it out.',
  });
}

function scaleway(resource: Resource): FailoverFact {
  return bySwitch(resource, flag(resource, 'is_ha_cluster', false), {
    yes: 'has a standby (is_ha_cluster)',
    no: 'is one node without a standby: is_ha_cluster is not true',
    remediation: 'Set is_ha_cluster = true.',
  });
}

/** One block for each node. */
function ovh(resource: Resource): FailoverFact {
  const { address, origin } = resource;
  const open = resource.open('nodes');
  if (open !== undefined) return untold(address, open, origin);
  const nodes = resource.blocks('nodes').length;
  return nodes > 1
    ? survives(address, `has ${nodes} nodes`, origin)
    : dies(address, 'is one node without a standby', 'Choose a plan with more nodes, and name each in nodes.', origin);
}

function droplets(resource: Resource): FailoverFact {
  const { address } = resource;
  const nodes = number(resource, 'node_count', 1);
  if (!nodes.known) return untold(address, nodes.because, nodes.origin);
  return nodes.value > 1
    ? survives(address, `has ${nodes.value - 1} standby`, nodes.origin)
    : dies(address, 'is one node without a standby', 'Set node_count = 2 or more.', nodes.origin);
}
