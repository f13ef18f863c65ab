/** Routes of Gateway API: what each rule takes at the listeners that its route hangs on, and the routes that hang on none. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { backendsOf, refusedFor } from './gateway-backends.ts';
import { hostsMeet, narrower, within } from './hosts.ts';
import { annotationsOf } from './ingress.ts';
import { GROUP, parentOf, type Parent, type RouteKind } from './listeners.ts';
import type { Attachment, MatchKind, PublicRoute, Unattached } from './types.ts';

const PROTOCOLS = { HTTPRoute: 'http', GRPCRoute: 'grpc', TLSRoute: 'tls' } as const;

/** The routes of HTTPRoute, GRPCRoute and TLSRoute that hang on a Gateway which is not internal. */
export function gatewayRoutes(view: PlatformView): readonly PublicRoute[] {
  return readings(view).flatMap(({ routes }) => routes);
}

/** Those of them that no listener of such a Gateway takes, and those of which that is not known. */
export function unattachedRoutes(view: PlatformView): readonly Unattached[] {
  const all = readings(view).flatMap(({ unattached }) => unattached);
  // A route may name several listeners of one Gateway, each in an entry of its own.
  return [...new Map(all.map((one) => [[one.source, one.gateway, one.host, one.because].join(' '), one])).values()];
}

interface Reading {
  readonly routes: readonly PublicRoute[];
  readonly unattached: readonly Unattached[];
}

const readings = oncePerPlatform((view: PlatformView): readonly Reading[] =>
  (Object.keys(PROTOCOLS) as RouteKind[]).flatMap((kind) =>
    view.objects(`${kind}.${GROUP}`).map((route) => readRoute(view, kind, route)),
  ),
);

function readRoute(view: PlatformView, kind: RouteKind, object: KubeObject): Reading {
  const references = cursor(object).get('spec', 'parentRefs').items();
  const parents = references
    .map((reference) => parentOf(view, kind, object, reference))
    .filter((parent) => parent !== undefined);
  const open = parents.filter(({ internal }) => !internal);
  const source = `${kind} ${object.namespace ?? 'default'}/${object.name}`;
  const isTaken = open.some(({ refusal }) => refusal === undefined);
  const refused = open.flatMap(({ name, refusal, at }): Unattached[] =>
    refusal === undefined || (isTaken && !refusal.proven)
      ? []
      : [{ source, gateway: name, ...refusal, origin: at.origin }],
  );
  const isAllKnown = parents.length === references.length && parents.every(({ refusal }) => refusal === undefined);
  return {
    routes: routesOf(
      view,
      kind,
      object,
      open.flatMap(({ attachments }) => attachments),
    ),
    unattached: isAllKnown ? lostHosts(source, object, parents) : refused,
  };
}

/** Hosts of a route that every one of its listeners passes over, where all its parents are known and take it. */
function lostHosts(source: string, object: KubeObject, parents: readonly Parent[]): Unattached[] {
  const names = parents.flatMap(({ attachments }) => attachments.map(({ hostname }) => hostname));
  if (names.length === 0 || names.includes(undefined)) return [];
  const gateway = [...new Set(parents.map(({ name }) => name))].join(' and ');
  const because = `it takes ${[...new Set(names)].join(', ')}`;
  return cursor(object)
    .get('spec', 'hostnames')
    .items()
    .flatMap((at) => {
      const host = at.string() ?? '';
      const isTaken = names.some((name) => hostsMeet(host, name ?? host));
      return isTaken ? [] : [{ source, gateway, host, because, proven: true, origin: at.origin }];
    });
}

function routesOf(
  view: PlatformView,
  kind: RouteKind,
  object: KubeObject,
  attachments: readonly Attachment[],
): PublicRoute[] {
  if (attachments.length === 0) return [];
  const spec = cursor(object).get('spec');
  const rules = spec.get('rules').items();
  const refusal = refusedFor(object, rules);
  return hostsOf(spec, attachments).flatMap(({ host, at, under }) =>
    rules.flatMap((rule) =>
      pathsOf(kind, rule).map(({ path, match, origin }) => ({
        source: `${kind} ${object.namespace ?? 'default'}/${object.name}`,
        kind: 'gateway-api' as const,
        namespace: object.namespace ?? 'default',
        name: object.name,
        host,
        path,
        match,
        protocol: PROTOCOLS[kind],
        tls: strongest(under),
        plain: under.some(({ tls }) => tls === 'no') && rule.get('backendRefs').items().length > 0,
        ...(redirectsToHttps(rule, under) && { redirects: true as const }),
        certificates: [...new Set(under.flatMap(({ certificates }) => certificates))],
        edges: [...new Set(under.map(({ gateway }) => gateway))],
        annotations: annotationsOf(object),
        backends: refusal === undefined ? backendsOf(view, kind, object, rule) : [refusal],
        origin,
        hostOrigin: at.origin,
      })),
    ),
  );
}

/** A rule whose whole answer is a redirect to HTTPS. Where it names no scheme, the one of the request stays. */
function redirectsToHttps(rule: Cursor, under: readonly Attachment[]): boolean {
  const redirect = rule
    .get('filters')
    .items()
    .find((filter) => filter.get('type').string() === 'RequestRedirect');
  if (redirect === undefined || rule.get('backendRefs').items().length > 0) return false;
  const scheme = redirect.get('requestRedirect', 'scheme').string();
  return scheme === undefined ? under.every(({ tls }) => tls === 'yes') : scheme === 'https';
}

/** Hosts that the route answers for, each with the listeners that take all of it. */
function hostsOf(
  spec: Cursor,
  attachments: readonly Attachment[],
): { host: string | undefined; at: Cursor; under: readonly Attachment[] }[] {
  const declared = spec.get('hostnames').items();
  if (declared.length === 0) {
    const names = [...new Set(attachments.map(({ hostname }) => hostname))];
    return names.map((host) => ({ host, at: spec, under: attachments.filter(({ hostname }) => hostname === host) }));
  }
  return declared.flatMap((at) => {
    const host = at.string() ?? '';
    const met = attachments.filter(({ hostname }) => hostname === undefined || hostsMeet(host, hostname));
    const names = [...new Set(met.map(({ hostname }) => narrower(host, hostname)))];
    return names.map((name) => ({
      host: name,
      at,
      under: met.filter(({ hostname }) => hostname === undefined || within(name, hostname)),
    }));
  });
}

function pathsOf(kind: RouteKind, rule: Cursor): { path: string; match: MatchKind; origin: Cursor['origin'] }[] {
  const matches = rule.get('matches').items();
  if (kind === 'TLSRoute' || matches.length === 0) return [{ path: '/', match: 'prefix', origin: rule.origin }];
  return matches.map((match) => {
    if (kind === 'GRPCRoute') {
      const service = match.get('method', 'service').string();
      const method = match.get('method', 'method').string();
      const whole = service !== undefined && method !== undefined;
      return {
        path: `/${service ?? ''}${whole ? `/${method}` : ''}`,
        match: whole ? ('exact' as const) : ('prefix' as const),
        origin: match.origin,
      };
    }
    const path = match.get('path');
    const type = path.get('type').string() ?? 'PathPrefix';
    const kindOf: MatchKind = type === 'Exact' ? 'exact' : type === 'PathPrefix' ? 'prefix' : 'regex';
    return { path: path.get('value').string() ?? '/', match: kindOf, origin: path.exists ? path.origin : match.origin };
  });
}

function strongest(attachments: readonly Attachment[]): PublicRoute['tls'] {
  const all = attachments.map(({ tls }) => tls);
  return all.includes('yes') ? 'yes' : all.includes('passthrough') ? 'passthrough' : 'no';
}
