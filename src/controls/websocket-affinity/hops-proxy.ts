/** Ingress controllers and nginx itself. */
import { cursor } from '../../model/kube.ts';
import { parseDuration } from '../../model/duration.ts';
import type { PlatformView } from '../../model/platform.ts';
import { ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { annotationOrigin, parseTime, settingOf } from '../../proofs/edge/settings.ts';
import type { Hop, StreamProtocol } from './hops.ts';

const ALB_ATTRIBUTES = 'alb.ingress.kubernetes.io/load-balancer-attributes';

/** AWS: 60 s where nothing is said. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const ALB_IDLE = 60;

export function proxyHops(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop[] {
  if (route.kind === 'nginx') return nginxHops(view, route);
  if (route.kind !== 'ingress') return [];
  switch (ingressFamily(view, route.edges[0], route.annotations)) {
    case 'nginx':
      return nginxHops(view, route);
    case 'nginx-inc':
      return [annotated(view, route, 'nginx.org/proxy-read-timeout', 'proxy-read-timeout', 60)];
    case 'alb':
      return [albHop(view, route)];
    case 'haproxy':
      return [haproxyHop(view, route, protocol)];
    case 'kong':
      return [kongHop(view, route)];
    case 'traefik':
      // Its time-outs are for requests and idle connections; a stream that is open is neither.
      return [{ what: `Traefik at ${route.source}`, bounds: 'silence', origin: route.origin }];
    default:
      return [];
  }
}

/** `proxy_read_timeout` starts anew with traffic in either direction of an upgraded connection (ngx_http_upstream_process_upgraded). */
function nginxHops(view: PlatformView, route: PublicRoute): Hop[] {
  const setting = settingOf(view, route, 'proxy-read-timeout');
  if (setting === undefined) return [];
  const { value, from, passedOver, origin } = setting;
  const hop = { what: `proxy-read-timeout of ${route.source}`, bounds: 'silence', origin } as const;
  const why = `${JSON.stringify(passedOver)} is no number of seconds, so the controller passes over it`;
  if (value === undefined) return [{ ...hop, unknown: `${why}, and its ConfigMap is not in the repository` }];
  const seconds = parseTime(value);
  if (seconds === undefined) return [];
  const reason = passedOver === undefined ? '' : `: ${why}`;
  const note =
    from === 'default' ? ` (the default${reason})` : passedOver === undefined ? '' : ` (of the ConfigMap${reason})`;
  return [{ ...hop, what: `${hop.what}${note}`, seconds }];
}

function annotated(view: PlatformView, route: PublicRoute, key: string, name: string, fallback: number): Hop {
  const held = route.annotations[key];
  const seconds = held === undefined ? fallback : (parseTime(held) ?? fallback);
  return {
    what: `${name} of ${route.source}${held === undefined ? ' (the default)' : ''}`,
    seconds,
    bounds: 'silence',
    origin: annotationOrigin(view, route, key),
  };
}

/** A websocket is a tunnel to HAProxy, an event stream an answer: `timeout tunnel` of 1 h, `timeout server` of 50 s. */
function haproxyHop(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop {
  const name = protocol === 'websocket' ? 'timeout-tunnel' : 'timeout-server';
  const keys = [`haproxy.org/${name}`, `haproxy-ingress.github.io/${name}`];
  const key = keys.find((candidate) => route.annotations[candidate] !== undefined) ?? keys[0] ?? name;
  return annotated(view, route, key, name, protocol === 'websocket' ? 3600 : 50);
}

/** Kong takes it from the Service, in milliseconds: https://docs.konghq.com/kubernetes-ingress-controller/latest/reference/annotations/ */
function kongHop(view: PlatformView, route: PublicRoute): Hop {
  const names = route.backends.map(({ name }) => name.replace(/^Service /, '').replace(/:.*$/, ''));
  const at = view
    .objects('Service')
    .filter(({ name, namespace }) => names.includes(`${namespace ?? 'default'}/${name}`))
    .map((service) => cursor(service).get('metadata', 'annotations', 'konghq.com/read-timeout'))
    .find(({ exists }) => exists);
  const seconds = at === undefined ? 60 : (parseDuration(`${at.string() ?? ''}ms`) ?? 60);
  return {
    what: `read-timeout of ${route.source}${at === undefined ? ' (the default)' : ''}`,
    seconds,
    bounds: 'silence',
    origin: at?.origin ?? route.origin,
  };
}

function albHop(view: PlatformView, route: PublicRoute): Hop {
  const held = /idle_timeout\.timeout_seconds=(\d+)/.exec(route.annotations[ALB_ATTRIBUTES] ?? '')?.[1];
  return {
    what: `idle timeout of the load balancer of ${route.source}${held === undefined ? ' (the default)' : ''}`,
    seconds: Number(held ?? ALB_IDLE),
    bounds: 'silence',
    origin: annotationOrigin(view, route, ALB_ATTRIBUTES),
  };
}
