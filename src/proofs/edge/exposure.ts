import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';
import { coversInternet } from '../topology/index.ts';
import { imagesOf, resolveBackend } from './backends.ts';
import { isEdgeProxy, nginxControllers, type NginxController } from './controllers.ts';
import { annotationsOf } from './ingress.ts';
import { isBehindInternalBalancer, isInternalBalancer, isInternalClass } from './internal.ts';
import { operatedServices } from './operated.ts';
import type { Backend } from './types.ts';

/** A Service, or pods on a port of their node, that are open to the network outside of the cluster by themselves, without an Ingress or Gateway. */
export interface ExposedService {
  /** `Service production/db`, `Deployment production/db`. */
  readonly name: string;
  readonly type: 'LoadBalancer' | 'NodePort' | 'externalIPs' | 'tcp-services' | 'hostPort' | 'hostNetwork';
  readonly ports: readonly number[];
  readonly workloads: readonly string[];
  /** True when a proxy that is made for the edge answers there. */
  readonly isEdge: boolean;
  /** What data store it opens, by a store of the spec or by the image behind it. */
  readonly store?: string;
  /** Name of the custom resource for which an operator makes it. */
  readonly resource?: string;
  /** Ranges that alone may connect; empty: everybody. */
  readonly sourceRanges: readonly string[];
  /** Its ports behind which nobody answers, one for each reason; of the ports that are handed on none. */
  readonly dead: readonly Backend[];
  readonly origin: Origin;
}

/** Programs that keep data and are never meant for the internet, by the last part of their image's name. */
const STORE_IMAGES =
  /(?:^|\/)(postgres(?:ql)?|postgis|timescaledb|mysql|mariadb|percona-server|mongo(?:db)?|redis|valkey|dragonfly|memcached|rabbitmq|nats|kafka|cassandra|scylla|elasticsearch|opensearch|clickhouse-server|cockroach|etcd|minio|qdrant|zookeeper|neo4j|influxdb|couchdb)(?:-ha|-cluster|-server|-stack)?(?:[:@]|$)/;

/** Services open to the outside, those of internal load balancers left out. */
export function exposedServices(view: PlatformView): ExposedService[] {
  return [
    ...view.objects('Service').flatMap((service) => openByItself(view, service)),
    ...nginxControllers(view).flatMap((controller) => handedOn(view, controller)),
    ...view.workloads().flatMap((workload) => onNode(view, workload)),
    ...operated(view),
  ];
}

function operated(view: PlatformView): ExposedService[] {
  return operatedServices(view).map(({ name, resource, type, port, opensStore, sourceRanges: ranges, origin }) => ({
    name,
    resource,
    type,
    ports: [port],
    workloads: [],
    isEdge: false,
    ...(opensStore && { store: resource }),
    sourceRanges: sourceRanges(ranges),
    dead: [],
    origin,
  }));
}

/**
 * Pods on a port of their node, or on its network with every port they list. A DaemonSet that keeps no data is left out: agents of nodes are
 * there for what runs on the node.
 */
function onNode(view: PlatformView, workload: Workload): ExposedService[] {
  const network = podSpec(workload).get('hostNetwork');
  const onHost = network.boolean() === true;
  const listed = containers(workload)
    .flatMap(({ at }) => at.get('ports').items())
    .filter((port) => !/^(?:127\.|::1$)/.test(port.get('hostIP').string() ?? ''))
    .map((port) => port.get(onHost ? 'containerPort' : 'hostPort'));
  const ports = listed.flatMap((port) => port.integer() ?? []);
  const [origin] = onHost ? [network.origin] : listed.filter((port) => port.exists).map((port) => port.origin);
  if (origin === undefined || ports.length === 0) return [];
  const found = whatAnswers(view, [workload]);
  if (workload.kind === 'DaemonSet' && found.store === undefined && !found.isEdge) return [];
  const name = workloadName(workload);
  return [{ name, type: onHost ? 'hostNetwork' : 'hostPort', ports, ...found, sourceRanges: [], dead: [], origin }];
}

function openByItself(view: PlatformView, service: KubeObject): ExposedService[] {
  const spec = cursor(service).get('spec');
  const external = spec.get('externalIPs');
  const type = spec.get('type').string();
  const kind =
    type === 'LoadBalancer' || type === 'NodePort' ? type : external.items().length > 0 ? 'externalIPs' : undefined;
  if (kind === undefined || service.apiVersion !== 'v1') return [];
  if (
    kind === 'LoadBalancer' &&
    (isInternalBalancer(annotationsOf(service)) || isInternalClass(spec.get('loadBalancerClass').string()))
  )
    return [];
  const ports = spec
    .get('ports')
    .items()
    .flatMap((port) => port.get('port').integer() ?? []);
  return [
    {
      name: `Service ${service.namespace ?? 'default'}/${service.name}`,
      type: kind,
      ports,
      ...behind(view, service),
      sourceRanges: sourceRanges(rangesOf(service)),
      dead: deadPorts(view, service, ports),
      origin: kind === 'externalIPs' ? external.origin : spec.get('type').origin,
    },
  ];
}

/** Where the namespace holds no workload at all, what the Service selects is kept somewhere else. */
function deadPorts(view: PlatformView, service: KubeObject, ports: readonly number[]): Backend[] {
  const { name, namespace = 'default' } = service;
  if (!view.workloads().some((workload) => workload.namespace === namespace)) return [];
  const origin = cursor(service).get('spec', 'selector').origin;
  const dead = ports
    .map((port) => resolveBackend(view, { namespace, service: name, port, origin }))
    .filter(({ live }) => live === 'no');
  return dead.filter(({ because }, index) => dead.findIndex((other) => other.because === because) === index);
}

/** The field, or the annotation that came before it. */
function rangesOf(service: KubeObject): string[] {
  const ranges = cursor(service).get('spec', 'loadBalancerSourceRanges').strings();
  const written = annotationsOf(service)['service.beta.kubernetes.io/load-balancer-source-ranges'] ?? '';
  return ranges.length > 0 ? ranges : written.split(',').flatMap((range) => range.trim() || []);
}

/** A list that names everybody restricts nobody. */
function sourceRanges(ranges: readonly string[]): readonly string[] {
  return coversInternet(ranges) ? [] : ranges;
}

/**
 * Ports that ingress-nginx hands on as they are, `"5432": "shop/orders:5432"`.
 * https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/
 */
function handedOn(view: PlatformView, controller: NginxController): ExposedService[] {
  const [namespace, name] = (controller.tcpServices ?? '').split('/');
  const config = view.objects('ConfigMap', namespace).find((object) => object.name === name);
  if (config === undefined || isBehindInternalBalancer(view, controller.workload)) return [];
  return cursor(config)
    .get('data')
    .entries()
    .flatMap(([port, target]) => {
      const [, of = '', called = ''] = /^\s*([^/\s]+)\/([^:\s]+):/.exec(target.string() ?? '') ?? [];
      const service = view.objects('Service', of).find((object) => object.name === called);
      if (called === '') return [];
      return [
        {
          name: `Service ${of}/${called}`,
          type: 'tcp-services' as const,
          ports: [Number(port)],
          ...(service === undefined ? { workloads: [], isEdge: false } : behind(view, service)),
          sourceRanges: [],
          dead: [],
          origin: target.origin,
        },
      ];
    });
}

/** What answers behind a Service. */
function behind(view: PlatformView, service: KubeObject): Pick<ExposedService, 'workloads' | 'isEdge' | 'store'> {
  return whatAnswers(view, workloadsBehind(view, service));
}

function whatAnswers(
  view: PlatformView,
  workloads: readonly Workload[],
): Pick<ExposedService, 'workloads' | 'isEdge' | 'store'> {
  const names = workloads.map(workloadName);
  const store =
    storeBehind(view, names) ??
    workloads
      .flatMap(imagesOf)
      .map((image) => STORE_IMAGES.exec(image)?.[1])
      .find(Boolean);
  return {
    workloads: names,
    isEdge: workloads.some((workload) => isEdgeProxy(view, workload)),
    ...(store === undefined ? {} : { store }),
  };
}

/** The store of the spec that one of the workloads runs. */
function storeBehind(view: PlatformView, workloads: readonly string[]): string | undefined {
  return view.spec.stores.find((store) =>
    (store.workloads ?? []).some((ref) =>
      workloads.some(
        (name) =>
          name === `${ref.kind} ${ref.namespace ?? 'default'}/${ref.name}` ||
          (ref.namespace === undefined && name.startsWith(`${ref.kind} `) && name.endsWith(`/${ref.name}`)),
      ),
    ),
  )?.name;
}
