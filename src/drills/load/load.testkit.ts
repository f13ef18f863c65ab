/** A plan of load for tests, and servers to send it to. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
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
export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
