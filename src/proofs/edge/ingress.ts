import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { albAnnotations, albTargets } from './alb.ts';
import { resolveBackend } from './backends.ts';
import { canaryAnnotations, mainOf } from './canary.ts';
import { ingressFamily, type IngressFamily } from './controllers.ts';
import { isInternalIngress } from './internal.ts';
import { ingressRedirects, isTlsRouter, isUnderTls } from './traefik/index.ts';
import type { Backend, MatchKind, PublicRoute } from './types.ts';

/** The version that is served since Kubernetes 1.19, and alone since 1.22; those before name the Service of a backend differently. */
const SERVED = 'networking.k8s.io/v1';

/** Ingresses in versions that are not served any longer, which are not read. */
export function formerIngresses(view: PlatformView): KubeObject[] {
  return [...view.objects('Ingress.networking.k8s.io'), ...view.objects('Ingress.extensions')].filter(
    ({ apiVersion }) => apiVersion !== SERVED,
  );
}

/** The routes of every Ingress that the internet can reach. Those of internal load balancers are left out. */
export function ingressRoutes(view: PlatformView): PublicRoute[] {
  return view.objects('Ingress.networking.k8s.io').flatMap((object) => {
    if (object.apiVersion !== SERVED) return [];
    const root = cursor(object);
    const own = annotationsOf(object);
    const ingressClass = root.get('spec', 'ingressClassName').string() ?? own['kubernetes.io/ingress.class'];
    const family = ingressFamily(view, ingressClass, own);
    const main = family === 'nginx' ? mainOf(view, object) : undefined;
    const annotations =
      main !== undefined
        ? canaryAnnotations(main, object)
        : family === 'alb'
          ? albAnnotations(view, ingressClass, own)
          : own;
    if (isInternalIngress(view, ingressClass, family, annotations)) return [];
    return routesOf(view, object, { annotations, ingressClass, family, server: main ?? object });
  });
}

/** The annotations of an object, none when it has none. */
export function annotationsOf(object: KubeObject): Record<string, string> {
  return cursor(object).get('metadata', 'annotations').stringMap();
}

interface Setting {
  readonly annotations: Readonly<Record<string, string>>;
  readonly ingressClass: string | undefined;
  readonly family: IngressFamily;
  /** The Ingress whose TLS holds: of a canary its main one. */
  readonly server: KubeObject;
}

function routesOf(view: PlatformView, object: KubeObject, setting: Setting): PublicRoute[] {
  const spec = cursor(object).get('spec');
  const aliases = aliasesOf(object, setting);
  const route = (host: Cursor, path: string, match: MatchKind, backend: Cursor, at: Cursor): PublicRoute[] => {
    const name = host.string();
    const isDefault = name === undefined || name === '';
    const own: PublicRoute = {
      source: `Ingress ${object.namespace ?? 'default'}/${object.name}`,
      kind: 'ingress',
      namespace: object.namespace ?? 'default',
      name: object.name,
      host: isDefault ? undefined : name,
      path,
      match,
      protocol: /^grpcs?$/i.test(setting.annotations['nginx.ingress.kubernetes.io/backend-protocol'] ?? '')
        ? 'grpc'
        : 'http',
      ...tlsOf(view, isDefault ? undefined : name, setting),
      edges: setting.ingressClass === undefined ? [] : [setting.ingressClass],
      annotations: setting.annotations,
      backends: backendsOf(view, object, backend, setting),
      origin: at.origin,
      hostOrigin: host.exists ? host.origin : at.origin,
    };
    return isDefault
      ? [own]
      : [
          own,
          ...aliases.names.map((alias) => ({
            ...own,
            host: alias,
            origin: aliases.origin,
            hostOrigin: aliases.origin,
          })),
        ];
  };
  const fallback = spec.get('defaultBackend');
  return [
    ...(fallback.exists ? route(spec.get('noHost'), '/', 'prefix', fallback, fallback) : []),
    ...spec
      .get('rules')
      .items()
      .flatMap((rule) =>
        rule
          .get('http', 'paths')
          .items()
          .flatMap((path) =>
            route(
              rule.get('host'),
              path.get('path').string() ?? '/',
              matchOf(path, setting),
              path.get('backend'),
              path.get('path').exists ? path.get('path') : path,
            ),
          ),
      ),
  ];
}

const ALIAS = 'nginx.ingress.kubernetes.io/server-alias';

/** Further hosts that ingress-nginx serves as it does those of the rules, with the same certificate; patterns (`~…`) are left out. */
function aliasesOf(object: KubeObject, { annotations, family }: Setting): { names: string[]; origin: Origin } {
  const written = family === 'nginx' ? (annotations[ALIAS] ?? '') : '';
  const names = written.split(',').map((name) => name.trim());
  return {
    names: names.filter((name) => name !== '' && !name.startsWith('~')),
    origin: cursor(object).get('metadata', 'annotations', ALIAS).origin,
  };
}

/** `ImplementationSpecific` is a prefix of characters where nginx is known; elsewhere a trailing `*` tells. */
function matchOf(path: Cursor, { annotations, family }: Setting): MatchKind {
  const type = path.get('pathType').string();
  const useRegex =
    annotations['nginx.ingress.kubernetes.io/use-regex'] === 'true' ||
    annotations['nginx.ingress.kubernetes.io/rewrite-target'] !== undefined;
  if (family === 'nginx' && useRegex) return 'regex';
  if (type === 'Exact') return 'exact';
  if (type === 'Prefix') return 'prefix';
  if (family === 'alb' || family === 'gce')
    return (path.get('path').string() ?? '/').endsWith('*') ? 'characters' : 'exact';
  return 'characters';
}

/** The Route that OpenShift makes of an Ingress ends or passes on TLS by it, with the router's own certificate where it names none, and redirects HTTP. */
const TERMINATION = 'route.openshift.io/termination';

function tlsOf(
  view: PlatformView,
  host: string | undefined,
  { annotations, family, server }: Setting,
): Pick<PublicRoute, 'tls' | 'certificates' | 'redirects'> {
  if (annotations['nginx.ingress.kubernetes.io/ssl-passthrough'] === 'true')
    return { tls: 'passthrough', certificates: [] };
  if (family === 'openshift' && annotations[TERMINATION] === 'passthrough')
    return { tls: 'passthrough', certificates: [] };
  const sections = cursor(server)
    .get('spec', 'tls')
    .items()
    .filter((section) => {
      const hosts = section.get('hosts').strings();
      return hosts.length === 0 || (host !== undefined && hosts.some((name) => covers(name, host)));
    });
  const certificates = sections.flatMap((section) => {
    const name = section.get('secretName').string();
    return name === undefined ? [] : [`${server.namespace ?? 'default'}/${name}`];
  });
  const atBalancer =
    (family === 'alb' &&
      (annotations['alb.ingress.kubernetes.io/certificate-arn'] !== undefined ||
        /"?HTTPS"?\s*:/.test(annotations['alb.ingress.kubernetes.io/listen-ports'] ?? ''))) ||
    (family === 'gce' &&
      (annotations['networking.gke.io/managed-certificates'] ??
        annotations['ingress.gcp.kubernetes.io/pre-shared-cert']) !== undefined);
  const atProxy =
    (family === 'traefik' && (isTlsRouter(annotations) || isUnderTls(view, annotations))) ||
    (family === 'openshift' && ['edge', 'reencrypt'].includes(annotations[TERMINATION] ?? ''));
  if (sections.length > 0 || atBalancer || atProxy) return { tls: 'yes', certificates };
  const isSentOn = family === 'traefik' && ingressRedirects(view, annotations) === 'yes';
  return { tls: 'no', certificates, ...(isSentOn && { redirects: true }) };
}

/** Whether a name of a certificate or listener, possibly `*.example.com`, is good for a host. */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  if (!name.startsWith('*.')) return false;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === name.slice(1);
}

function backendsOf(view: PlatformView, object: KubeObject, backend: Cursor, setting: Setting): Backend[] {
  const namespace = object.namespace ?? 'default';
  const service = backend.get('service', 'name').string();
  if (service === undefined) {
    const resource = backend.get('resource', 'kind').string();
    return [unknown(resource ?? 'no backend', 'it is not a Service', backend)];
  }
  const port = backend.get('service', 'port');
  // The AWS controller reads such a port as the name of an action annotation; the Service need not exist.
  if (setting.family === 'alb' && port.get('name').string() === 'use-annotation')
    return albTargets(view, setting.annotations, service).map((target) =>
      'outside' in target
        ? unknown(`action ${service}`, target.outside, backend)
        : resolveBackend(view, { namespace, ...target, origin: backend.get('service').origin }),
    );
  const wanted = port.get('number').integer() ?? port.get('name').string();
  return [
    resolveBackend(view, {
      namespace,
      service,
      ...(wanted === undefined ? {} : { port: wanted }),
      origin: backend.get('service').origin,
    }),
  ];
}

function unknown(name: string, because: string, at: Cursor): Backend {
  return { name, live: 'unknown', because, fromAbsence: false, targetPorts: [], workloads: [], origin: at.origin };
}
