import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resolveBackend } from './backends.ts';
import { annotationsOf, covers } from './ingress.ts';
import { isSeenBy } from './istio-visibility.ts';
import type { Backend, MatchKind, PublicRoute } from './types.ts';

/** The HTTP routes of VirtualServices that hang on an Istio Gateway; those of the mesh alone are not public. */
export function istioRoutes(view: PlatformView): PublicRoute[] {
  return view.objects('VirtualService.networking.istio.io').flatMap((object) => {
    const spec = cursor(object).get('spec');
    const gateways = spec
      .get('gateways')
      .strings()
      .filter((name) => name !== 'mesh')
      .map((name) => (name.includes('/') ? name : `${object.namespace ?? 'default'}/${name}`));
    if (
      gateways.length === 0 ||
      !isSeenBy(
        view,
        object,
        gateways.map((name) => gatewaysOf(view, [name])[0]),
      )
    )
      return [];
    return spec
      .get('hosts')
      .items()
      .filter((host) => isTaken(view, object, gateways, host.string() ?? ''))
      .flatMap((host) =>
        spec
          .get('http')
          .items()
          .flatMap((rule) => routesOf(view, object, gateways, host, rule)),
      );
  });
}

/** Whether one of the Gateways takes the host from that namespace; one that is not in the repository may. */
function isTaken(
  view: PlatformView,
  { namespace = 'default' }: KubeObject,
  gateways: readonly string[],
  host: string,
): boolean {
  const found = gatewaysOf(view, gateways);
  if (gateways.some((name) => !found.some((gateway) => named(gateway) === name))) return true;
  return found.some((gateway) =>
    cursor(gateway)
      .get('spec', 'servers')
      .items()
      .flatMap((server) => server.get('hosts').strings())
      .some((entry) => admits(entry, host, { from: namespace, own: gateway.namespace ?? 'default' })),
  );
}

/**
 * A host of a server may name the namespace that VirtualServices must lie in, `.` its own.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#Server-hosts
 */
function admits(entry: string, host: string, { from, own }: { readonly from: string; readonly own: string }): boolean {
  const slash = entry.indexOf('/');
  const namespace = slash === -1 ? '*' : entry.slice(0, slash);
  if (namespace !== '*' && (namespace === '.' ? own : namespace) !== from) return false;
  const name = entry.slice(slash + 1);
  const below = (wild: string, other: string): boolean => wild.startsWith('*') && other.endsWith(wild.slice(1));
  return name === host || below(name, host) || below(host, name);
}

function routesOf(
  view: PlatformView,
  object: KubeObject,
  gateways: readonly string[],
  hostAt: Cursor,
  rule: Cursor,
): PublicRoute[] {
  const name = hostAt.string();
  const host = name === '*' ? undefined : name;
  const backends = rule
    .get('route')
    .items()
    .map((route) => backendOf(view, object, route.get('destination')));
  const matches = rule.get('match').items();
  const { sendsOn, ...tls } = tlsOf(view, gateways, host);
  const redirects = sendsOn || redirectsToHttps(rule, tls);
  return (matches.length === 0 ? [rule.get('noMatch')] : matches).map((match) => ({
    source: `VirtualService ${object.namespace ?? 'default'}/${object.name}`,
    kind: 'istio' as const,
    namespace: object.namespace ?? 'default',
    name: object.name,
    host,
    ...pathOf(match),
    protocol: 'http' as const,
    ...tls,
    ...(redirects && { plain: false, redirects }),
    edges: gateways,
    annotations: annotationsOf(object),
    backends,
    origin: match.exists ? match.origin : rule.origin,
    hostOrigin: hostAt.origin,
  }));
}

/** A rule whose whole answer is a redirect to HTTPS. Where it names no scheme, the one of the request stays. */
function redirectsToHttps(rule: Cursor, { tls, plain }: Pick<PublicRoute, 'tls' | 'plain'>): boolean {
  const redirect = rule.get('redirect');
  if (!redirect.exists || rule.get('route').items().length > 0) return false;
  const scheme = redirect.get('scheme').string();
  return scheme === undefined ? tls === 'yes' && plain !== true : scheme === 'https';
}

function pathOf(match: Cursor): { path: string; match: MatchKind } {
  if (!match.exists) return { path: '/', match: 'prefix' };
  const uri = match.get('uri');
  const exact = uri.get('exact').string();
  if (exact !== undefined) return { path: exact, match: 'exact' };
  const regex = uri.get('regex').string();
  if (regex !== undefined) return { path: regex, match: 'regex' };
  // Istio compares a prefix by characters, not by path elements.
  return { path: uri.get('prefix').string() ?? '/', match: 'characters' };
}

function backendOf(view: PlatformView, object: KubeObject, destination: Cursor): Backend {
  const host = destination.get('host').string() ?? '';
  const port = destination.get('port', 'number').integer();
  const inCluster = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?)?$/.exec(host);
  if (inCluster === null)
    return {
      name: host,
      live: 'unknown',
      because: 'it is a name outside of the cluster',
      fromAbsence: false,
      targetPorts: [],
      workloads: [],
      origin: destination.origin,
    };
  return resolveBackend(view, {
    namespace: inCluster[2] ?? object.namespace ?? 'default',
    service: inCluster[1] ?? host,
    ...(port === undefined ? {} : { port }),
    origin: destination.origin,
  });
}

function tlsOf(
  view: PlatformView,
  gateways: readonly string[],
  host: string | undefined,
): Pick<PublicRoute, 'tls' | 'certificates' | 'plain'> & { readonly sendsOn: boolean } {
  const found = gatewaysOf(view, gateways);
  const isElsewhere = gateways.some((name) => !found.some((gateway) => named(gateway) === name));
  const servers = serversOf(view, gateways, host).map(({ server }) => server);
  const secure = servers.filter((server) => server.get('tls', 'mode').exists);
  const answering = servers.filter(
    (server) => server.get('tls', 'mode').exists || server.get('tls', 'httpsRedirect').boolean() !== true,
  );
  const passthrough = secure.some((server) => server.get('tls', 'mode').string() === 'PASSTHROUGH');
  return {
    tls: passthrough ? 'passthrough' : secure.length > 0 || servers.length === 0 || isElsewhere ? 'yes' : 'no',
    plain: answering.some((server) => !server.get('tls', 'mode').exists),
    // Every server sends all requests to HTTPS before a route is looked at.
    sendsOn: servers.length > 0 && answering.length === 0 && !isElsewhere,
    certificates: secure.flatMap((server) => server.get('tls', 'credentialName').string() ?? []),
  };
}

/** The servers of the Istio Gateways that take a host, each with the `namespace/name` of its Gateway. */
export function serversOf(
  view: PlatformView,
  gateways: readonly string[],
  host: string | undefined,
): { readonly gateway: string; readonly server: Cursor }[] {
  return gatewaysOf(view, gateways).flatMap((gateway) =>
    cursor(gateway)
      .get('spec', 'servers')
      .items()
      .filter((server) => serves(server.get('hosts').strings(), host))
      .map((server) => ({ gateway: named(gateway), server })),
  );
}

function gatewaysOf(view: PlatformView, names: readonly string[]): readonly KubeObject[] {
  return view.objects('Gateway.networking.istio.io').filter((gateway) => names.includes(named(gateway)));
}

function named(gateway: KubeObject): string {
  return `${gateway.namespace ?? 'default'}/${gateway.name}`;
}

function serves(hosts: readonly string[], host: string | undefined): boolean {
  return hosts
    .map((entry) => entry.slice(entry.indexOf('/') + 1))
    .some((entry) => entry === '*' || host === undefined || entry === host || covers(entry, host));
}
