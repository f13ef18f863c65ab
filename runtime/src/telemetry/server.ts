/** `GET /metrics` on an address of its own, which the public never reaches. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `address` is `:9090` (every interface) or `host:port`, with an IPv6 host in brackets. */
export async function serveMetrics(
  metrics: Metrics,
  address: string | { readonly host?: string | undefined; readonly port: number },
): Promise<MetricsServer> {
  const { host, port } = typeof address === 'string' ? hostAndPort(address) : address;
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000 },
    (request, response) => void answer(metrics, request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer({ registry }: Metrics, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(path === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' }).end();
    return;
  }
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(request.method === 'HEAD' ? undefined : text);
  } catch {
    response.writeHead(500, { 'content-type': 'text/plain' }).end('a collector failed\n');
  }
}

function hostAndPort(address: string): { host: string | undefined; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s]*)):(\d{1,5})$/i.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new TypeError(`${JSON.stringify(address)} is no address; expected :PORT or HOST:PORT`);
  const host = match[1] ?? match[2];
  return { host: host === '' ? undefined : host, port };
}
