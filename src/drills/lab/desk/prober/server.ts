/** Asks a URL once and says as metrics how it went, with the names of Prometheus's blackbox exporter, which Debian's release lacks. */
import { readFileSync } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { HttpError, router, serve, type Served } from '../http.ts';

export interface ProberOptions {
  readonly address: string;
  /** Authority that TLS targets must come from. */
  readonly ca: string;
  /** Shown to those that ask for one. */
  readonly cert: string;
  readonly key: string;
  /** Milliseconds for one question. */
  readonly timeout: number;
}

interface Found {
  readonly success: boolean;
  readonly status: number;
  readonly seconds: number;
  /** Seconds since the epoch; when the served certificate ends. */
  readonly certificateEnds?: number;
}

export function startProber(options: ProberOptions): Promise<Served> {
  return serve(
    options.address,
    router([
      {
        method: 'GET',
        path: '/probe',
        answer: async ({ query }) => metrics(await probe(targetOf(query.get('target')), options)),
      },
      { method: 'GET', path: '/healthz', answer: () => ({ status: 'ok' }) },
    ]),
  );
}

function targetOf(text: string | null): URL {
  const url = text === null ? null : URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new HttpError(400, 'target is not an http or https URL');
  return url;
}

/** Names under `localhost` are this machine (RFC 6761), which Debian's resolver does not know. */
export const lookupLocalhost: LookupFunction = (_name, { all }, done) =>
  all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

/** A status below 500 is an answer of what was asked: routes behind a login say 401 or 404. */
function probe(url: URL, { ca, cert, key, timeout }: ProberOptions): Promise<Found> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const local = url.hostname.endsWith('.localhost') ? { lookup: lookupLocalhost } : {};
  const common = { agent: false as const, signal: AbortSignal.timeout(timeout), ...local };
  return new Promise((resolve) => {
    const answered = (response: IncomingMessage): void => {
      const status = response.statusCode ?? 0;
      const ends = 'getPeerCertificate' in response.socket ? endOf(response.socket as TLSSocket) : undefined;
      response.destroy();
      resolve({
        success: status > 0 && status < 500,
        status,
        seconds: seconds(),
        ...(ends === undefined ? {} : { certificateEnds: ends }),
      });
    };
    const failed = (): void => resolve({ success: false, status: 0, seconds: seconds() });
    // Read anew each time: certificates are renewed while this runs.
    const tls = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
    const request =
      url.protocol === 'https:' ? getTls(url, { ...common, ...tls }, answered) : getPlain(url, common, answered);
    request.on('error', failed);
  });
}

function endOf(socket: TLSSocket): number | undefined {
  const end = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(end) ? undefined : end / 1000;
}

function metrics({ success, status, seconds, certificateEnds }: Found): string {
  return [
    `probe_success ${success ? 1 : 0}`,
    `probe_http_status_code ${status}`,
    `probe_duration_seconds ${seconds}`,
    ...(certificateEnds === undefined ? [] : [`probe_ssl_earliest_cert_expiry ${certificateEnds}`]),
    '',
  ].join('\n');
}
