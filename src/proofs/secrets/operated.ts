/**
 * Secrets that operators make: those of stores for their own objects, with passwords and certificates that no file holds, and those that bring
 * values from a place of their own.
 */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
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

interface Synced {
  readonly secret: string;
  /** Its own namespace where none is named. */
  readonly namespace?: string | undefined;
}

/** What each kind of object has brought into the cluster, by the reference of its operator. */
const SYNCED: readonly (readonly [kind: string, synced: (object: KubeObject, spec: Cursor) => readonly Synced[]])[] = [
  ['OnePasswordItem.onepassword.com', ({ name }) => [{ secret: name }]],
  ['VaultSecret.ricoberger.de', ({ name }) => [{ secret: name }]],
  ['AzureKeyVaultSecret.spv.no', (_, spec) => named(spec.get('output', 'secret'), 'name')],
  ['DopplerSecret.secrets.doppler.com', (_, spec) => named(spec.get('managedSecret'), 'name', 'namespace')],
  [
    'InfisicalSecret.secrets.infisical.com',
    (_, spec) =>
      [spec.get('managedSecretReference'), ...spec.get('managedKubeSecretReferences').items()].flatMap((at) =>
        named(at, 'secretName', 'secretNamespace'),
      ),
  ],
];

function named(at: Cursor, name: string, namespace?: string): Synced[] {
  const secret = at.get(name).string();
  if (secret === undefined) return [];
  return [{ secret, namespace: namespace === undefined ? undefined : at.get(namespace).string() }];
}

function isSynced(object: KubeObject, synced: readonly Synced[], namespace: string, secret: string): boolean {
  return synced.some((one) => one.secret === secret && (one.namespace ?? object.namespace ?? 'default') === namespace);
}

/** The object whose operator makes a Secret of this name in a namespace: `Cluster shop/pg`. */
export function operatedSecret(view: PlatformView, namespace: string, secret: string): string | undefined {
  const [owner] = [
    ...NAMES.flatMap(([kind, names]) =>
      view.objects(kind, namespace).filter(({ name }) => names(name.replaceAll('.', '\\.')).test(secret)),
    ),
    ...SYNCED.flatMap(([kind, synced]) =>
      view
        .objects(kind)
        .filter((object) => isSynced(object, synced(object, cursor(object).get('spec')), namespace, secret)),
    ),
  ];
  return owner && `${owner.kind} ${owner.namespace ?? 'default'}/${owner.name}`;
}

function exactly(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
