/** Services that operators make open to the outside because a custom resource says so. They stand in no manifest. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isInternalBalancer, isInternalClass } from './internal.ts';

/** A Service of type NodePort or LoadBalancer that an operator makes. */
export interface OperatedService {
  /** `Kafka shop/events`. */
  readonly name: string;
  /** Name of the resource, which is that of its store or service. */
  readonly resource: string;
  readonly type: 'LoadBalancer' | 'NodePort';
  readonly port: number;
  /** Whether who connects reaches what the store keeps, and not a console or a listener that asks for a certificate or a password. */
  readonly opensStore: boolean;
  readonly sourceRanges: readonly string[];
  readonly origin: Origin;
}

/** Where a kind of resource says of which type a Service is. */
interface Place {
  readonly kind: string;
  /** From `spec`, `[]` behind a list. */
  readonly paths: readonly string[];
  readonly port: number;
  /** It is made only where `enabled` is true. */
  readonly onRequest?: boolean;
  readonly keepsNothing?: boolean;
}

const PLACES: readonly Place[] = [
  { kind: 'Elasticsearch.elasticsearch.k8s.elastic.co', paths: ['http.service'], port: 9200 },
  { kind: 'Elasticsearch.elasticsearch.k8s.elastic.co', paths: ['transport.service'], port: 9300 },
  { kind: 'Kibana.kibana.k8s.elastic.co', paths: ['http.service'], port: 5601, keepsNothing: true },
  { kind: 'ApmServer.apm.k8s.elastic.co', paths: ['http.service'], port: 8200, keepsNothing: true },
  { kind: 'Cluster.postgresql.cnpg.io', paths: ['managed.services.additional[].serviceTemplate'], port: 5432 },
  { kind: 'Pooler.postgresql.cnpg.io', paths: ['serviceTemplate'], port: 5432 },
  {
    kind: 'PostgresCluster.postgres-operator.crunchydata.com',
    paths: ['service', 'replicaService', 'proxy.pgBouncer.service'],
    port: 5432,
  },
  {
    kind: 'PerconaPGCluster.pgv2.percona.com',
    paths: ['expose', 'exposeReplicas', 'proxy.pgBouncer.expose'],
    port: 5432,
  },
  { kind: 'PerconaServerMongoDB.psmdb.percona.com', paths: ['replsets[].expose'], port: 27017, onRequest: true },
  { kind: 'PerconaServerMongoDB.psmdb.percona.com', paths: ['sharding.mongos.expose'], port: 27017 },
  { kind: 'PerconaXtraDBCluster.pxc.percona.com', paths: ['pxc.expose'], port: 3306, onRequest: true },
  {
    kind: 'PerconaXtraDBCluster.pxc.percona.com',
    paths: ['haproxy.exposePrimary', 'haproxy.exposeReplicas', 'haproxy', 'proxysql.expose', 'proxysql'],
    port: 3306,
  },
  { kind: 'MariaDB.k8s.mariadb.com', paths: ['service', 'primaryService', 'secondaryService'], port: 3306 },
  { kind: 'MaxScale.k8s.mariadb.com', paths: ['kubernetesService'], port: 3306 },
  ...['Redis', 'RedisCluster', 'RedisReplication'].map((kind) => ({
    kind: `${kind}.redis.redis.opstreelabs.in`,
    paths: ['kubernetesConfig.service'],
    port: 6379,
  })),
  { kind: 'Dragonfly.dragonflydb.io', paths: ['serviceSpec'], port: 6379 },
  { kind: 'RabbitmqCluster.rabbitmq.com', paths: ['service', 'override.service'], port: 5672 },
];

export function operatedServices(view: PlatformView): OperatedService[] {
  return [
    ...PLACES.flatMap((place) => view.objects(place.kind).flatMap((object) => servicesAt(object, place))),
    ...view.objects('Kafka.kafka.strimzi.io').flatMap(ofStrimzi),
    ...view.objects('postgresql.acid.zalan.do').flatMap(ofZalando),
    ...view.objects('Tenant.minio.min.io').flatMap(ofMinio),
  ];
}

function servicesAt(
  object: KubeObject,
  { paths, port, onRequest = false, keepsNothing = false }: Place,
): OperatedService[] {
  const places = paths.flatMap((path) => follow(cursor(object).get('spec'), path.split('.')));
  return places
    .filter((at) => (onRequest ? at.get('enabled').value === true : at.get('enabled').value !== false))
    .flatMap((at) => {
      const type = [at.get('type'), at.get('spec', 'type'), at.get('serviceType'), at.get('exposeType')].find(
        ({ exists }) => exists,
      );
      const annotations = [at.get('annotations'), at.get('metadata', 'annotations'), at.get('serviceAnnotations')];
      const ranges = [at.get('loadBalancerSourceRanges'), at.get('spec', 'loadBalancerSourceRanges')];
      return opened(object, type, {
        annotations: Object.assign({}, ...annotations.map((one) => one.stringMap())),
        ranges: ranges.flatMap((one) => one.strings()),
        balancerClass: at.get('spec', 'loadBalancerClass').string() ?? at.get('loadBalancerClass').string(),
        port,
        opensStore: !keepsNothing,
      });
    });
}

function follow(at: Cursor, [step, ...rest]: readonly string[]): Cursor[] {
  if (step === undefined) return at.exists ? [at] : [];
  if (!step.endsWith('[]')) return follow(at.get(step), rest);
  return at
    .get(step.slice(0, -2))
    .items()
    .flatMap((item) => follow(item, rest));
}

interface Details {
  readonly annotations: Readonly<Record<string, string>>;
  readonly ranges: readonly string[];
  readonly balancerClass?: string | undefined;
  readonly port: number;
  readonly opensStore: boolean;
}

function opened(object: KubeObject, type: Cursor | undefined, details: Details): OperatedService[] {
  const written = type?.string()?.toLowerCase();
  if (type === undefined || (written !== 'loadbalancer' && written !== 'nodeport')) return [];
  const { annotations, balancerClass, ranges, port, opensStore } = details;
  if (written === 'loadbalancer' && (isInternalBalancer(annotations) || isInternalClass(balancerClass))) return [];
  return [
    {
      name: `${object.kind} ${object.namespace ?? 'default'}/${object.name}`,
      resource: object.name,
      type: written === 'nodeport' ? 'NodePort' : 'LoadBalancer',
      port,
      opensStore,
      sourceRanges: ranges,
      origin: type.origin,
    },
  ];
}

/** A listener that asks for a certificate or a password over TLS is meant for clients outside; one that does not is open to everybody. */
function ofStrimzi(object: KubeObject): OperatedService[] {
  return cursor(object)
    .get('spec', 'kafka', 'listeners')
    .items()
    .flatMap((listener) => {
      const configuration = listener.get('configuration');
      const asks = listener.get('tls').boolean() === true && listener.get('authentication', 'type').exists;
      return opened(object, listener.get('type'), {
        annotations: configuration.get('bootstrap', 'annotations').stringMap(),
        ranges: configuration.get('loadBalancerSourceRanges').strings(),
        balancerClass: configuration.get('class').string(),
        port: listener.get('port').integer() ?? 0,
        opensStore: !asks,
      });
    });
}

const BALANCERS_OF_ZALANDO = ['Master', 'Replica', 'MasterPooler', 'ReplicaPooler'].map(
  (which) => `enable${which}LoadBalancer`,
);

/** Without `allowedSourceRanges` the operator lets 127.0.0.1 in and nobody else (`pkg/cluster/k8sres.go`). */
function ofZalando(object: KubeObject): OperatedService[] {
  const spec = cursor(object).get('spec');
  const ranges = spec.get('allowedSourceRanges').strings();
  if (ranges.length === 0 || isInternalBalancer(spec.get('serviceAnnotations').stringMap())) return [];
  return BALANCERS_OF_ZALANDO.map((name) => spec.get(name))
    .filter((at) => at.boolean() === true)
    .map(({ origin }) => ({
      name: `postgresql ${object.namespace ?? 'default'}/${object.name}`,
      resource: object.name,
      type: 'LoadBalancer' as const,
      port: 5432,
      opensStore: true,
      sourceRanges: ranges,
      origin,
    }));
}

/** https://min.io/docs/minio/kubernetes/upstream/reference/operator-crd.html (`ExposeServices`): a load balancer for each. */
function ofMinio(object: KubeObject): OperatedService[] {
  const spec = cursor(object).get('spec');
  return (
    [
      ['minio', 'minioServiceAnnotations', true],
      ['console', 'consoleServiceAnnotations', false],
    ] as const
  )
    .filter(([, annotations]) => !isInternalBalancer(spec.get('serviceMetadata', annotations).stringMap()))
    .map(([part, , opensStore]) => ({ at: spec.get('exposeServices', part), opensStore }))
    .filter(({ at }) => at.boolean() === true)
    .map(({ at: { origin }, opensStore }) => ({
      name: `Tenant ${object.namespace ?? 'default'}/${object.name}`,
      resource: object.name,
      type: 'LoadBalancer' as const,
      port: opensStore ? 443 : 9443,
      opensStore,
      sourceRanges: [],
      origin,
    }));
}
