/** A real edge before real upstreams, for tests: nginx on free ports in a folder of its own, and TLS servers that drain as services do. */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { CertificateFiles, TestAuthority } from '../../../../../test/servers/certificates.ts';
import {
  freePort,
  serverFolder,
  startProcess,
  untilReady,
  type ServerProcess,
} from '../../../../../test/servers/process.ts';
import { nginxArguments, NGINX, testConfig, writeConfig } from './files.ts';
import type { EdgeConfig } from './types.ts';

export interface TestEdge {
  readonly folder: string;
  readonly config: EdgeConfig;
  readonly server: ServerProcess;
  /** Sends a request to a public name, over TLS that is verified. */
  ask(host: string, path: string, options?: Ask): Promise<Answer>;
  accessLog(): Record<string, unknown>[];
  stop(): Promise<void>;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type EdgeChoice = Pick<EdgeConfig, 'upstreams' | 'routes'> & Partial<EdgeConfig>;

export async function startEdge(authority: TestAuthority, choice: EdgeChoice): Promise<TestEdge> {
  const folder = serverFolder('edge', 'www-data');
  const hosts = [...new Set(choice.routes.map(({ host }) => host))];
  const files = await authority.issue('edge', { dns: [...hosts, 'localhost'] });
  const config: EdgeConfig = {
    generation: 1,
    address: '127.0.0.1',
    ports: { https: await freePort(), http: await freePort(), health: await freePort() },
    certificate: files,
    client: files,
    waf: { mode: 'block', paranoia: 1, sampling: 100 },
    rateLimits: true,
    connect: [],
    headers: { uriBytes: 8192, headerBytes: 16_384 },
    upstreamIdle: 0.6,
    workerShutdown: 20,
    ...choice,
  };
  writeConfig(folder, config);
  await testConfig(folder);
  const server = startProcess(folder, NGINX, nginxArguments(folder), { user: 'www-data' });
  await untilReady(server, async () => {
    const response = await fetch(`http://127.0.0.1:${config.ports.health}/livez`);
    if (!response.ok) throw new Error(String(response.status));
  });
  const agent = clientOf(authority, false);
  return {
    folder,
    config,
    server,
    ask: (host, path, options) => ask(agent, `https://${host}:${config.ports.https}${path}`, options),
    accessLog: () => linesOf(join(folder, 'logs/access.log')),
    stop: async () => {
      agent.destroy();
      await server.stop();
    },
  };
}

/** Resolves every name to loopback, as a browser does with `*.localhost`, which the C library does not. */
export const toLoopback: LookupFunction = (_name, { all }, done) =>
  all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

export function clientOf({ ca }: TestAuthority, keepAlive = true): Agent {
  return new Agent({ ca: readFileSync(ca), lookup: toLoopback, keepAlive });
}

/** One request; rejects when the connection fails, also in the middle of the answer. */
export function ask(agent: Agent, url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (response) => {
      text(response).then(
        (received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        reject,
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

function linesOf(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export interface TestUpstream {
  readonly address: string;
  readonly server: Server;
  /** Ends as the services do: `Connection: close` for `delay` milliseconds, then no new connections, then what is open ends. */
  drain(delay: number): Promise<void>;
  close(): Promise<void>;
}

/** A TLS server that accepts nobody without a certificate of the authority. */
export async function startUpstream(
  { ca }: TestAuthority,
  files: CertificateFiles,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<TestUpstream> {
  let leaving = false;
  const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key), ca: readFileSync(ca) };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (incoming, response) => {
    if (leaving) response.setHeader('Connection', 'close');
    handle(incoming, response);
  });
  server.keepAliveTimeout = 70_000;
  // Those that were upgraded are not the server's any more, and keep it from closing all the same.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    address: `127.0.0.1:${bound.port}`,
    server,
    async drain(delay) {
      leaving = true;
      await new Promise((resolve) => setTimeout(resolve, delay));
      await close();
    },
    async close() {
      const closed = close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
