import { parseDuration } from '../../model/duration.ts';
import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec } from '../../model/spec.ts';
import { carriedBy } from '../../proofs/edge/declared.ts';
import { publicRoutes, publicRoutesTo, routeName, type PublicRoute } from '../../proofs/edge/index.ts';
import { takes } from '../../proofs/edge/match.ts';
import { rateLimitOf } from '../../proofs/edge/rate/index.ts';
import { unreadEdges, type UnreadEdge } from '../../proofs/edge/unread.ts';
import { parseSize, parseTime, settingOf, type SettingName } from '../../proofs/edge/settings.ts';

const PERIOD: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A bound in bytes or seconds; `value` is undefined where the text is none, or is none to the controller, which passes over it. */
export interface Bound {
  readonly text: string;
  readonly passedOver?: true;
  readonly value: number | undefined;
  readonly origin: Origin;
}

export interface RouteLimits {
  readonly name: string;
  readonly source: string;
  /** True for websocket, SSE and gRPC streams, which are quiet for long on purpose. */
  readonly isStream: boolean;
  /** True for plain requests, which the service's own time limit is about. */
  readonly isRequest: boolean;
  /** Undefined where what bounds it is not in the repository. */
  readonly body?: Bound;
  readonly header?: Bound;
  readonly clientHeader?: Bound;
  readonly clientBody?: Bound;
  readonly response?: Bound;
  readonly rate?: string;
  /** Why a limit that is there bounds nobody, and where it is written. */
  readonly idle?: { readonly why: string; readonly origin: Origin };
  /** Why the limit may not hold. */
  readonly unsureRate?: string;
  readonly origin: Origin;
}

/** A public route as the spec declares it, as far as its limits are concerned. */
export interface DeclaredLimits {
  readonly path: string;
  readonly sample?: string;
  readonly host?: string;
  readonly protocol: string;
  /** Requests per second of one client. */
  readonly perSecond?: number;
}

export interface EdgeLimits {
  readonly declared: boolean;
  readonly own: { readonly body?: number; readonly header?: number; readonly uri?: number; readonly seconds?: number };
  readonly routes: readonly RouteLimits[];
  readonly paths: readonly DeclaredLimits[];
  /** What publishes routes in a way that is not read: how they are bounded is not known. */
  readonly unread?: readonly UnreadEdge[];
}

/** Services with public routes; without any, the environment, for all routes there are. */
export function subjects(view: PlatformView): Subject[] {
  const services = view
    .services()
    .filter(({ spec }) => spec.routes.some((route) => route.public))
    .map(({ name }) => ({ kind: 'service' as const, name }));
  return services.length > 0 ? services : [{ kind: 'environment', name: view.environment.name }];
}

export function edgeLimits(subject: Subject): Query<EdgeLimits> {
  return (view) => {
    const service = subject.kind === 'service' ? view.service(subject.name) : undefined;
    const hosts = view.environment.hosts ?? [];
    const leading = service === undefined ? publicRoutes(view) : publicRoutesTo(view, service.workloads);
    const routes =
      leading.length > 0
        ? leading
        : publicRoutes(view).filter(
            (route) =>
              route.backends.some(({ live }) => live === 'unknown') &&
              service?.spec.routes.some((declared) => declared.public && takes(route, declared, hosts)),
          );
    const { bodyBytes, headerBytes, uriBytes, requestTimeout } = service?.spec.limits ?? {};
    const seconds = requestTimeout === undefined ? undefined : parseDuration(requestTimeout);
    const unread = unreadEdges(view);
    return {
      declared: service !== undefined,
      own: {
        ...(bodyBytes === undefined ? {} : { body: bodyBytes }),
        ...(headerBytes === undefined ? {} : { header: headerBytes }),
        ...(uriBytes === undefined ? {} : { uri: uriBytes }),
        ...(seconds === undefined ? {} : { seconds }),
      },
      routes: routes.filter(({ backends }) => backends.length > 0).map((route) => limitsOf(view, route)),
      paths: (service?.spec.routes ?? []).filter((route) => route.public).map(declaredLimits),
      ...(unread.length > 0 && { unread }),
    };
  };
}

function declaredLimits({ path, sample, host, protocol, rateLimit }: ServiceSpec['routes'][number]): DeclaredLimits {
  const [amount = '', unit = ''] = (rateLimit ?? '').split('/');
  const period = PERIOD[unit];
  return {
    path,
    protocol,
    ...(sample === undefined ? {} : { sample }),
    ...(host === undefined ? {} : { host }),
    ...(period === undefined ? {} : { perSecond: Number(amount) / period }),
  };
}

function limitsOf(view: PlatformView, route: PublicRoute): RouteLimits {
  const bound = (name: SettingName, parse: (text: string) => number | undefined): Bound | undefined => {
    const setting = settingOf(view, route, name);
    if (setting === undefined) return undefined;
    const { value = '', passedOver, origin } = setting;
    return passedOver === undefined
      ? { text: value, value: parse(value), origin }
      : { text: passedOver, value: undefined, passedOver: true, origin };
  };
  const protocols = protocolsOf(view, route);
  const part = <K extends string>(key: K, value: Bound | undefined): { readonly [P in K]?: Bound } =>
    value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: Bound });
  const rate = rateLimitOf(view, route);
  return {
    name: routeName(route),
    source: route.source,
    isStream: protocols.some((protocol) => protocol === 'websocket' || protocol === 'sse' || protocol === 'grpc'),
    isRequest: protocols.includes('http'),
    ...part('body', bound('proxy-body-size', parseSize)),
    // `4 8k`: four buffers, each of which holds the request line or one header.
    ...part(
      'header',
      bound('large-client-header-buffers', (text) => parseSize(text.split(/\s+/)[1] ?? '')),
    ),
    ...part('clientHeader', bound('client-header-timeout', parseTime)),
    ...part('clientBody', bound('client-body-timeout', parseTime)),
    ...part('response', bound('proxy-read-timeout', parseTime)),
    ...(rate === undefined || rate.idle !== undefined ? {} : { rate: rate.by }),
    ...(rate?.idle === undefined
      ? {}
      : { idle: { why: `${rate.by} bounds nobody, since ${rate.idle}`, origin: rate.origin ?? route.origin } }),
    ...(rate?.unsure === undefined ? {} : { unsureRate: rate.unsure }),
    origin: route.origin,
  };
}

/** Protocols of the declared routes that this one carries. */
function protocolsOf(view: PlatformView, route: PublicRoute): string[] {
  return [...carriedBy(view, route).map(({ protocol }) => protocol), ...(route.protocol === 'grpc' ? ['grpc'] : [])];
}
