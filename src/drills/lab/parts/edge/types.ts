/** What the edge is told: plain data, kept as `edge.json` beside nginx's files, so that a drill can change a field and reload. */

export interface EdgeConfig {
  /** Counts the configurations; the health page answers it, so that a reload can be seen to have happened. */
  readonly generation: number;
  readonly address: string;
  readonly ports: { readonly https: number; readonly http: number; readonly health: number };
  /** Certificate of the public names. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** What the edge shows to upstreams, and the authority that theirs must come from. */
  readonly client: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly upstreams: readonly Upstream[];
  readonly routes: readonly EdgeRoute[];
  readonly waf: Waf;
  /** Origins that pages may talk to, beside the public names: the identity provider. */
  readonly connect: readonly string[];
  /** False lets everybody in at any rate: for drills that must notice. */
  readonly rateLimits: boolean;
  /** Bytes of the request line, and of all headers with it. */
  readonly headers: { readonly uriBytes: number; readonly headerBytes: number };
  /**
   * Seconds that an idle connection to an upstream is kept. Must be shorter than the replicas' propagation delay and than their
   * keep-alive timeout: then the edge is always the one that closes, and never sends into a connection that is being closed.
   */
  readonly upstreamIdle: number;
  /** Seconds that workers of an older configuration may go on with what they hold: above the longest drain of a stream. */
  readonly workerShutdown: number;
}

export interface Waf {
  /** `monitor` reports what it would have refused. */
  readonly mode: 'block' | 'monitor' | 'off';
  readonly paranoia: number;
  /** Percent of the requests that are looked at. */
  readonly sampling: number;
}

export interface Upstream {
  readonly name: string;
  /** DNS name that every replica's certificate must hold. */
  readonly tlsName: string;
  /** `ADDRESS:PORT`. */
  readonly replicas: readonly Replica[];
  /** `session`: requests for one session meet the same replica as long as it is there. */
  readonly affinity: 'none' | 'session';
}

export interface Replica {
  readonly address: string;
  /** Taken out: gets no request from the configuration that says so. */
  readonly down: boolean;
}

export interface EdgeRoute {
  readonly host: string;
  /** As the spec writes it: `/events`, `/api/v1/*`. */
  readonly path: string;
  readonly protocol: 'http' | 'sse' | 'websocket' | 'webhook';
  /** Name of an upstream, a folder of static files with the page that stands for all others, or one file. */
  readonly target: { readonly upstream: string } | { readonly files: string } | { readonly file: string };
  /** Requests per second of one client address; above it, after a burst of four seconds' worth, comes 429. */
  readonly perSecond?: number;
  /** Connections at once of one client address. */
  readonly connections: number;
  readonly bodyBytes: number;
  /** Seconds that an upstream may be silent. */
  readonly readTimeout: number;
}

export function isPrefix({ path }: EdgeRoute): boolean {
  return path.endsWith('*') || path === '/';
}
