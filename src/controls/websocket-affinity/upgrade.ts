/** Proxies that hand a handshake on as a websocket's only where they are told to. */
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { includedIn, levelsOf } from '../../proofs/edge/nginx.ts';
import { serviceNames } from '../../proofs/edge/services.ts';

/** What is missing for it, and where; `unsure` where it may be in what is not in the repository. */
export interface NoUpgrade {
  readonly because: string;
  readonly unsure?: true;
  readonly remediation: string;
  readonly origin: Origin;
}

export function noUpgrade(view: PlatformView, route: PublicRoute): NoUpgrade | undefined {
  if (route.kind === 'nginx') return byNginx(view, route);
  const isNginxInc = route.kind === 'ingress' && ingressFamily(view, route.edges[0], route.annotations) === 'nginx-inc';
  return isNginxInc ? byNginxInc(route) : undefined;
}

const HEADERS = ['Upgrade', 'Connection'];

/**
 * Both headers are of one hop, so nginx drops them unless they are set; a level that sets any header inherits none.
 * https://nginx.org/en/docs/http/websocket.html
 */
function byNginx(view: PlatformView, route: PublicRoute): NoUpgrade | undefined {
  const levels = levelsOf(view, route);
  const set = levels
    .map((level) => level.filter(({ name }) => name === 'proxy_set_header'))
    .findLast(({ length }) => length > 0);
  const missing = HEADERS.filter(
    (header) => !(set ?? []).some(({ args }) => args[0]?.toLowerCase() === header.toLowerCase() && args[1] !== ''),
  );
  if (missing.length === 0) return undefined;
  const included = includedIn(levels);
  const remediation =
    'Set proxy_set_header Upgrade $http_upgrade and Connection "upgrade" in the location, with proxy_http_version 1.1.';
  const because = `${route.source} hands no ${missing.join(' and no ')} header on`;
  if (included === undefined) return { because, remediation, origin: set?.[0]?.origin ?? route.origin };
  const whether = `${because}, unless ${included.args.join(' ')}, which is not read, sets it`;
  return { because: whether, unsure: true, remediation, origin: included.origin };
}

/** https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/advanced-configuration-with-annotations/ */
function byNginxInc(route: PublicRoute): NoUpgrade | undefined {
  const key = 'nginx.org/websocket-services';
  const listed = (route.annotations[key] ?? '').split(',').map((name) => name.trim());
  const service = serviceNames(route)
    .map((name) => name.slice(name.indexOf('/') + 1))
    .find((name) => !listed.includes(name));
  if (service === undefined) return undefined;
  const remediation = `Name the Service in ${key}.`;
  return { because: `${key} of ${route.source} does not name Service ${service}`, remediation, origin: route.origin };
}
