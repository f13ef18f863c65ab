/** What the spec says of the edge: the public routes of its services, with their limits. What it does not declare is a 404. */
import { parseDuration } from '../../../../model/duration.ts';
import type { Spec } from '../../../../model/spec.ts';
import type { EdgeConfig, EdgeRoute } from './types.ts';

type Service = Spec['services'][number];
type Route = Service['routes'][number];

const DEFAULT_BODY = 1_048_576;
const DEFAULT_HEADERS = { uriBytes: 8192, headerBytes: 16_384 };
const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Connections at once of one client: streams stay open, requests do not. */
const CONNECTIONS: Readonly<Record<EdgeRoute['protocol'], number>> = {
  http: 100,
  webhook: 100,
  sse: 20,
  websocket: 20,
};

/** Hosts of the lab: `api.gpucloud.example` is `api.localhost`. */
export function labHost(host: string): string {
  return `${host.split('.')[0] ?? host}.localhost`;
}

/** `files` are folders of what is served without a service, by the service's name. Routes of services that the lab does not run are left out. */
export function edgeRoutes(
  spec: Spec,
  runs: (service: string) => boolean,
  files: ReadonlyMap<string, string>,
): EdgeRoute[] {
  return spec.services.flatMap((service) => {
    const folder = files.get(service.name);
    if (folder === undefined && !runs(service.name)) return [];
    const target = folder === undefined ? { upstream: service.name } : { files: folder };
    return service.routes
      .filter((route) => route.public && route.protocol !== 'grpc')
      .map((route) => edgeRoute(spec, service, route, target));
  });
}

function edgeRoute(spec: Spec, service: Service, route: Route, target: EdgeRoute['target']): EdgeRoute {
  const protocol = route.protocol === 'grpc' ? 'http' : route.protocol;
  const perSecond = route.rateLimit === undefined ? undefined : rateOf(route.rateLimit);
  return {
    host: labHost(route.host ?? spec.edge?.host ?? service.name),
    path: route.path,
    protocol,
    target,
    ...(perSecond === undefined ? {} : { perSecond }),
    connections: CONNECTIONS[protocol],
    bodyBytes: service.limits?.bodyBytes ?? DEFAULT_BODY,
    readTimeout: readTimeout(service, route),
  };
}

/** A stream may be as silent as it says; an answer gets five seconds more than the service gives itself, so that the service's own error arrives. */
function readTimeout({ limits }: Service, { idleTimeout }: Route): number {
  if (idleTimeout !== undefined) return Math.ceil((parseDuration(idleTimeout) ?? 60) * 1.05);
  return Math.ceil(parseDuration(limits?.requestTimeout ?? '25s') ?? 25) + 5;
}

function rateOf(rate: string): number {
  const [amount, unit] = rate.split('/');
  return Number(amount) / SECONDS[(unit ?? 's') as keyof typeof SECONDS];
}

/** The tightest limits of any public service: nginx applies them before it knows the host. */
export function headerLimits(spec: Spec): EdgeConfig['headers'] {
  const limits = spec.services.filter(({ routes }) => routes.length > 0).map((service) => service.limits);
  const least = (key: 'uriBytes' | 'headerBytes'): number =>
    Math.min(DEFAULT_HEADERS[key], ...limits.flatMap((limit) => limit?.[key] ?? []));
  return { uriBytes: least('uriBytes'), headerBytes: least('headerBytes') };
}
