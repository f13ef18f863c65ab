/** How many pods each operator makes of a store, by which labels it knows them, and which budget it puts over them. */
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Group, Reader, Untold } from './group.ts';
import { strimzi } from './kafka.ts';
import { innoDb, mariaDb, mongoDb, xtraDb } from './mysql.ts';
import { elastic, rabbit, redisFailover } from './others.ts';
import { cloudNative, crunchy, zalando } from './postgres.ts';

export type { Group, Untold } from './group.ts';

const READERS: Readonly<Record<string, Reader>> = {
  'Cluster.postgresql.cnpg.io': cloudNative,
  'postgresql.acid.zalan.do': zalando,
  'PostgresCluster.postgres-operator.crunchydata.com': crunchy,
  'RedisFailover.databases.spotahome.com': redisFailover,
  'InnoDBCluster.mysql.oracle.com': innoDb,
  'Kafka.kafka.strimzi.io': strimzi,
  'Elasticsearch.elasticsearch.k8s.elastic.co': elastic,
  'MariaDB.k8s.mariadb.com': mariaDb,
  'PerconaXtraDBCluster.pxc.percona.com': xtraDb,
  'PerconaServerMongoDB.psmdb.percona.com': mongoDb,
  'RabbitmqCluster.rabbitmq.com': rabbit,
};

/** The groups of pods of a store, or why they cannot be told. */
export function groupsOf(view: PlatformView, kind: string, object: KubeObject): Group[] | Untold {
  const reader = READERS[kind];
  if (reader === undefined)
    return {
      because: 'how many pods its operator makes of it, and under which budget, is not worked out here',
      at: object.origin,
    };
  return reader(object, cursor(object).get('spec'), view);
}
