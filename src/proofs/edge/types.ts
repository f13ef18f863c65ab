import type { Origin } from '../../model/origin.ts';

/** How a path is compared: whole; by path elements; by characters; as a regular expression. */
export type MatchKind = 'exact' | 'prefix' | 'characters' | 'regex';

/** What a rule sends requests to, and whether somebody answers there. */
export interface Backend {
  /** `Service production/api:http`, or what the rule names instead of a Service. */
  readonly name: string;
  /** `no` is proven; `unknown` says why it is not. */
  readonly live: 'yes' | 'no' | 'unknown';
  /** Why `live` is not `yes`; empty when it is. */
  readonly because: string;
  /** True when `no` rests on something that was looked for and not found. */
  readonly fromAbsence: boolean;
  /** What to do about it, where that is not to name another Service. */
  readonly remedy?: string;
  /** The Service's own port, where it is known. */
  readonly port?: number;
  /** Numbers of the container ports that it ends at. */
  readonly targetPorts: readonly number[];
  /** `kind namespace/name` of the workloads behind it. */
  readonly workloads: readonly string[];
  readonly origin: Origin;
}

/** One way in from the internet: host and path as the edge matches them, and where it leads. */
export interface PublicRoute {
  /** `Ingress production/api`. */
  readonly source: string;
  readonly kind: 'ingress' | 'gateway-api' | 'istio' | 'nginx';
  readonly namespace: string;
  readonly name: string;
  /** Undefined: every host. `*.example.com`: every name below it. */
  readonly host: string | undefined;
  readonly path: string;
  readonly match: MatchKind;
  readonly protocol: 'http' | 'grpc' | 'tls';
  /** Whether the edge ends TLS for this host; `passthrough` hands it on. */
  readonly tls: 'yes' | 'no' | 'passthrough';
  /** True where a listener without TLS hands requests on as well instead of redirecting them; undefined where annotations decide. */
  readonly plain?: boolean;
  /** True where it does nothing but send clients to HTTPS. */
  readonly redirects?: true;
  /** Names of the Secrets that hold the certificate, with their namespace. */
  readonly certificates: readonly string[];
  /** Ingress class, or the Gateways it hangs on as `namespace/name`. */
  readonly edges: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** A rule that only redirects has none. */
  readonly backends: readonly Backend[];
  readonly origin: Origin;
  readonly hostOrigin: Origin;
}

/** A listener that a route is attached to. */
export interface Attachment {
  /** `edge/gw`. */
  readonly gateway: string;
  readonly hostname?: string;
  readonly tls: PublicRoute['tls'];
  readonly certificates: readonly string[];
}

/** Why a route is not taken. */
export interface Refusal {
  readonly because: string;
  /** False where it may be taken after all: what decides is not in the repository. */
  readonly proven: boolean;
}

/** A route of Gateway API that no listener of a Gateway takes, whole or for one of its hosts, or of which that is not known. */
export interface Unattached extends Refusal {
  /** `HTTPRoute shop/web`. */
  readonly source: string;
  /** `Gateway edge/gw`. */
  readonly gateway: string;
  /** The host that is not taken, where others of the route are. */
  readonly host?: string;
  readonly origin: Origin;
}

/** `/api/v1/ (prefix) on api.example.com`, as messages name a route. */
export function routeName(route: Pick<PublicRoute, 'path' | 'match' | 'host'>): string {
  const tail = { exact: '', regex: ' (regex)', characters: '*', prefix: route.path.endsWith('/') ? '*' : '/*' };
  const path = route.match === 'regex' ? route.path : route.path.replace(/\*$/, '');
  return `${path}${tail[route.match]} on ${route.host ?? 'every host'}`;
}
