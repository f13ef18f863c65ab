import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import { resolveBackend } from './backends.ts';
import { annotationsOf, covers } from './ingress.ts';
import { isInternalBalancer, isInternalClass } from './internal.ts';
import type { Backend, MatchKind, PublicRoute } from './types.ts';

const GROUP = 'gateway.networking.k8s.io';
const PROTOCOLS = { HTTPRoute: 'http', GRPCRoute: 'grpc', TLSRoute: 'tls' } as const;
type RouteKind = keyof typeof PROTOCOLS;

/** A listener that a route is attached to; of a Gateway outside of the repository nothing is known but its name. */
interface Attachment {
  readonly gateway: string;
  readonly internal: boolean;
  readonly hostname?: string;
  readonly tls: PublicRoute['tls'];
  readonly certificates: readonly string[];
}

/** The routes of HTTPRoute, GRPCRoute and TLSRoute that hang on a Gateway which is not internal. */
export function gatewayRoutes(view: PlatformView): PublicRoute[] {
  return (Object.keys(PROTOCOLS) as RouteKind[]).flatMap((kind) =>
    view.objects(`${kind}.${GROUP}`).flatMap((route) => routesOf(view, kind, route)),
  );
}

function routesOf(view: PlatformView, kind: RouteKind, object: KubeObject): PublicRoute[] {
  const spec = cursor(object).get('spec');
  const attachments = spec
    .get('parentRefs')
    .items()
    .flatMap((parent) => attach(view, kind, object, parent))
    .filter(({ internal }) => !internal);
  if (attachments.length === 0) return [];
  const rules = spec.get('rules').items();
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
        certificates: [...new Set(under.flatMap(({ certificates }) => certificates))],
        edges: [...new Set(under.map(({ gateway }) => gateway))],
        annotations: annotationsOf(object),
        backends: rule
          .get('backendRefs')
          .items()
          .flatMap((reference) => backendOf(view, kind, object, reference)),
        origin,
        hostOrigin: at.origin,
      })),
    ),
  );
}

/** The listeners of the parent that take this route; nothing for parents that are Services (a mesh) or refuse it. */
function attach(view: PlatformView, kind: RouteKind, route: KubeObject, parent: Cursor): Attachment[] {
  if ((parent.get('kind').string() ?? 'Gateway') !== 'Gateway') return [];
  const namespace = parent.get('namespace').string() ?? route.namespace ?? 'default';
  const name = parent.get('name').string() ?? '';
  const gateway = view.objects(`Gateway.${GROUP}`, namespace).find((object) => object.name === name);
  const title = `${namespace}/${name}`;
  if (gateway === undefined) return [{ gateway: title, internal: false, tls: 'yes', certificates: [] }];
  const spec = cursor(gateway).get('spec');
  const infrastructure = spec.get('infrastructure', 'annotations').stringMap();
  const internal =
    isInternalClass(spec.get('gatewayClassName').string()) ||
    isInternalBalancer({ ...annotationsOf(gateway), ...infrastructure });
  const section = parent.get('sectionName').string();
  const port = parent.get('port').integer();
  return spec
    .get('listeners')
    .items()
    .filter(
      (listener) =>
        (section === undefined || listener.get('name').string() === section) &&
        (port === undefined || listener.get('port').integer() === port) &&
        admits(view, listener, route, gateway),
    )
    .map((listener) => {
      const hostname = listener.get('hostname').string();
      const secure = /^(?:HTTPS|TLS)$/.test(listener.get('protocol').string() ?? '');
      const passthrough = listener.get('tls', 'mode').string() === 'Passthrough';
      return {
        gateway: title,
        internal,
        ...(hostname === undefined ? {} : { hostname }),
        tls: passthrough ? ('passthrough' as const) : secure ? ('yes' as const) : ('no' as const),
        certificates: listener
          .get('tls', 'certificateRefs')
          .items()
          .map(
            (reference) =>
              `${reference.get('namespace').string() ?? namespace}/${reference.get('name').string() ?? ''}`,
          ),
      };
    });
}

/** `allowedRoutes.namespaces`: the Gateway's own namespace unless it says otherwise. A selector needs the labels of the namespace. */
function admits(view: PlatformView, listener: Cursor, route: KubeObject, gateway: KubeObject): boolean {
  const namespaces = listener.get('allowedRoutes', 'namespaces');
  const from = namespaces.get('from').string() ?? 'Same';
  if (from === 'All') return true;
  if (from === 'Same') return route.namespace === gateway.namespace;
  const selector = readSelector(namespaces.get('selector'));
  const owner = view.objects('Namespace').find(({ name }) => name === route.namespace);
  if (from !== 'Selector' || selector === undefined) return false;
  return owner === undefined || selects(selector, { 'kubernetes.io/metadata.name': owner.name, ...owner.labels });
}

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
    const host = at.string();
    const under = attachments.filter(
      ({ hostname }) =>
        hostname === undefined || host === undefined || within(host, hostname) || within(hostname, host),
    );
    return host === undefined || under.length === 0 ? [] : [{ host, at, under }];
  });
}

/** Gateway API wildcards stand for one label or more, unlike those of Ingress. */
function within(host: string, pattern: string): boolean {
  return covers(pattern, host) || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
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

function backendOf(view: PlatformView, kind: RouteKind, route: KubeObject, reference: Cursor): Backend[] {
  if (reference.get('weight').integer() === 0) return [];
  const service = reference.get('name').string() ?? '';
  const own = route.namespace ?? 'default';
  const namespace = reference.get('namespace').string() ?? own;
  const refKind = reference.get('kind').string() ?? 'Service';
  const other = { fromAbsence: false, targetPorts: [], workloads: [], origin: reference.origin };
  if (refKind !== 'Service')
    return [{ name: `${refKind} ${namespace}/${service}`, live: 'unknown', because: 'it is not a Service', ...other }];
  if (namespace !== own && !granted(view, kind, own, namespace, service))
    return [
      {
        name: `Service ${namespace}/${service}`,
        live: 'no',
        because: `no ReferenceGrant in namespace ${namespace} lets ${kind}s of ${own} refer to it`,
        ...other,
        fromAbsence: true,
      },
    ];
  const port = reference.get('port').integer();
  return [
    resolveBackend(view, { namespace, service, ...(port === undefined ? {} : { port }), origin: reference.origin }),
  ];
}

function granted(view: PlatformView, kind: RouteKind, from: string, to: string, service: string): boolean {
  return view.objects(`ReferenceGrant.${GROUP}`, to).some((grant) => {
    const spec = cursor(grant).get('spec');
    return (
      spec
        .get('from')
        .items()
        .some((entry) => entry.get('kind').string() === kind && entry.get('namespace').string() === from) &&
      spec
        .get('to')
        .items()
        .some(
          (entry) => entry.get('kind').string() === 'Service' && (entry.get('name').string() ?? service) === service,
        )
    );
  });
}

function strongest(attachments: readonly Attachment[]): PublicRoute['tls'] {
  const all = attachments.map(({ tls }) => tls);
  return all.includes('yes') ? 'yes' : all.includes('passthrough') ? 'passthrough' : 'no';
}
