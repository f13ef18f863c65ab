/** Limits that an Ingress asks for by its own annotations. */
import { parseDuration } from '../../../model/duration.ts';
import { below } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { coversInternet } from '../../topology/index.ts';
import { controllerFor, ingressFamily, isReadBy, type IngressFamily } from '../controllers.ts';
import { annotationOrigin } from '../settings.ts';
import { countsGlobally, takesSnippets } from '../snippets.ts';
import type { PublicRoute } from '../types.ts';
import { tightest, type RateLimit } from './types.ts';

const NGINX = 'nginx.ingress.kubernetes.io/';

/** Annotations that bound a rate, with the seconds they count over and what reads them. */
const ANNOTATIONS: readonly (readonly [key: string, seconds: number, family: IngressFamily])[] = [
  [`${NGINX}limit-rps`, 1, 'nginx'],
  [`${NGINX}limit-rpm`, 60, 'nginx'],
  ['haproxy.org/rate-limit-requests', 1, 'haproxy'],
  ['haproxy-ingress.github.io/limit-rps', 1, 'haproxy'],
  ['ingress.kubernetes.io/limit-rps', 1, 'haproxy'],
];

/** Of several on one route each holds. */
export function byAnnotation(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const { annotations } = route;
  const excepted = annotations[`${NGINX}limit-whitelist`] ?? annotations[`${NGINX}limit-allowlist`] ?? '';
  const isForNobody = coversInternet(excepted.split(',').map((range) => range.trim()));
  const limits = ANNOTATIONS.flatMap(([key, seconds, family]) => {
    const amount = Number(annotations[key]);
    if (!(amount > 0) || !isReadBy(view, route, family) || (family === 'nginx' && isForNobody)) return [];
    const period = key.startsWith('haproxy.org/') ? haproxyPeriod(annotations) : seconds;
    const by = `${key} ${annotations[key]}`;
    return [{ by, perSecond: amount / period, origin: annotationOrigin(view, route, key) }];
  });
  return tightest(limits) ?? byNginxInc(view, route);
}

/** `rate-limit-period`, a second where nothing is said; a bare number is of milliseconds. https://www.haproxy.com/documentation/kubernetes-ingress/community/configuration-reference/ingress/ */
function haproxyPeriod(annotations: PublicRoute['annotations']): number {
  const written = annotations['haproxy.org/rate-limit-period'] ?? '1s';
  return parseDuration(/^\d+$/.test(written) ? `${written}ms` : written) ?? 1;
}

function byNginxInc(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const key = 'nginx.org/limit-req-rate';
  const rate = /^(\d+)r\/([sm])$/.exec(route.annotations[key] ?? '');
  if (rate === null || !isReadBy(view, route, 'nginx-inc')) return undefined;
  const perSecond = Number(rate[1]) / (rate[2] === 's' ? 1 : 60);
  return { by: `${key} ${rate[0]}`, perSecond, origin: annotationOrigin(view, route, key) };
}

/** A directive of nginx that asks for a limit, in a piece of configuration. */
const LIMIT_REQ = /^[ \t]*limit_req[ \t]+[^;]*zone=/m;

/** `limit_req` in a piece of configuration of the Ingress, which its controller may leave out, or of the controller itself. */
export function bySnippet(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind !== 'ingress' || ingressFamily(view, route.edges[0], route.annotations) !== 'nginx') return undefined;
  const controller = controllerFor(view, route.edges[0], route.namespace);
  const ofAll = ['location-snippet', 'server-snippet', 'http-snippet'].find((name) =>
    LIMIT_REQ.test(controller?.settings[name] ?? ''),
  );
  if (controller !== undefined && ofAll !== undefined)
    return {
      by: `limit_req in ${ofAll} of ConfigMap ${controller.configMap ?? ''}`,
      origin: below(controller.origin, ofAll),
    };
  const key = ['configuration-snippet', 'server-snippet']
    .map((name) => `${NGINX}${name}`)
    .find((name) => LIMIT_REQ.test(route.annotations[name] ?? ''));
  if (key === undefined) return undefined;
  const limit = { by: `limit_req in ${key}`, origin: annotationOrigin(view, route, key) };
  switch (takesSnippets(controller)) {
    case 'yes':
      return limit;
    case 'no':
      return { ...limit, idle: 'its controller leaves such snippets out' };
    case 'unknown':
      return { ...limit, unsure: `whether the controller takes ${key} of ${route.source} is not in the repository` };
  }
}

/** Of replicas together; where it may not hold, any other limit goes first. */
export function byGlobalLimit(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const window = route.annotations[`${NGINX}global-rate-limit`];
  if (!(Number(window) > 0) || !isReadBy(view, route, 'nginx')) return undefined;
  const counts = countsGlobally(controllerFor(view, route.edges[0], route.namespace));
  if (counts === 'no') return undefined;
  const by = `${NGINX}global-rate-limit ${window}`;
  if (counts === 'yes') return { by };
  const unsure = `${by} of ${route.source} counts only where the controller is older than 1.12 and told of a memcached, which is not in the repository`;
  return { by, unsure };
}
