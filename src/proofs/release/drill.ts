/** What drills of releases share: the load that customers would be, replicas replaced one after the other, and what customers saw of it. */
import { CannotTell } from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import type { Latency, LoadReport, LoadRequest } from '../../model/drill/load.ts';
import type { Parts, PartSettings } from '../../model/drill/parts.ts';
import type { People } from '../../model/drill/people.ts';
import { pause } from '../../model/drill/until.ts';
import type { Spec } from '../../model/spec.ts';
import { concretePath, hostOf, type DeclaredRoute } from '../edge/drill.ts';

type Service = Spec['services'][number];

/** Between two replicas: who sends requests hears of a readiness a moment later, from a health check or from the endpoints of a Service. */
const BETWEEN_MS = 1000;

/** Public routes of a service that answer a plain GET. */
export function askedRoutes({ routes }: Pick<Service, 'routes'>): DeclaredRoute[] {
  return routes.filter((route) => route.public && route.protocol === 'http' && route.auth !== 'mtls');
}

/** Services with such routes, of which one of them comes first if it is among them. */
export function askedServices({ services }: Spec, first?: string): Service[] {
  const asked = services.filter((service) => askedRoutes(service).length > 0);
  return asked.toSorted((one, other) => Number(other.name === first) - Number(one.name === first));
}

/** A customer's requests to these services. */
export async function customerRequests(
  edge: Edge,
  people: People,
  services: readonly Service[],
): Promise<LoadRequest[]> {
  const token = await people.token(people.names.customer);
  return services.flatMap((service) =>
    askedRoutes(service).map((route) => ({
      host: hostOf(edge, service.name, route),
      path: concretePath(route),
      headers: { accept: '*/*', ...(route.auth === 'jwt' ? { authorization: `Bearer ${token}` } : {}) },
    })),
  );
}

/** What customers saw of a load. */
export interface Seen {
  readonly sent: number;
  readonly failed: number;
  /** Failures by kind, in words: `502 x 3, reset x 1`. */
  readonly kinds: string;
  readonly latency: Latency;
}

/** What is replaced is away for seconds. Load that left up to so late has met it; latencies count from when it was due and only grow by it. */
const LATEST_MS = 500;

/** Statuses with which these requests are answered when nothing goes on: a route whose sample nobody gave may answer 404. */
export async function usualStatuses(edge: Edge, requests: readonly LoadRequest[]): Promise<ReadonlySet<number>> {
  const answers = await Promise.all(requests.map(({ host, path, headers = {} }) => edge.ask(host, path, { headers })));
  return new Set(answers.map(({ status }) => status));
}

interface Asked {
  readonly request: LoadRequest;
  readonly status: number;
}

/**
 * Those of a service's requests that it answers itself while nothing goes on. A redirect, to a login perhaps, is the word of whoever stands
 * before it, and a load of them shows nothing. Throws {@link CannotTell} where no other is left, and where one is refused.
 */
export async function answeredRequests(edge: Edge, requests: readonly LoadRequest[]): Promise<LoadRequest[]> {
  const asked = await Promise.all(
    requests.map(async (request): Promise<Asked> => {
      const { status } = await edge.ask(request.host, request.path, { headers: request.headers ?? {} });
      return { request, status };
    }),
  );
  const refused = asked.find(({ status }) => status >= 400 && status < 500);
  if (refused !== undefined)
    throw new CannotTell(`${wordsOfAsked(refused)} before any load: give its route a sample that is served`);
  const answered = asked.filter(({ status }) => status < 300 || status >= 400);
  if (answered.length === 0 && asked[0] !== undefined)
    throw new CannotTell(
      `${wordsOfAsked(asked[0])}, a redirect, before any load: give a route a sample that the service answers itself`,
    );
  return answered.map(({ request }) => request);
}

function wordsOfAsked({ request, status }: Asked): string {
  return `${request.host}${request.path} is answered ${status}`;
}

/**
 * Refusals that are not `usual` count as failures: a replica that does not know its callers yet and sends them to a login, a route that leads
 * nowhere for a moment. Throws {@link CannotTell} where the generator was the bottleneck or nothing was sent: such a load shows nothing.
 */
export function seenOf(report: LoadReport, usual: ReadonlySet<number>): Seen {
  demandSent(report);
  const failures = [...failuresOf(report), ...refusalsOf(report).filter(([status]) => !usual.has(Number(status)))];
  return {
    sent: report.sent,
    failed: failures.reduce((sum, [, count]) => sum + count, 0),
    kinds: wordsOf(failures),
    latency: report.latency,
  };
}

/** Throws {@link CannotTell} where customers are not served even before the drill changes anything: what fails later says nothing of the change. */
export function demandNoFailure(report: LoadReport): void {
  const failures = failuresOf(report);
  if (failures.length > 0)
    throw new CannotTell(`requests failed before anything was changed: ${wordsOf(failures)} of ${report.sent}`);
}

function demandSent({ sent, saturated, latestMs, errors }: LoadReport): void {
  if (sent === 0) throw new CannotTell('no request was sent');
  if (latestMs > LATEST_MS)
    throw new CannotTell(`the load generator was late by up to ${latestMs.toFixed(0)} ms: this machine is too busy`);
  // Without a port, or a moment to read answers in, what failed may have failed here.
  if (saturated && (errors['local'] ?? 0) + (errors['timeout'] ?? 0) > 0)
    throw new CannotTell('the load generator was the bottleneck: it had no port, or no time to read answers');
}

function failuresOf({ statuses, errors }: LoadReport): [kind: string, count: number][] {
  return [...Object.entries(statuses).filter(([status]) => Number(status) >= 500), ...Object.entries(errors)];
}

/** Redirects among them. A limit on the rate of requests is the load's doing. */
function refusalsOf({ statuses }: LoadReport): [status: string, count: number][] {
  return Object.entries(statuses).filter(([status]) => /^[34]/.test(status) && status !== '429');
}

function wordsOf(failures: readonly [kind: string, count: number][]): string {
  return failures.map(([kind, count]) => `${kind} x ${count}`).join(', ');
}

/** Statuses that are no failures of the platform, yet show that the load was not what it was meant to be. */
export function demandServed(report: LoadReport): void {
  const served = Object.entries(report.statuses).filter(([status]) => Number(status) < 400);
  const refused = Object.entries(report.statuses).filter(([status]) => Number(status) >= 400 && Number(status) < 500);
  if (served.length === 0 || refused.some(([, count]) => count > report.sent / 20))
    throw new CannotTell(
      `the load was refused, so it shows nothing: ${refused.map(([status, count]) => `${status} x ${count}`).join(', ') || 'nothing was served'}`,
    );
}

/** Replaces replicas one after the other, each once the one before is ready and proxies have noticed; milliseconds of the slowest. */
export async function roll(
  parts: Parts,
  replicas: readonly string[],
  { signal, settings }: { readonly signal: AbortSignal; readonly settings?: PartSettings },
): Promise<number> {
  let slowest = 0;
  for (const part of replicas) {
    signal.throwIfAborted();
    slowest = Math.max(slowest, await parts.restart(part, settings));
    await pause(BETWEEN_MS, signal);
  }
  return slowest;
}
