/** A TCP proxy in front of one server, which does to its connections what it is told. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { WireFault } from '../../../model/drill/faults.ts';
import { proxyConnection, type ProxiedConnection } from './connection.ts';

export interface Traffic {
  readonly connections: number;
  readonly open: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface FaultProxy {
  readonly port: number;
  set(fault: WireFault): void;
  traffic(): Traffic;
  /** Resets what is open and listens no more. */
  close(): Promise<void>;
}

/** Listens on a free port of `host`; passes everything on until it is told otherwise. */
export async function startProxy(host: string, port: number): Promise<FaultProxy> {
  const open = new Set<ProxiedConnection>();
  const bytes = { up: 0, down: 0 };
  let fault: WireFault = {};
  let connections = 0;
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    connections++;
    const connection = proxyConnection({
      client,
      server: { host, port },
      fault: () => fault,
      passed: (direction, count) => void (bytes[direction] += count),
      over: () => void open.delete(connection),
    });
    open.add(connection);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      fault = next;
      for (const connection of open) connection.changed();
    },
    traffic: () => ({ connections, open: open.size, bytesUp: bytes.up, bytesDown: bytes.down }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const connection of open) connection.end();
      await closed;
    },
  };
}
