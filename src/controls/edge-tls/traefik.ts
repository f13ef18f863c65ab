/**
 * Traefik answers over plain HTTP wherever a router without TLS is on an entry point that neither ends TLS nor redirects: an Ingress that has a
 * certificate is on all of them unless it says which. Told only where the entry points of the one Traefik are in the repository, or the values of its chart.
 */
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isInternalClass } from '../../proofs/edge/internal.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import {
  askedEntryPoints,
  entryPointsNamed,
  ingressRedirects,
  isTlsRouter,
  refersToRedirect,
  traefikOf,
} from '../../proofs/edge/traefik/index.ts';
import type { Fact } from './balancers.ts';

/** The entry point by which an Ingress with TLS answers in plain text as well. */
export function plainEntryPoint(view: PlatformView, { annotations }: PublicRoute): string | undefined {
  if (isTlsRouter(annotations) || ingressRedirects(view, annotations) !== 'no') return undefined;
  return plainAmong(view, askedEntryPoints(annotations));
}

/** What mends it. */
export function redirectAt(entryPoint: string): string {
  return `Set entryPoints.${entryPoint}.http.redirections.entryPoint in Traefik's configuration, or name only entry points that end TLS.`;
}

/** IngressRoutes that answer in plain text. */
export function plainIngressRoutes(view: PlatformView): Fact[] {
  const traefik = traefikOf(view);
  if (traefik === undefined || traefik.isInternal) return [];
  return ['IngressRoute.traefik.io', 'IngressRoute.traefik.containo.us']
    .flatMap((kind) => view.objects(kind))
    .filter((object) => !isInternalClass(classOf(object)))
    .flatMap((object) => factsOf(view, object));
}

function factsOf(view: PlatformView, object: KubeObject): Fact[] {
  const spec = cursor(object).get('spec');
  const entryPoint = spec.get('tls').exists ? undefined : plainAmong(view, spec.get('entryPoints').strings());
  if (entryPoint === undefined) return [];
  const namespace = object.namespace ?? 'default';
  const served = spec
    .get('routes')
    .items()
    .filter((route) => !(route.get('match').string() ?? '').includes('/.well-known/acme-challenge'))
    .find((route) => {
      const named = route
        .get('middlewares')
        .items()
        .map((one) => ({
          namespace: one.get('namespace').string() ?? namespace,
          name: one.get('name').string() ?? '',
        }));
      return refersToRedirect(view, named) === 'no';
    });
  if (served === undefined) return [];
  return [
    {
      message: `IngressRoute ${namespace}/${object.name} answers ${served.get('match').string() ?? 'every request'} over plain HTTP, at entry point ${entryPoint} of Traefik`,
      severity: 'high',
      origin: served.get('match').origin,
      remediation: redirectAt(entryPoint),
    },
  ];
}

function plainAmong(view: PlatformView, names: readonly string[]): string | undefined {
  const traefik = traefikOf(view);
  const points = traefik && entryPointsNamed(traefik, names);
  return points?.find(({ isWeb, tls, redirects }) => isWeb && !tls && redirects === 'no')?.name;
}

function classOf(object: KubeObject): string | undefined {
  return cursor(object).get('metadata', 'annotations', 'kubernetes.io/ingress.class').string();
}
