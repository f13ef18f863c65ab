import type { Query } from '../../model/control.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { exposedServices } from '../../proofs/edge/exposure.ts';
import { publicRoutes, type PublicRoute } from '../../proofs/edge/index.ts';
import { publicBalancers } from '../../proofs/edge/terraform.ts';
import { unreadEdges, whyUnread } from '../../proofs/edge/unread.ts';
import { certificatesOf, type Certificate } from './certificates.ts';
import { balancerFacts, unclearListeners, type Fact } from './balancers.ts';
import { envoyVersions } from './envoy.ts';
import { istioVersions } from './istio.ts';
import { plainHttp } from './plain.ts';
import { proxySettings, type ProxySettings } from './proxies.ts';

export interface EdgeTls {
  /** Public host names that the spec declares, each with a service that is reached by it. */
  readonly names: readonly { readonly host: string; readonly service: string }[];
  readonly hosts: readonly {
    readonly host: string;
    readonly source: string;
    readonly tls: PublicRoute['tls'];
    readonly certificates: readonly Certificate[];
    readonly origin: PublicRoute['origin'];
  }[];
  /** Routes without TLS that do nothing but send clients to HTTPS. */
  readonly redirecting: readonly string[];
  /** True where a load balancer in front of the routes may end TLS for them. */
  readonly endedBefore: boolean;
  readonly plain: readonly Fact[];
  readonly balancers: readonly Fact[];
  readonly versions: readonly Fact[];
  readonly unclear: readonly At<string>[];
  readonly proxies: readonly ProxySettings[];
}

/** Everything that decides about encryption between the client and the edge. */
export function edgeTls(): Query<EdgeTls> {
  return (view) => {
    const all = publicRoutes(view);
    const routes = all.filter((route) => !onlyRedirects(route) && (route.tls !== 'no' || !isChallenge(route)));
    const balancers = publicBalancers(view);
    return {
      names: declaredNames(view),
      hosts: byHost(routes).map((route) => ({
        host: route.host ?? 'every host',
        source: route.source,
        tls: route.tls,
        certificates: certificatesOf(view, route),
        origin: route.hostOrigin,
      })),
      redirecting: [...new Set(all.filter(onlyRedirects).map(({ source }) => source))],
      endedBefore:
        view.spec.edge?.kind === 'managed' ||
        balancers.some(({ listeners }) =>
          listeners.some(({ attributes }) => attributes['certificate_arn'] !== undefined),
        ) ||
        edgeServiceHasCertificate(view),
      plain: plainHttp(
        view,
        routes.filter((route) => !isChallenge(route)),
      ),
      balancers: balancerFacts(view, balancers),
      versions: [...istioVersions(view, routes), ...envoyVersions(view, routes)],
      unclear: [...unclearListeners(balancers), ...unreadHosts(view)],
      proxies: proxySettings(view, routes),
    };
  };
}

function unreadHosts(view: PlatformView): At<string>[] {
  const unread = unreadEdges(view);
  const why = whyUnread(unread);
  return why === undefined || unread[0] === undefined ? [] : [{ value: why, origin: unread[0].origin }];
}

/** What is asked for there is what the next request, under TLS, gets. */
function onlyRedirects({ redirects, tls }: PublicRoute): boolean {
  return redirects === true && tls === 'no';
}

/** By which an authority sees who owns the host: asked over plain HTTP (RFC 8555, 8.3), and no secret. */
function isChallenge({ path }: PublicRoute): boolean {
  return path.startsWith('/.well-known/acme-challenge');
}

function declaredNames(view: PlatformView): EdgeTls['names'] {
  const names = view.spec.services.flatMap(({ name, routes }) =>
    routes
      .filter((route) => route.public)
      .flatMap(({ host = view.spec.edge?.host }) => (host === undefined ? [] : [{ host, service: name }])),
  );
  return [...new Map(names.map((one) => [one.host, one])).values()];
}

/** One route for each host and owner: they share TLS. */
function byHost(routes: readonly PublicRoute[]): PublicRoute[] {
  const seen = new Map(routes.map((route) => [`${route.source} ${route.host ?? ''}`, route]));
  return [...seen.values()];
}

/** A load balancer Service of the edge that carries a certificate of the cloud. */
function edgeServiceHasCertificate(view: PlatformView): boolean {
  const edges = new Set(
    exposedServices(view)
      .filter(({ isEdge }) => isEdge)
      .map(({ name }) => name),
  );
  return view.objects('Service').some((service) => {
    const metadata = service.body['metadata'] as { annotations?: Record<string, string> } | undefined;
    return (
      edges.has(`Service ${service.namespace ?? 'default'}/${service.name}`) &&
      metadata?.annotations?.['service.beta.kubernetes.io/aws-load-balancer-ssl-cert'] !== undefined
    );
  });
}
