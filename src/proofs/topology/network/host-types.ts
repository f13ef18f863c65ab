import type { HostKind } from './types.ts';

/** Where a resource says in which subnets it stands, which groups it carries and whether strangers can address it. */
export interface HostType {
  readonly type: string;
  readonly kind: HostKind;
  readonly what: string;
  /** Nested block in which its network stands, where it is not the resource itself. */
  readonly within?: string;
  readonly subnets: readonly string[];
  readonly groups: string;
  /** A group of subnets that it names, and the attribute that names it. */
  readonly subnetGroup?: readonly [attribute: string, type: string];
  /** Attribute that gives it an address of the internet's; `no` where it never has one. */
  readonly public?: string;
  readonly ports: readonly number[];
  /** Its members, by attribute: instances of a cluster say whether they are public. */
  readonly members?: readonly [type: string, attribute: string];
}

/** Resources with an address in a subnet, as the AWS provider's documentation describes them (versions 5 and 6). */
export const HOST_TYPES: readonly HostType[] = [
  {
    type: 'aws_db_instance',
    kind: 'store',
    what: 'database',
    subnets: [],
    subnetGroup: ['db_subnet_group_name', 'aws_db_subnet_group'],
    groups: 'vpc_security_group_ids',
    public: 'publicly_accessible',
    ports: [],
  },
  {
    type: 'aws_rds_cluster',
    kind: 'store',
    what: 'database cluster',
    subnets: [],
    subnetGroup: ['db_subnet_group_name', 'aws_db_subnet_group'],
    groups: 'vpc_security_group_ids',
    public: 'publicly_accessible',
    members: ['aws_rds_cluster_instance', 'cluster_identifier'],
    ports: [],
  },
  {
    type: 'aws_docdb_cluster',
    kind: 'store',
    what: 'document database',
    subnets: [],
    subnetGroup: ['db_subnet_group_name', 'aws_docdb_subnet_group'],
    groups: 'vpc_security_group_ids',
    ports: [27_017],
  },
  {
    type: 'aws_neptune_cluster',
    kind: 'store',
    what: 'graph database',
    subnets: [],
    subnetGroup: ['neptune_subnet_group_name', 'aws_neptune_subnet_group'],
    groups: 'vpc_security_group_ids',
    ports: [8182],
  },
  {
    type: 'aws_redshift_cluster',
    kind: 'store',
    what: 'warehouse',
    subnets: [],
    subnetGroup: ['cluster_subnet_group_name', 'aws_redshift_subnet_group'],
    groups: 'vpc_security_group_ids',
    public: 'publicly_accessible',
    ports: [5439],
  },
  {
    type: 'aws_elasticache_replication_group',
    kind: 'store',
    what: 'cache',
    subnets: [],
    subnetGroup: ['subnet_group_name', 'aws_elasticache_subnet_group'],
    groups: 'security_group_ids',
    ports: [6379],
  },
  {
    type: 'aws_elasticache_cluster',
    kind: 'store',
    what: 'cache',
    subnets: [],
    subnetGroup: ['subnet_group_name', 'aws_elasticache_subnet_group'],
    groups: 'security_group_ids',
    ports: [6379],
  },
  {
    type: 'aws_memorydb_cluster',
    kind: 'store',
    what: 'memory database',
    subnets: [],
    subnetGroup: ['subnet_group_name', 'aws_memorydb_subnet_group'],
    groups: 'security_group_ids',
    ports: [6379],
  },
  {
    type: 'aws_opensearch_domain',
    kind: 'store',
    what: 'search domain',
    within: 'vpc_options',
    subnets: ['subnet_ids'],
    groups: 'security_group_ids',
    ports: [443],
  },
  {
    type: 'aws_elasticsearch_domain',
    kind: 'store',
    what: 'search domain',
    within: 'vpc_options',
    subnets: ['subnet_ids'],
    groups: 'security_group_ids',
    ports: [443],
  },
  {
    type: 'aws_msk_cluster',
    kind: 'store',
    what: 'message broker',
    within: 'broker_node_group_info',
    subnets: ['client_subnets'],
    groups: 'security_groups',
    // The last three are those of addresses of the internet's.
    ports: [9092, 9094, 9096, 9098, 9194, 9196, 9198],
  },
  {
    type: 'aws_mq_broker',
    kind: 'store',
    what: 'message broker',
    subnets: ['subnet_ids'],
    groups: 'security_groups',
    public: 'publicly_accessible',
    ports: [5671, 61_617],
  },
  {
    type: 'aws_instance',
    kind: 'instance',
    what: 'instance',
    subnets: ['subnet_id'],
    groups: 'vpc_security_group_ids',
    public: 'associate_public_ip_address',
    ports: [22],
  },
  {
    type: 'aws_lb',
    kind: 'balancer',
    what: 'load balancer',
    subnets: ['subnets', 'subnet_mapping'],
    groups: 'security_groups',
    ports: [],
  },
  {
    type: 'aws_alb',
    kind: 'balancer',
    what: 'load balancer',
    subnets: ['subnets', 'subnet_mapping'],
    groups: 'security_groups',
    ports: [],
  },
  {
    type: 'aws_eks_node_group',
    kind: 'nodes',
    what: 'nodes of the cluster',
    subnets: ['subnet_ids'],
    groups: 'none',
    ports: [],
  },
  {
    type: 'aws_autoscaling_group',
    kind: 'nodes',
    what: 'group of instances',
    subnets: ['vpc_zone_identifier'],
    groups: 'none',
    ports: [],
  },
  {
    type: 'aws_ecs_service',
    kind: 'nodes',
    what: 'tasks',
    within: 'network_configuration',
    subnets: ['subnets'],
    groups: 'security_groups',
    public: 'assign_public_ip',
    ports: [],
  },
  {
    type: 'aws_lambda_function',
    kind: 'function',
    what: 'function',
    within: 'vpc_config',
    subnets: ['subnet_ids'],
    groups: 'security_group_ids',
    ports: [],
  },
  {
    type: 'aws_vpc_endpoint',
    kind: 'endpoint',
    what: 'endpoint',
    subnets: ['subnet_ids'],
    groups: 'security_group_ids',
    ports: [443],
  },
];

/** Ports of engines, where no other is stated. */
export const ENGINE_PORTS: readonly (readonly [RegExp, number])[] = [
  [/postgres/, 5432],
  [/mysql|mariadb|^aurora$/, 3306],
  [/sqlserver/, 1433],
  [/oracle/, 1521],
  [/^db2/, 50_000],
  [/memcached/, 11_211],
];
