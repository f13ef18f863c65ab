import { parseDuration } from '../../model/duration.ts';
import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec } from '../../model/spec.ts';
import { publicRoutes } from '../../proofs/edge/index.ts';
import { preferred, takes } from '../../proofs/edge/match.ts';
import { hopsOf, type Hop } from './hops.ts';
import { affinityOf, whyLoose, whyUnsure } from './sticky.ts';
import { noUpgrade, type NoUpgrade } from './upgrade.ts';

type DeclaredRoute = ServiceSpec['routes'][number];

export interface Stream {
  readonly path: string;
  readonly sample?: string;
  readonly host?: string;
  readonly protocol: DeclaredRoute['protocol'];
  readonly declared?: DeclaredRoute['affinity'];
  /** Seconds between pings, and the longest silence that is allowed. */
  readonly ping?: number;
  readonly idle?: number;
  readonly taken: readonly {
    readonly source: string;
    readonly affinity?: string;
    /** Why an affinity that was asked for is none. */
    readonly loose?: string;
    /** Why it cannot be told whether one that somebody asked for holds. */
    readonly unsure?: string;
    /** Why a handshake does not come through. */
    readonly noUpgrade?: NoUpgrade;
    readonly hops: readonly Hop[];
    readonly origin: Origin;
  }[];
}

export interface Streams {
  readonly service: string;
  readonly streams: readonly Stream[];
  /** Public routes of the same service that are no websockets: with any, the service is not dedicated. */
  readonly others: readonly string[];
}

/** Services with a public websocket or event-stream route. */
export function streamingServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter(({ spec }) => spec.routes.some(isStream))
    .map(({ name }) => ({ kind: 'service', name }));
}

export function streams(subject: Subject): Query<Streams> {
  return (view) => {
    const declared = view.service(subject.name)?.spec.routes ?? [];
    const routes = publicRoutes(view);
    const hosts = view.environment.hosts ?? [];
    return {
      service: subject.name,
      others: declared.filter((route) => route.public && route.protocol !== 'websocket').map(({ path }) => path),
      streams: declared.filter(isStream).map((route) => ({
        path: route.path,
        ...(route.sample === undefined ? {} : { sample: route.sample }),
        ...(route.host === undefined ? {} : { host: route.host }),
        protocol: route.protocol,
        ...(route.affinity === undefined ? {} : { declared: route.affinity }),
        ...seconds('ping', route.pingInterval),
        ...seconds('idle', route.idleTimeout),
        taken: preferred(routes.filter((candidate) => takes(candidate, route, hosts))).map((candidate) => {
          const affinity = affinityOf(view, candidate);
          const unsure = affinity === undefined ? whyUnsure(view, candidate) : undefined;
          const deaf = route.protocol === 'websocket' ? noUpgrade(view, candidate) : undefined;
          const loose = affinity === undefined ? whyLoose(view, candidate) : undefined;
          return {
            source: candidate.source,
            ...(affinity === undefined ? {} : { affinity }),
            ...(unsure === undefined ? {} : { unsure }),
            ...(loose === undefined ? {} : { loose }),
            ...(deaf === undefined ? {} : { noUpgrade: deaf }),
            hops: hopsOf(view, candidate, route.protocol === 'sse' ? 'sse' : 'websocket'),
            origin: candidate.origin,
          };
        }),
      })),
    };
  };
}

function isStream(route: DeclaredRoute): boolean {
  return route.public && (route.protocol === 'websocket' || route.protocol === 'sse');
}

function seconds<K extends string>(key: K, duration: string | undefined): { readonly [P in K]?: number } {
  const value = duration === undefined ? undefined : parseDuration(duration);
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: number });
}
