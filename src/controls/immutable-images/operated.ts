/** Images that operators run because a custom resource names them. One that names none gets what the operator's version brings along. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

interface OperatedImage {
  /** `Cluster shop/orders`. */
  readonly workload: string;
  readonly image: At<string>;
}

/** Where the resources of an operator name images, each with its kinds. */
const NAMED_IN: readonly (readonly [group: string, kinds: readonly string[], fields: readonly string[]])[] = [
  ['acid.zalan.do', ['postgresql'], ['dockerImage']],
  ['databases.spotahome.com', ['RedisFailover'], ['redis.image', 'sentinel.image']],
  ['dragonflydb.io', ['Dragonfly'], ['image']],
  ['elasticsearch.k8s.elastic.co', ['Elasticsearch'], ['image']],
  ['k8s.mariadb.com', ['MariaDB', 'MaxScale'], ['image']],
  [
    'kafka.strimzi.io',
    ['Kafka', 'KafkaConnect', 'KafkaBridge', 'KafkaMirrorMaker2'],
    ['image', 'kafka.image', 'entityOperator.topicOperator.image', 'entityOperator.userOperator.image'],
  ],
  ['kibana.k8s.elastic.co', ['Kibana'], ['image']],
  ['minio.min.io', ['Tenant'], ['image']],
  ['monitoring.coreos.com', ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'], ['image']],
  ['opentelemetry.io', ['OpenTelemetryCollector'], ['image', 'targetAllocator.image']],
  ['pgv2.percona.com', ['PerconaPGCluster'], ['image']],
  [
    'planetscale.com',
    ['VitessCluster'],
    [
      ...['vtctld', 'vtgate', 'vttablet', 'vtorc', 'vtbackup', 'vtadmin', 'mysqldExporter'].map(
        (part) => `images.${part}`,
      ),
      ...['mysql80Compatible', 'mysql84Compatible'].map((part) => `images.mysqld.${part}`),
    ],
  ],
  ['postgres-operator.crunchydata.com', ['PostgresCluster'], ['image', 'backups.pgbackrest.image']],
  ['postgresql.cnpg.io', ['Cluster'], ['imageName']],
  ['psmdb.percona.com', ['PerconaServerMongoDB'], ['image']],
  ['pxc.percona.com', ['PerconaXtraDBCluster'], ['pxc.image', 'haproxy.image', 'proxysql.image']],
  ['rabbitmq.com', ['RabbitmqCluster'], ['image']],
  [
    'redis.redis.opstreelabs.in',
    ['Redis', 'RedisCluster', 'RedisReplication', 'RedisSentinel'],
    ['kubernetesConfig.image', 'redisExporter.image'],
  ],
];

export function operatedImages(view: PlatformView): OperatedImage[] {
  return NAMED_IN.flatMap(([group, kinds, fields]) =>
    kinds.flatMap((kind) => view.objects(`${kind}.${group}`)).flatMap((object) => imagesOf(object, fields)),
  );
}

function imagesOf(object: KubeObject, fields: readonly string[]): OperatedImage[] {
  const { kind, namespace = 'default', name } = object;
  const spec = cursor(object).get('spec');
  return fields
    .map((field): Cursor => spec.get(...field.split('.')))
    .filter(({ exists }) => exists)
    .map((at) => ({ workload: `${kind} ${namespace}/${name}`, image: at.at(at.string() ?? '') }));
}
