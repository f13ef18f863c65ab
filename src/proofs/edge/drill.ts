/** What drills of the edge share: their steady state, and how a declared route is asked. */
import { authorityOf, type Edge, type EdgeAnswer } from '../../model/drill/edge.ts';
import { CannotTell, type Probe } from '../../model/drill/drill.ts';
import type { ServiceSpec } from '../../model/spec.ts';

export type DeclaredRoute = ServiceSpec['routes'][number];

/** The edge answers over TLS that a client trusts, on the public name of a service, and what it answers is no failure. */
export function edgeAnswers(service: string, during?: Probe['during']): Probe<'edge'> {
  return {
    name: `status of ${service} at the edge`,
    unit: 'status',
    timeoutMs: 10_000,
    tolerance: { atLeast: 200, atMost: 499 },
    ...(during === undefined ? {} : { during }),
    measure: async ({ target: { edge } }) => (await edge.ask(edge.host(service), NOWHERE)).status,
  };
}

/** A path that no platform declares. */
export const NOWHERE = '/launchgate-drill/nowhere';

/** Where a declared route is asked: what it says as its sample, else the path itself, and below a prefix something that may not exist. */
export function concretePath({ path, sample }: Pick<DeclaredRoute, 'path' | 'sample'>): string {
  return sample ?? path.replace(/\*$/, 'launchgate-drill');
}

/** Public host of a route at the target. */
export function hostOf(edge: Edge, service: string, { host }: Pick<DeclaredRoute, 'host'>): string {
  return host === undefined ? edge.host(service) : edge.hostFor(host);
}

/**
 * A refusal that the edge itself makes on this host: of a path that nobody declares, or, where pages of one file answer every path, of a method
 * that servers refuse (RFC 9110 §9.3.8).
 */
export async function ownRefusal(edge: Edge, host: string): Promise<EdgeAnswer> {
  const nowhere = await edge.ask(host, NOWHERE);
  if (nowhere.status >= 400) return nowhere;
  const traced = await edge.ask(host, NOWHERE, { method: 'TRACE' });
  if (traced.status >= 400) return traced;
  throw new CannotTell(
    `${host} answers everything, so that a refusal of the edge cannot be told from one of its service`,
  );
}

/** Whether the edge itself made this answer: its error pages differ from each other by the status alone. */
export function isEdgesOwn(answer: Pick<EdgeAnswer, 'status' | 'text'>, own: Pick<EdgeAnswer, 'text'>): boolean {
  return answer.status >= 400 && answer.status < 500 && shape(answer.text) === shape(own.text);
}

function shape(text: string): string {
  return text.replace(/\b[1-5]\d\d [A-Z][A-Za-z' -]*/g, 'STATUS').trim();
}

/** Head of an answer to bytes that were written by hand. */
export interface RawHead {
  readonly status: number;
  readonly text: string;
}

/** Where an answer's headers end: all that is waited for where a stream or a refusal follows. */
export const END_OF_HEAD = '\r\n\r\n';

/** Status of what came back; `undefined` where nothing did. */
export function headOf(text: string): RawHead | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : { status: Number(status), text: text.slice(text.indexOf('\r\n\r\n') + 4) };
}

/** Every answer that came on one connection, in order. Bodies are as they are on the wire. */
export function headsOf(text: string): RawHead[] {
  return text.split(/(?=HTTP\/1\.[01] \d{3} )/).flatMap((one) => headOf(one) ?? []);
}

/** A request as bytes, for streams that never end and upgrades. */
export function requestBytes(
  { place }: Edge,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): string {
  const lines = {
    Host: authorityOf(host, place.httpsPort),
    'User-Agent': 'launchgate-drill',
    Accept: '*/*',
    ...headers,
  };
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

export const UPGRADE: Readonly<Record<string, string>> = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'bGF1bmNoZ2F0ZS1kcmlsbA==',
};

/** Asks a declared route the way its protocol wants, and answers what came first: a stream is not waited for. */
export async function askRoute(
  edge: Edge,
  service: string,
  route: DeclaredRoute,
  path: string,
  credentials: Readonly<Record<string, string>> = {},
): Promise<Pick<EdgeAnswer, 'status' | 'text'>> {
  const host = hostOf(edge, service, route);
  if (route.protocol === 'sse' || route.protocol === 'websocket') {
    const headers = { ...credentials, ...(route.protocol === 'websocket' ? UPGRADE : { Connection: 'close' }) };
    const { text } = await edge.raw(host, [requestBytes(edge, host, path, headers)], {
      timeoutMs: STREAM_MS,
      until: END_OF_HEAD,
    });
    const head = headOf(text);
    if (head === undefined) throw new CannotTell(`${host}${path} answers nothing within ${STREAM_MS} ms`);
    return head;
  }
  const webhook = route.protocol === 'webhook';
  return edge.ask(host, path, {
    headers: { accept: '*/*', ...credentials },
    ...(webhook ? { method: 'POST', body: { launchgate: 'drill' } } : {}),
  });
}

/** What the beginning of a stream may take to arrive. */
const STREAM_MS = 5000;

/** Does it for all, so many at once, and answers in their order. The first that fails ends it. */
export async function eachOf<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: all.length });
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  return results;
}
