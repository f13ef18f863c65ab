/** Custom resources of which an operator makes a store, its pods included. */
import type { KubeObject } from './kube.ts';
import type { StoreSpec } from './spec.ts';

type StoreKind = StoreSpec['kind'];

const RESOURCES: Readonly<Record<string, readonly [StoreKind, string]>> = {
  'Cluster.postgresql.cnpg.io': ['postgres', 'CloudNativePG Cluster'],
  'postgresql.acid.zalan.do': ['postgres', 'Zalando postgresql'],
  'PostgresCluster.postgres-operator.crunchydata.com': ['postgres', 'Crunchy PostgresCluster'],
  'SGCluster.stackgres.io': ['postgres', 'StackGres SGCluster'],
  'PerconaPGCluster.pgv2.percona.com': ['postgres', 'Percona PerconaPGCluster'],
  'RedisFailover.databases.spotahome.com': ['redis', 'RedisFailover'],
  'Redis.redis.redis.opstreelabs.in': ['redis', 'Redis'],
  'RedisCluster.redis.redis.opstreelabs.in': ['redis', 'RedisCluster'],
  'RedisReplication.redis.redis.opstreelabs.in': ['redis', 'RedisReplication'],
  'Dragonfly.dragonflydb.io': ['redis', 'Dragonfly'],
  'InnoDBCluster.mysql.oracle.com': ['mysql', 'InnoDBCluster'],
  'PerconaXtraDBCluster.pxc.percona.com': ['mysql', 'PerconaXtraDBCluster'],
  'VitessCluster.planetscale.com': ['mysql', 'VitessCluster'],
  'MariaDB.k8s.mariadb.com': ['mariadb', 'MariaDB'],
  'Kafka.kafka.strimzi.io': ['kafka', 'Strimzi Kafka'],
  'Redpanda.cluster.redpanda.com': ['kafka', 'Redpanda'],
  'Elasticsearch.elasticsearch.k8s.elastic.co': ['elasticsearch', 'Elasticsearch'],
  'OpenSearchCluster.opensearch.opster.io': ['elasticsearch', 'OpenSearchCluster'],
  'Tenant.minio.min.io': ['bucket', 'MinIO Tenant'],
  'MongoDBCommunity.mongodbcommunity.mongodb.com': ['other', 'MongoDBCommunity'],
  'PerconaServerMongoDB.psmdb.percona.com': ['other', 'PerconaServerMongoDB'],
  'RabbitmqCluster.rabbitmq.com': ['other', 'RabbitmqCluster'],
};

/** Their kinds, as a view is asked for them. */
export const MANAGED_STORE_KINDS: readonly string[] = Object.keys(RESOURCES);

/** The kind of store that a custom resource is, and its name for people; `undefined` for anything else. */
export function managedStore({ kind, apiVersion }: KubeObject): readonly [StoreKind, string] | undefined {
  const key = `${kind}.${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))}`;
  return Object.hasOwn(RESOURCES, key) ? RESOURCES[key] : undefined;
}
