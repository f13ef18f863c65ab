/** A plan of load for tests, and servers to send it to. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Http2Server } from 'node:http2';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import type { LoadReport } from '../../model/drill/load.ts';
import { startGenerator } from './generator.ts';
import type { LoadPlan, PlannedRequest } from './plan.ts';

export const GET: PlannedRequest = {
  host: 'localhost',
  authority: 'localhost',
  path: '/',
  method: 'GET',
  headers: {},
  body: undefined,
};

export function planFor(port: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    protocol: 'http/1.1',
    address: '127.0.0.1',
    port,
    requests: [GET],
    perSecond: 100,
    connections: 10,
    timeoutMs: 5000,
    from: [],
    ...changes,
  };
}

/** Port of a server on loopback. */
export async function listening(server: TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What {@link endAll} does. */
export const ended: (() => void)[] = [];
/** Ends what a test has started. */
export function endAll(): void {
  for (const end of ended.splice(0)) end();
}

/** Port of the server, which ends with the test. */
export async function serve(server: Server | TcpServer | Http2Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
  });
  ended.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server as TcpServer);
}

/** What came of a plan that runs out by itself. */
export async function send(plan: LoadPlan): Promise<LoadReport> {
  const generator = await startGenerator(plan);
  ended.push(generator.end);
  await sleep((plan.seconds ?? 0) * 1000);
  return generator.stop();
}

/** PEM, for localhost. */
export async function certificate(): Promise<{ cert: string; key: string; ca: string }> {
  const files = await (await makeAuthority()).issue('localhost');
  const read = (path: string) => readFileSync(path, 'utf8');
  return { cert: read(files.cert), key: read(files.key), ca: read(files.ca) };
}

/** Requests without an answer. */
export const failures = ({ errors }: LoadReport) => Object.values(errors).reduce((sum, count) => sum + count, 0);
