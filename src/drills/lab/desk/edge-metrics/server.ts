/**
 * Counts what the edge wrote, under the names that the rules of a cluster ask for: nginx has no page of metrics that tells a status, and
 * ModSecurity has none at all. From the same lines come the edge's spans.
 */
import { z } from 'zod';
import { router, serve, type Served } from '../http.ts';
import { follow } from './follow.ts';
import { exportSpans } from './spans.ts';

export interface EdgeMetricsOptions {
  readonly address: string;
  readonly access: string;
  readonly audit: string;
  /** Base of the collector that is given a span for each request. */
  readonly collector?: string;
}

const request = z.looseObject({ host: z.string(), method: z.string(), route: z.string(), status: z.int() });
const audited = z.looseObject({
  transaction: z.looseObject({
    response: z.looseObject({ http_code: z.int() }),
    messages: z.array(z.looseObject({ details: z.looseObject({ ruleId: z.string() }) })).default([]),
  }),
});

/** The rule that refuses because the score of the others is too high (CRS 3). */
const BLOCKING = '949110';
const EVERY = 500;
/** Series; the routes are the spec's, so only methods can grow, and those above are counted together. */
const MOST = 2000;

export async function startEdgeMetrics({ address, access, audit, collector }: EdgeMetricsOptions): Promise<Served> {
  const counts = new Map<string, number>();
  const [requests, verdicts] = [follow(access), follow(audit)];
  const spans = collector === undefined ? undefined : exportSpans(collector);
  const look = (): void => {
    for (const line of requests.lines().map(parsed)) {
      count(counts, requestSeries(line));
      spans?.add(line);
    }
    for (const line of verdicts.lines()) count(counts, wafSeries(parsed(line)));
    void spans?.flush();
  };
  const timer = setInterval(look, EVERY);
  const served = await serve(
    address,
    router([
      {
        method: 'GET',
        path: '/metrics',
        answer: () => {
          look();
          return text(counts);
        },
      },
      { method: 'GET', path: '/healthz', answer: () => ({ status: 'ok' }) },
    ]),
  );
  return {
    ...served,
    async close() {
      clearInterval(timer);
      await served.close();
    },
  };
}

function requestSeries(line: unknown): string | undefined {
  const found = request.safeParse(line).data;
  if (found === undefined) return undefined;
  const { host, method, route, status } = found;
  const labels = { host, method: /^[A-Z]{1,10}$/.test(method) ? method : 'other', path: route, status: String(status) };
  return `nginx_ingress_controller_requests${labelText(labels)}`;
}

/** `block`: the request was refused; `monitor`: it would have been. Matches below the threshold are `match`. */
function wafSeries(line: unknown): string | undefined {
  const transaction = audited.safeParse(line).data?.transaction;
  if (transaction === undefined || transaction.messages.length === 0) return undefined;
  const decided = transaction.messages.some(({ details }) => details.ruleId === BLOCKING);
  const refused = transaction.response.http_code === 403;
  return `waf_events_total${labelText({ waf_action: decided ? (refused ? 'block' : 'monitor') : 'match' })}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value
      .replaceAll('\\', String.raw`\\`)
      .replaceAll('"', String.raw`\"`)
      .replaceAll('\n', String.raw`\n`);
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}

function count(counts: Map<string, number>, series: string | undefined): void {
  if (series === undefined || (counts.size >= MOST && !counts.has(series))) return;
  counts.set(series, (counts.get(series) ?? 0) + 1);
}

function text(counts: ReadonlyMap<string, number>): string {
  const types = ['nginx_ingress_controller_requests', 'waf_events_total'].map((name) => `# TYPE ${name} counter`);
  const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([series, value]) => `${series} ${value}`);
  return `${[...types, ...lines].join('\n')}\n`;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
