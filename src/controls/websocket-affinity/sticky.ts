import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { controllerFor, isReadBy, type IngressFamily } from '../../proofs/edge/controllers.ts';
import { policiesFor } from '../../proofs/edge/envoy-gateway.ts';
import { backendConfigOf } from '../../proofs/edge/google.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { annotationsOf } from '../../proofs/edge/ingress.ts';
import { levelsOf, named, serverOf } from '../../proofs/edge/nginx.ts';
import { ruleOf } from '../../proofs/edge/rules.ts';
import { serviceNames, servicesOf } from '../../proofs/edge/services.ts';
import { groupSetting, targetType } from '../../proofs/edge/target-type.ts';

/** What keeps a client on its pod, in words; `undefined` when nothing in the repository does. */
export function affinityOf(view: PlatformView, route: PublicRoute): string | undefined {
  return byAnnotation(view, route) ?? byRoute(view, route) ?? byService(view, route) ?? byUpstream(view, route);
}

function byAnnotation(view: PlatformView, route: PublicRoute): string | undefined {
  const at = (key: string, family: IngressFamily): string =>
    isReadBy(view, route, family) ? (route.annotations[key] ?? '') : '';
  if (!throughService(view, route)) {
    if (at('nginx.ingress.kubernetes.io/affinity', 'nginx') === 'cookie') return 'cookie affinity';
    const hash = at('nginx.ingress.kubernetes.io/upstream-hash-by', 'nginx');
    if (hash !== '') return `upstream hash by ${hash}`;
  }
  if (
    at('nginx.org/lb-method', 'nginx-inc').includes('hash') ||
    at('nginx.com/sticky-cookie-services', 'nginx-inc') !== ''
  )
    return 'nginx.org hash or cookie';
  if (
    at('haproxy.org/cookie-persistence', 'haproxy') !== '' ||
    at('haproxy-ingress.github.io/affinity', 'haproxy') === 'cookie'
  )
    return 'HAProxy cookie';
  // The class of Azure's Application Gateway is not known by name.
  if (at('appgw.ingress.kubernetes.io/cookie-based-affinity', 'unknown') === 'true')
    return 'Application Gateway cookie';
  return asksGroup(view, route) && targetType(view, route) === 'ip' ? 'target group stickiness' : undefined;
}

/** A target group keeps a client on its target: the pod only where the targets are pods. On instances it is the node, which sends on to any pod. */
function asksGroup(view: PlatformView, route: PublicRoute): boolean {
  const attributes = groupSetting(view, route, 'target-group-attributes') ?? '';
  return isReadBy(view, route, 'alb') && /stickiness\.enabled=true/.test(attributes);
}

/** Why an affinity that somebody asked for may hold, and may not. */
export function whyUnsure(view: PlatformView, route: PublicRoute): string | undefined {
  return asksGroup(view, route) && targetType(view, route) === 'unknown'
    ? `${route.source} sets no target-type, and the controller, which may be told one, is not in the repository`
    : undefined;
}

/** Why an affinity that somebody asked for holds nobody on a pod. */
export function whyLoose(view: PlatformView, route: PublicRoute): string | undefined {
  const nginx = ['affinity', 'upstream-hash-by']
    .map((name) => `nginx.ingress.kubernetes.io/${name}`)
    .find((key) => route.annotations[key] !== undefined);
  if (nginx !== undefined)
    return isReadBy(view, route, 'nginx')
      ? throughService(view, route)
        ? 'service-upstream leaves the controller one address instead of the pods'
        : undefined
      : `what serves its class does not read ${nginx}`;
  return asksGroup(view, route)
    ? 'the target group keeps it on a node, which sends on to any pod (target-type instance)'
    : undefined;
}

/**
 * ingress-nginx then knows the Service's address instead of its pods: "sticky sessions will not work as only round-robin load balancing is supported".
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#service-upstream
 */
function throughService(view: PlatformView, route: PublicRoute): boolean {
  const controller = controllerFor(view, route.edges[0], route.namespace);
  const own = route.annotations['nginx.ingress.kubernetes.io/service-upstream'];
  return (own ?? controller?.settings['service-upstream']) === 'true';
}

/** Session persistence of the Gateway API, consistent hashing of Envoy Gateway and of Istio. */
function byRoute(view: PlatformView, route: PublicRoute): string | undefined {
  if (ruleOf(view, route)?.get('sessionPersistence').exists === true) return 'session persistence of the route';
  const policy = policiesFor(view, 'BackendTrafficPolicy', route).find(
    (object) => cursor(object).get('spec', 'loadBalancer', 'type').string() === 'ConsistentHash',
  );
  if (policy !== undefined) return `BackendTrafficPolicy ${policy.name}`;
  const services = serviceNames(route);
  const destination = view.objects('DestinationRule').find((object) => {
    const [name = '', namespace = object.namespace ?? 'default'] = (
      cursor(object).get('spec', 'host').string() ?? ''
    ).split('.');
    const isMeant = services.some(
      (service) => service === `${namespace}/${name}` || (name === '*' && service.startsWith(`${namespace}/`)),
    );
    return isMeant && hashes(object, subsetsOf(view, route));
  });
  return destination === undefined ? undefined : `DestinationRule ${destination.name}`;
}

/** The subsets that the rule of a VirtualService sends to; `undefined` stands for a destination without one. */
function subsetsOf(view: PlatformView, route: PublicRoute): (string | undefined)[] {
  const destinations = route.kind === 'istio' ? (ruleOf(view, route)?.get('route').items() ?? []) : [];
  const subsets = destinations.map((destination) => destination.get('destination', 'subset').string());
  return subsets.length === 0 ? [undefined] : subsets;
}

/**
 * Whether each subset is chosen from by a hash: its own load balancer goes before that of the whole rule.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset
 */
function hashes(destination: KubeObject, subsets: readonly (string | undefined)[]): boolean {
  const spec = cursor(destination).get('spec');
  return subsets.every((name) => {
    const subset = spec
      .get('subsets')
      .items()
      .find((candidate) => name !== undefined && candidate.get('name').string() === name);
    const own = subset?.get('trafficPolicy', 'loadBalancer');
    const balancer = own?.exists === true ? own : spec.get('trafficPolicy', 'loadBalancer');
    return balancer.get('consistentHash').exists;
  });
}

/**
 * ClientIP of a Service holds where the edge sends to the Service's address; proxies that send to the pods themselves, as
 * ingress-nginx does unless told otherwise, pass it by. Traefik reads its cookie from annotations of the Service.
 */
function byService(view: PlatformView, route: PublicRoute): string | undefined {
  const ofIngress = (family: IngressFamily): boolean => route.kind === 'ingress' && isReadBy(view, route, family);
  const upstream = route.kind === 'nginx' || (ofIngress('nginx') && throughService(view, route));
  for (const service of servicesOf(view, route)) {
    const sticky = annotationsOf(service)['traefik.ingress.kubernetes.io/service.sticky.cookie'] === 'true';
    if (sticky && ofIngress('traefik')) return 'Traefik cookie';
    if (upstream && cursor(service).get('spec', 'sessionAffinity').string() === 'ClientIP')
      return 'sessionAffinity ClientIP';
    const kong = ofIngress('kong') ? ofKong(view, service) : undefined;
    if (kong !== undefined) return kong;
    const google = ofIngress('gce') ? ofBackendConfig(view, service) : ofBackendPolicy(view, route, service);
    if (google !== undefined) return google;
  }
  return undefined;
}

/** The KongUpstreamPolicy that a Service names. https://developer.konghq.com/kubernetes-ingress-controller/reference/custom-resources/#kongupstreampolicy */
function ofKong(view: PlatformView, service: KubeObject): string | undefined {
  const named = annotationsOf(service)['konghq.com/upstream-policy'];
  const policy = view.objects('KongUpstreamPolicy', service.namespace).find(({ name }) => name === named);
  const spec = policy && cursor(policy).get('spec');
  const isSticky = ['consistent-hashing', 'sticky-sessions'].includes(spec?.get('algorithm').string() ?? '');
  return isSticky && spec?.get('hashOn').exists === true ? `KongUpstreamPolicy ${policy?.name}` : undefined;
}

/** Of GKE's Ingress. */
function ofBackendConfig(view: PlatformView, service: KubeObject): string | undefined {
  const config = backendConfigOf(view, service);
  const type = config && cursor(config).get('spec', 'sessionAffinity', 'affinityType').string();
  return type === undefined || type === 'NONE' ? undefined : `${type} of BackendConfig ${config?.name}`;
}

/** Of GKE's Gateway. https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources#session_affinity */
function ofBackendPolicy(view: PlatformView, route: PublicRoute, service: KubeObject): string | undefined {
  if (route.kind !== 'gateway-api') return undefined;
  for (const policy of view.objects('GCPBackendPolicy', service.namespace)) {
    const spec = cursor(policy).get('spec');
    const type = spec.get('default', 'sessionAffinity', 'type').string();
    if (spec.get('targetRef', 'name').string() === service.name && type !== undefined && type !== 'NONE')
      return `${type} of GCPBackendPolicy ${policy.name}`;
  }
  return undefined;
}

/** The upstream that the location of nginx sends to. */
function byUpstream(view: PlatformView, route: PublicRoute): string | undefined {
  const pass = levelsOf(view, route)
    .at(-1)
    ?.find(({ name }) => name.endsWith('_pass'));
  const target = (pass?.args[0] ?? '').replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  const upstream = serverOf(view, route)?.upstreams.find(({ args }) => args[0] === target);
  const isSticky = ['ip_hash', 'hash', 'sticky'].some((name) => upstream && named(upstream, name).length > 0);
  return upstream !== undefined && isSticky ? `upstream ${target}` : undefined;
}
