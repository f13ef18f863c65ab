/** Secrets that the operators of stores make for their own objects, with passwords and certificates that no file holds. */
import type { KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';

/** What the Secrets of an object of a kind are called. */
const NAMES: readonly (readonly [kind: string, names: (of: string) => RegExp])[] = [
  ['Cluster.postgresql.cnpg.io', (name) => exactly(`${name}-(?:app|superuser|ca|server|replication)`)],
  ['PostgresCluster.postgres-operator.crunchydata.com', (name) => exactly(`${name}-(?:pguser-.+|cluster-cert)`)],
  ['postgresql.acid.zalan.do', (name) => exactly(`.+\\.${name}\\.credentials(?:\\..+)?`)],
  ['Kafka.kafka.strimzi.io', (name) => exactly(`${name}-(?:cluster|clients)-ca(?:-cert)?`)],
  ['KafkaUser.kafka.strimzi.io', (name) => exactly(name)],
  ['RabbitmqCluster.rabbitmq.com', (name) => exactly(`${name}-default-user`)],
  ['Elasticsearch.elasticsearch.k8s.elastic.co', (name) => exactly(`${name}-es-(?:elastic-user|http-certs-public)`)],
];

/** The object whose operator makes a Secret of this name in a namespace: `Cluster shop/pg`. */
export function operatedSecret(view: PlatformView, namespace: string, secret: string): string | undefined {
  const owner = NAMES.flatMap(([kind, names]) =>
    view.objects(kind, namespace).filter(({ name }: KubeObject) => names(name.replaceAll('.', '\\.')).test(secret)),
  )[0];
  return owner && `${owner.kind} ${namespace}/${owner.name}`;
}

function exactly(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
