/** The page's own client over real connections. */
import { onTestFinished } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import { TerminalClient } from '../client/client.ts';
import type { ClientOptions } from '../client/options.ts';
import { ORIGIN, type Platform } from './platform.ts';

export interface PageOptions extends Pick<ClientOptions, 'output' | 'status'> {
  /** Of the node. */
  readonly address: string;
  /** Of the gateway to connect to next. */
  port(): number;
}

/** A page that shows session `s-1`, until the test is over. */
export function openPage(platform: Platform, { address, port, output, status }: PageOptions): TerminalClient {
  const client = new TerminalClient({
    ticket: async () => {
      const url = `wss://localhost:${port()}/ws/terminal/s-1`;
      return { ticket: await platform.ticket('s-1', address), session: 's-1', url };
    },
    output,
    status,
    size: { cols: 80, rows: 24 },
    random: () => 0.05,
    socket(url, protocols) {
      const socket = new NodeSocket(url, protocols, { ca: platform.ca, origin: ORIGIN });
      // A gateway that leaves refuses with 503: to a page that is a close, and to Node an error that somebody must hear.
      socket.on('error', () => undefined);
      return socket as unknown as WebSocket;
    },
  });
  onTestFinished(() => client.close());
  client.start();
  return client;
}
