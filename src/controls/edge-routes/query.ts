import type { Query, Subject } from '../../model/control.ts';
import { workloadName } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec } from '../../model/spec.ts';
import { declaredRoutes } from '../../proofs/edge/declared.ts';
import { exposedServices, type ExposedService } from '../../proofs/edge/exposure.ts';
import {
  publicRoutes,
  routeName,
  unattachedRoutes,
  type Backend,
  type PublicRoute,
  type Unattached,
} from '../../proofs/edge/index.ts';
import { isDeclared, preferred, takes } from '../../proofs/edge/match.ts';
import { rateLimitOf, type RateLimit } from '../../proofs/edge/rate/index.ts';
import { publicBalancers } from '../../proofs/edge/terraform.ts';
import { unreadEdges, type UnreadEdge } from '../../proofs/edge/unread.ts';

type DeclaredRoute = ServiceSpec['routes'][number];

/** A route of the edge, reduced to what decides. */
export interface EdgeRoute {
  readonly name: string;
  readonly source: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly backends: readonly Backend[];
  readonly rate?: RateLimit;
  /** False where the edge ends TLS and asks nobody for a certificate. */
  readonly asksForCertificate: boolean;
  readonly declared: boolean;
  readonly hostDeclared: boolean;
  readonly origin: Origin;
  readonly hostOrigin: Origin;
}

/** What a service declares, each route with what takes its requests at the edge. */
export interface ServiceRoutes {
  readonly about: 'service';
  readonly service: string;
  readonly workloads: readonly string[];
  readonly routes: readonly {
    readonly declared: DeclaredRoute;
    readonly taken: readonly EdgeRoute[];
    /** Services that are open by themselves and lead to this one. */
    readonly open: readonly ExposedService[];
  }[];
  /** Routes that take something of the service, of which the repository does not tell whether a listener takes them. */
  readonly unsure: readonly Unattached[];
  /** False when the repository shows no edge at all. */
  readonly edgeSeen: boolean;
  readonly unread: readonly UnreadEdge[];
}

/** All that is public, declared or not. */
export interface PublicSurface {
  readonly about: 'environment';
  readonly provisional: boolean;
  readonly routes: readonly EdgeRoute[];
  /** Routes that do nothing but send clients to HTTPS, and publish nothing. */
  readonly redirecting: readonly string[];
  /** Routes that no listener takes; those of which that is not known count as public. */
  readonly unattached: readonly Unattached[];
  readonly exposed: readonly (ExposedService & { readonly declared: boolean })[];
  readonly balancers: readonly { name: string; ports: readonly { port: number; origin: Origin }[]; origin: Origin }[];
  readonly declaresRoutes: boolean;
  readonly unread: readonly UnreadEdge[];
}

export type EdgeRoutes = ServiceRoutes | PublicSurface;

/** Every service that declares a public route, and the environment for all that nobody declares. */
export function subjects(view: PlatformView): Subject[] {
  const services = view
    .services()
    .filter(({ spec }) => spec.routes.some((route) => route.public))
    .map(({ name }) => ({ kind: 'service' as const, name }));
  return [...services, { kind: 'environment', name: view.environment.name }];
}

export function edgeRoutes(subject: Subject): Query<EdgeRoutes> {
  return (view) => (subject.kind === 'service' ? serviceRoutes(view, subject.name) : publicSurface(view));
}

function serviceRoutes(view: PlatformView, name: string): ServiceRoutes {
  const service = view.service(name);
  const workloads = (service?.workloads ?? []).map(workloadName);
  const all = publicRoutes(view);
  const routes = all.filter(({ redirects }) => redirects !== true);
  const exposed = exposedServices(view);
  const hosts = view.environment.hosts ?? [];
  const unattached = unattachedRoutes(view);
  const declaredRoutes = (service?.spec.routes ?? [])
    .filter((route) => route.public)
    .map((declared) => ({
      declared,
      taken: preferred(routes.filter((route) => takes(route, declared, hosts))).map((route) => reduce(view, route)),
      open: exposed.filter((open) => open.workloads.some((workload) => workloads.includes(workload))),
    }));
  const taking = new Set(declaredRoutes.flatMap(({ taken }) => taken.map(({ source }) => source)));
  return {
    about: 'service',
    service: name,
    workloads,
    routes: declaredRoutes,
    unsure: unattached.filter(({ source, proven }) => !proven && taking.has(source)),
    edgeSeen: all.length + exposed.length + unattached.length > 0,
    unread: unreadEdges(view),
  };
}

function publicSurface(view: PlatformView): PublicSurface {
  const open = view.spec.flows?.filter(({ from }) => from === 'internet').map(({ to }) => to) ?? [];
  const declaredWorkloads = new Set(
    view
      .services()
      .filter(({ name, spec }) => open.includes(`service/${name}`) || spec.routes.some((route) => route.public))
      .flatMap(({ workloads }) => workloads.map(workloadName)),
  );
  const all = publicRoutes(view);
  const routes = all.filter(({ redirects }) => redirects !== true);
  return {
    about: 'environment',
    provisional: view.provisional,
    routes: routes.map((route) => reduce(view, route)),
    redirecting: [...new Set(all.filter(({ redirects }) => redirects === true).map(({ source }) => source))],
    unattached: unattachedRoutes(view).filter(({ proven }) => proven),
    exposed: exposedServices(view)
      .filter(({ name, type }) => type !== 'NodePort' || !routes.some((route) => leadsTo(route, name)))
      .map((exposed) => ({
        ...exposed,
        declared:
          exposed.workloads.some((workload) => declaredWorkloads.has(workload)) ||
          open.some((end) => end.split('/')[1] === exposed.resource),
      })),
    balancers: publicBalancers(view).map(({ name, block, listeners }) => ({
      name,
      ports: listeners.flatMap(({ attributes }) =>
        typeof attributes['port']?.literal === 'number'
          ? [{ port: attributes['port'].literal, origin: attributes['port'].origin }]
          : [],
      ),
      origin: block.origin,
    })),
    declaresRoutes: view.spec.services.some((service) => service.routes.some((route) => route.public)),
    unread: unreadEdges(view),
  };
}

/** Cloud load balancers reach the backends of an Ingress through node ports, which is not an exposure of its own. */
function leadsTo(route: PublicRoute, service: string): boolean {
  return route.backends.some(({ name }) => name === service || name.startsWith(`${service}:`));
}

function reduce(view: PlatformView, route: PublicRoute): EdgeRoute {
  const hosts = view.environment.hosts ?? [];
  const declared = declaredRoutes(view).filter((candidate) => candidate.public);
  const rate = rateLimitOf(view, route);
  return {
    name: routeName(route),
    source: route.source,
    path: route.path,
    host: route.host,
    backends: route.backends,
    ...(rate === undefined ? {} : { rate }),
    asksForCertificate:
      route.kind !== 'ingress' ||
      route.tls === 'passthrough' ||
      Object.keys(route.annotations).every((key) => !key.startsWith('nginx.ingress.kubernetes.io/')) ||
      route.annotations['nginx.ingress.kubernetes.io/auth-tls-secret'] !== undefined,
    declared: isDeclared(route, declared, hosts),
    hostDeclared: route.host !== undefined || declared.some(({ host }) => host === undefined),
    origin: route.origin,
    hostOrigin: route.hostOrigin,
  };
}
