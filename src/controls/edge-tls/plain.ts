import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { controllerFor, ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { WEAK_POLICY, type Fact } from './balancers.ts';
import { turnedOffBy } from './haproxy.ts';
import { plainEntryPoint, plainIngressRoutes, redirectAt } from './traefik.ts';

const REDIRECT = 'nginx.ingress.kubernetes.io/ssl-redirect';
const FORCE = 'nginx.ingress.kubernetes.io/force-ssl-redirect';
const ALB = 'alb.ingress.kubernetes.io';

const KONG_PROTOCOLS = 'konghq.com/protocols';

/** Routes that answer over plain HTTP although they have TLS, IngressRoutes with and without, and annotations that weaken it. */
export function plainHttp(view: PlatformView, routes: readonly PublicRoute[]): Fact[] {
  const facts = [
    ...routes.filter(({ tls }) => tls === 'yes').flatMap((route) => factsOf(view, route)),
    ...plainIngressRoutes(view),
  ];
  return [...new Map(facts.map((fact) => [fact.message, fact])).values()];
}

function factsOf(view: PlatformView, route: PublicRoute): Fact[] {
  if (route.kind !== 'ingress')
    return route.plain === true
      ? [serves(route, 'Attach the route to the HTTPS listener alone, and redirect on the other.')]
      : [];
  const family = ingressFamily(view, route.edges[0], route.annotations);
  if (family === 'nginx') return nginx(view, route);
  if (family === 'alb') return alb(route);
  if (family === 'haproxy') {
    const setting = turnedOffBy(view, route);
    return setting === undefined ? [] : [serves(route, `Remove ${setting}.`)];
  }
  if (family === 'traefik') {
    const entryPoint = plainEntryPoint(view, route);
    return entryPoint === undefined ? [] : [serves(route, redirectAt(entryPoint))];
  }
  if (family === 'kong') return kongRedirects(route) ? [] : [serves(route, `Set ${KONG_PROTOCOLS} to "https".`)];
  return family === 'gce' && !gceRedirects(view, route)
    ? [serves(route, 'Set redirectToHttps in a FrontendConfig, or kubernetes.io/ingress.allow-http to "false".')]
    : [];
}

/** ingress-nginx redirects a host with TLS unless the Ingress, or else the ConfigMap, says no; force counts on its own. */
function nginx(view: PlatformView, route: PublicRoute): Fact[] {
  const settings = controllerFor(view, route.edges[0], route.namespace)?.settings ?? {};
  const redirect = route.annotations[REDIRECT] ?? settings['ssl-redirect'] ?? 'true';
  const force = route.annotations[FORCE] ?? settings['force-ssl-redirect'] ?? 'false';
  return redirect === 'true' || force === 'true' ? [] : [serves(route, `Remove ${REDIRECT}.`)];
}

function alb(route: PublicRoute): Fact[] {
  const ports = route.annotations[`${ALB}/listen-ports`] ?? '';
  const policy = route.annotations[`${ALB}/ssl-policy`];
  const plain = /"HTTP"\s*:/.test(ports) && route.annotations[`${ALB}/ssl-redirect`] === undefined;
  return [
    ...(plain ? [serves(route, `Set ${ALB}/ssl-redirect to the port of HTTPS.`)] : []),
    ...(policy === undefined || WEAK_POLICY.test(policy)
      ? [
          {
            message: `${route.source} speaks TLS older than 1.2 (${policy ?? 'the default, ELBSecurityPolicy-2016-08'})`,
            severity: 'high' as const,
            origin: route.origin,
            remediation: `Set ${ALB}/ssl-policy to a policy of TLS 1.2 or newer.`,
          },
        ]
      : []),
  ];
}

/**
 * Kong answers over both, and with 426 or a redirect over HTTP where HTTPS is the only protocol of a route; or a plugin redirects.
 * https://developer.konghq.com/kubernetes-ingress-controller/reference/annotations/
 */
function kongRedirects({ annotations }: PublicRoute): boolean {
  const protocols = (annotations[KONG_PROTOCOLS] ?? 'http,https').split(',').map((one) => one.trim());
  return !protocols.includes('http') || /redirect|https/i.test(annotations['konghq.com/plugins'] ?? '');
}

function gceRedirects(view: PlatformView, route: PublicRoute): boolean {
  if (route.annotations['kubernetes.io/ingress.allow-http'] === 'false') return true;
  const name = route.annotations['networking.gke.io/v1beta1.FrontendConfig'];
  const config = view.objects('FrontendConfig', route.namespace).find((object) => object.name === name);
  return config !== undefined && cursor(config).get('spec', 'redirectToHttps', 'enabled').boolean() === true;
}

function serves(route: PublicRoute, remediation: string): Fact {
  return {
    message: `${route.source} serves ${route.host ?? 'every host'} over plain HTTP as well`,
    severity: 'high',
    origin: route.origin,
    remediation,
  };
}
