import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { named, nginxServers } from '../../proofs/edge/nginx.ts';

/** What keeps a client on its pod, in words; `undefined` when nothing in the repository does. */
export function affinityOf(view: PlatformView, route: PublicRoute): string | undefined {
  return byAnnotation(route.annotations) ?? byRoute(view, route) ?? byService(view, route) ?? byUpstream(view, route);
}

function byAnnotation(annotations: Readonly<Record<string, string>>): string | undefined {
  const at = (key: string): string => annotations[key] ?? '';
  if (at('nginx.ingress.kubernetes.io/affinity') === 'cookie') return 'cookie affinity';
  if (at('nginx.ingress.kubernetes.io/upstream-hash-by') !== '')
    return `upstream hash by ${at('nginx.ingress.kubernetes.io/upstream-hash-by')}`;
  if (at('nginx.org/lb-method').includes('hash') || at('nginx.com/sticky-cookie-services') !== '')
    return 'nginx.org hash or cookie';
  if (/stickiness\.enabled=true/.test(at('alb.ingress.kubernetes.io/target-group-attributes')))
    return 'target group stickiness';
  if (at('haproxy.org/cookie-persistence') !== '' || at('haproxy-ingress.github.io/affinity') === 'cookie')
    return 'HAProxy cookie';
  return undefined;
}

/** Session persistence of the Gateway API, consistent hashing of Envoy Gateway and of Istio. */
function byRoute(view: PlatformView, route: PublicRoute): string | undefined {
  const rules = view
    .objects('HTTPRoute', route.namespace)
    .filter(({ name }) => route.kind === 'gateway-api' && name === route.name)
    .flatMap((object) => cursor(object).get('spec', 'rules').items());
  if (rules.some((rule) => rule.get('sessionPersistence').exists)) return 'session persistence of the route';
  const policy = view.objects('BackendTrafficPolicy', route.namespace).find((object) => {
    const spec = cursor(object).get('spec');
    const targets = [spec.get('targetRef'), ...spec.get('targetRefs').items()].flatMap(
      (target) => target.get('name').string() ?? [],
    );
    return targets.includes(route.name) && spec.get('loadBalancer', 'type').string() === 'ConsistentHash';
  });
  if (policy !== undefined) return `BackendTrafficPolicy ${policy.name}`;
  const services = serviceNames(route);
  const destination = view.objects('DestinationRule').find((object) => {
    const spec = cursor(object).get('spec');
    const host = (spec.get('host').string() ?? '').split('.');
    return (
      services.includes(`${host[1] ?? object.namespace ?? 'default'}/${host[0] ?? ''}`) &&
      spec.get('trafficPolicy', 'loadBalancer', 'consistentHash').exists
    );
  });
  return destination === undefined ? undefined : `DestinationRule ${destination.name}`;
}

/**
 * ClientIP of a Service holds where the edge sends to the Service's address; proxies that send to the pods themselves, as
 * ingress-nginx does unless told otherwise, pass it by. Traefik reads its cookie from annotations of the Service.
 */
function byService(view: PlatformView, route: PublicRoute): string | undefined {
  const services = view
    .objects('Service')
    .filter(({ name, namespace }) => serviceNames(route).includes(`${namespace ?? 'default'}/${name}`));
  const upstream =
    route.annotations['nginx.ingress.kubernetes.io/service-upstream'] === 'true' || route.kind === 'nginx';
  for (const service of services) {
    const root = cursor(service);
    if (
      root.get('metadata', 'annotations').stringMap()['traefik.ingress.kubernetes.io/service.sticky.cookie'] === 'true'
    )
      return 'Traefik cookie';
    if (upstream && root.get('spec', 'sessionAffinity').string() === 'ClientIP') return 'sessionAffinity ClientIP';
  }
  return undefined;
}

function byUpstream(view: PlatformView, route: PublicRoute): string | undefined {
  const found = nginxServers(view).find(({ server }) => route.kind === 'nginx' && server.origin === route.hostOrigin);
  const sticky = found?.upstreams.find((upstream) =>
    ['ip_hash', 'hash', 'sticky'].some((name) => named(upstream, name).length > 0),
  );
  return sticky === undefined ? undefined : `upstream ${sticky.args.join(' ')}`;
}

function serviceNames(route: PublicRoute): string[] {
  return route.backends.map(({ name }) => name.replace(/^Service /, '').replace(/:.*$/, ''));
}
