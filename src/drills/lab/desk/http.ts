/** What the desk's programs share: a small HTTP server with routes by pattern, bodies with a limit, errors as JSON. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createGunzip } from 'node:zlib';
import { timingSafeEqual, createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  body(): Promise<Buffer>;
  json(): Promise<unknown>;
}

/** An object is sent as JSON; text as text/plain; undefined as 204. */
export type Answered = object | string | undefined;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/v1/pages/:id`. */
  readonly path: string;
  answer(asked: Asked): Promise<Answered> | Answered;
}

/** An answer that is not 200. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LARGEST_BODY = 8 * 1024 * 1024;

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export function router(routes: readonly Route[]): Handler {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return (request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://desk');
    if (url === null) return send(response, 400, { error: 'the address is none' });
    const matches = compiled.flatMap(({ route, pattern }) => {
      const params = pattern.exec(url.pathname)?.groups;
      return pattern.test(url.pathname) ? [{ route, params: { ...params } }] : [];
    });
    const found = matches.find(({ route }) => route.method === request.method);
    if (found === undefined) {
      send(response, matches.length > 0 ? 405 : 404, {
        error: matches.length > 0 ? 'method not allowed' : 'not found',
      });
      return;
    }
    void answer(found.route, { params: decoded(found.params), query: url.searchParams }, request, response);
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:([a-z]+)/g, '(?<$1>[^/]+)')}$`);
}

function decoded(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      try {
        return [key, decodeURIComponent(value)];
      } catch {
        return [key, value];
      }
    }),
  );
}

async function answer(
  route: Route,
  place: Pick<Asked, 'params' | 'query'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (): Promise<Buffer> => readBody(request);
  const json = async (): Promise<unknown> => {
    try {
      return JSON.parse((await body()).toString('utf8'));
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw new HttpError(400, 'expected JSON');
    }
  };
  try {
    const result = await route.answer({ ...place, headers: request.headers, body, json });
    send(response, result === undefined ? 204 : 200, result);
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    send(response, status, { error: error instanceof Error ? error.message : 'failed' });
  }
}

function send(response: ServerResponse, status: number, value: Answered): void {
  if (response.headersSent) return;
  const text = typeof value === 'string' ? value : value === undefined ? '' : `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': typeof value === 'string' ? 'text/plain' : 'application/json' });
  response.end(text);
}

/** At most 8 MiB, also after it was unpacked. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const packed = request.headers['content-encoding'];
  if (packed !== undefined && packed !== 'gzip' && packed !== 'identity')
    throw new HttpError(415, 'expected gzip or none');
  const stream: Readable = packed === 'gzip' ? pipeline(request, createGunzip(), () => undefined) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST_BODY) throw new HttpError(413, 'the body is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpError ? error : new HttpError(400, 'the body could not be read');
  }
  return Buffer.concat(chunks);
}

/** Throws 401 unless the request bears the token. Hashes are compared, so that neither length nor content shows in the time. */
export function demandToken({ headers }: Asked, token: string): void {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(hash(given), hash(token))) throw new HttpError(401, 'expected the bearer token');
}

export interface Served {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on `host:port`, with TLS where a certificate is given. */
export async function serve(
  address: string,
  handle: Handler,
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<Served> {
  const server = tls === undefined ? createServer(handle) : createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, handle);
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const split = address.lastIndexOf(':');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(address.slice(split + 1)), address.slice(0, split), resolve);
  });
  const bound = server.address();
  return {
    server,
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
