import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { formerIngresses } from './ingress.ts';
import { unreadInTerraform } from './unread-terraform.ts';

/** Something that publishes routes in a way that is not read here. */
export interface UnreadEdge {
  /** `IngressRoute shop/web`, `module.alb`. */
  readonly source: string;
  readonly origin: Origin;
}

/** Kinds of controllers' own that publish routes or ports, with their groups. */
const KINDS = [
  ...['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'].flatMap((kind) => [
    `${kind}.traefik.io`,
    `${kind}.traefik.containo.us`,
  ]),
  'HTTPProxy.projectcontour.io',
  'VirtualServer.k8s.nginx.org',
  'TransportServer.k8s.nginx.org',
  'TCPIngress.configuration.konghq.com',
  'UDPIngress.configuration.konghq.com',
  'ApisixRoute.apisix.apache.org',
  'Mapping.getambassador.io',
  'TCPMapping.getambassador.io',
  'VirtualService.gateway.solo.io',
  'RouteGroup.zalando.org',
  'Route.route.openshift.io',
  'TCPRoute.gateway.networking.k8s.io',
  'UDPRoute.gateway.networking.k8s.io',
];

/** What publishes routes of kinds that are not read: of these nothing is proven. */
export const unreadEdges = oncePerPlatform((view: PlatformView): readonly UnreadEdge[] => [
  ...unreadObjects(view),
  ...unreadInTerraform(view),
]);

function unreadObjects(view: PlatformView): UnreadEdge[] {
  const former = formerIngresses(view).map(({ apiVersion, namespace, name, origin }) => ({
    source: `Ingress ${namespace ?? 'default'}/${name} of ${apiVersion}`,
    origin,
  }));
  const unread = [
    ...KINDS.flatMap((kind) => view.objects(kind)),
    ...view.objects('VirtualService.networking.istio.io').filter(publishesMore),
    ...view.objects('Kafka.kafka.strimzi.io').filter(listensBehindHosts),
    ...view.objects('Canary.flagger.app').filter(routesByItself),
  ].map((object) => ({
    source: `${object.kind} ${object.namespace ?? 'default'}/${object.name}`,
    origin: object.origin,
  }));
  return [...former, ...unread];
}

/** Of a VirtualService on a Gateway the HTTP routes are read, not those of TCP and TLS, nor what it delegates. */
function publishesMore(object: KubeObject): boolean {
  const spec = cursor(object).get('spec');
  const isPublic = spec
    .get('gateways')
    .strings()
    .some((name) => name !== 'mesh');
  const delegates = spec
    .get('http')
    .items()
    .some((rule) => rule.get('delegate').exists);
  return isPublic && (delegates || spec.get('tcp').items().length + spec.get('tls').items().length > 0);
}

/** Strimzi publishes each broker under a host of its own, by an Ingress, a Route or a TLSRoute that it makes. */
function listensBehindHosts(object: KubeObject): boolean {
  const listeners = cursor(object).get('spec', 'kafka', 'listeners').items();
  return listeners.some((listener) => /^(?:ingress|route|tlsroute)$/.test(listener.get('type').string() ?? ''));
}

/** Flagger makes the VirtualService or HTTPRoute that publishes its target. With an Ingress it copies one that is there. */
function routesByItself(object: KubeObject): boolean {
  const service = cursor(object).get('spec', 'service');
  const gateways = service.get('gateways').strings();
  return gateways.some((name) => name !== 'mesh') || service.get('gatewayRefs').items().length > 0;
}

/** Why what is proven of the edge is not all of it. */
export function whyUnread([first, ...more]: readonly UnreadEdge[]): string | undefined {
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return `${first.source}${others} may publish what no control sees: such routes are not read here`;
}
