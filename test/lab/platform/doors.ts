/** The services' own doors, past the edge: with the certificate of whoever is said to come. */
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { ask, type Answer, type Call, type Platform } from './platform.ts';

export interface PeerTls {
  readonly ca: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** With the certificate of a part of the lab. */
export function tlsOf({ open: { lab }, ca }: Platform, part: string): PeerTls {
  const { cert, key } = lab.tls(part);
  return { ca, cert: readFileSync(cert), key: readFileSync(key) };
}

/** Asks a replica itself, as `peer` would: the edge, unless said otherwise. */
export function askAs(platform: Platform, part: string, path: string, call: Call, peer = 'edge'): Promise<Answer> {
  const port = platform.open.lab.port(part, 'https');
  return ask({ port, servername: 'localhost', path, method: call.method ?? 'GET', ...tlsOf(platform, peer) }, call);
}

export interface Ticket {
  readonly ticket: string;
  readonly session: string;
}

export async function takeTicket(platform: Platform, user: string, nodeId: string): Promise<Ticket> {
  const token = await platform.token(user);
  const made = await platform.api('/api/v1/terminal/tickets', { token, method: 'POST', body: { nodeId } });
  if (made.status !== 201) throw new Error(`a ticket answers ${made.status} ${made.text}`);
  return JSON.parse(made.text) as Ticket;
}

export interface Door {
  /** 101, or what the gateway answered instead. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  close(): void;
}

/** Knocks at a gateway with a ticket, as the edge would. */
export function knock(
  platform: Platform,
  gateway: string,
  { ticket, session }: Ticket,
  { peer = 'edge', headers = {} }: { peer?: string; headers?: Record<string, string> } = {},
): Promise<Door> {
  const socket = new WebSocket(
    `wss://localhost:${platform.open.lab.port(gateway, 'https')}/ws/terminal/${session}`,
    ['launchgate.terminal.v1', `ticket.${ticket}`],
    { ...tlsOf(platform, peer), headers, origin: `https://console.localhost:${platform.edge}` },
  );
  return new Promise((resolve, reject) => {
    const close = () => socket.terminate();
    socket.on('error', reject);
    socket.on('upgrade', ({ headers: answered }) => resolve({ status: 101, headers: answered, close }));
    socket.on('unexpected-response', (request, { statusCode = 0, headers: answered }) => {
      request.destroy();
      resolve({ status: statusCode, headers: answered, close });
    });
  });
}
