/**
 * Requests by route, method and status. Counting is a few array writes, and the Prometheus form is made when somebody scrapes: a labelled
 * `inc` and `observe` of the client library cost more than the rest of a small request.
 */

/** One answered request. */
export interface Observation {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** What a registry asks of a metric. */
interface Collector {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly aggregator: 'sum';
  readonly values: readonly Sample[];
}
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly metricName?: string;
}

export interface RequestMetrics {
  observe(observation: Observation): void;
  begin(): void;
  end(): void;
  readonly collectors: readonly { readonly name: string; get(): Promise<Collector>; reset(): void }[];
}

interface Route {
  readonly counts: Map<string, Map<number, number>>;
  readonly buckets: Float64Array;
  sum: number;
  count: number;
}

/** Routes of one service; what comes after shares a name, so that no caller can fill the registry. */
const MOST_ROUTES = 500;
const OTHER_ROUTE = '(other)';
/**
 * Counted from nought with the first request of a route: `rate()` does not see the increase that begins a series, and a ratio whose numerator has no
 * series is no data, for a release without a single failure as for one that nobody measures.
 */
const FAILURE = 500;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function requestMetrics(service: string, bounds: readonly number[]): RequestMetrics {
  const routes = new Map<string, Route>();
  let inFlight = 0;
  const routeOf = (name: string): Route => {
    const known = routes.get(name);
    if (known !== undefined) return known;
    if (routes.size >= MOST_ROUTES && name !== OTHER_ROUTE) return routeOf(OTHER_ROUTE);
    const made: Route = { counts: new Map(), buckets: new Float64Array(bounds.length), sum: 0, count: 0 };
    routes.set(name, made);
    return made;
  };
  return {
    begin: () => void (inFlight += 1),
    end: () => void (inFlight -= 1),
    observe({ route: name, method, status, seconds }) {
      const route = routeOf(name);
      const verb = METHODS.has(method) ? method : 'OTHER';
      let statuses = route.counts.get(verb);
      if (statuses === undefined) route.counts.set(verb, (statuses = new Map([[FAILURE, 0]])));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      route.sum += seconds;
      route.count += 1;
      // Counted in the first bucket that holds it; they are added up when scraped.
      for (let index = 0; index < bounds.length; index += 1) {
        if (seconds > (bounds[index] ?? Infinity)) continue;
        route.buckets[index] = (route.buckets[index] ?? 0) + 1;
        break;
      }
    },
    collectors: [
      collector(
        'http_requests_total',
        'Requests by route, method and status.',
        'counter',
        () => counters(service, routes),
        routes,
      ),
      collector(
        'http_request_duration_seconds',
        'Time until the last byte of the answer.',
        'histogram',
        () => histograms(service, routes, bounds),
        routes,
      ),
      collector('http_requests_in_flight', 'Requests that are being answered.', 'gauge', () => [
        { labels: { service }, value: inFlight },
      ]),
    ],
  };
}

function collector(
  name: string,
  help: string,
  type: Collector['type'],
  values: () => Sample[],
  routes?: Map<string, Route>,
): RequestMetrics['collectors'][number] {
  return {
    name,
    get: () => Promise.resolve({ name, help, type, aggregator: 'sum', values: values() }),
    reset: () => routes?.clear(),
  };
}

function counters(service: string, routes: ReadonlyMap<string, Route>): Sample[] {
  return [...routes].flatMap(([route, { counts }]) =>
    [...counts].flatMap(([method, statuses]) =>
      [...statuses].map(([status, value]) => ({ labels: { service, route, method, status: String(status) }, value })),
    ),
  );
}

function histograms(service: string, routes: ReadonlyMap<string, Route>, bounds: readonly number[]): Sample[] {
  const name = 'http_request_duration_seconds';
  return [...routes].flatMap(([route, { buckets, sum, count }]) => {
    const labels = { service, route };
    let total = 0;
    const rows = bounds.map((bound, index) => {
      total += buckets[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: total };
    });
    return [
      ...rows,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
