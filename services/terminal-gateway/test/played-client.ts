/** A client of the gateway on a socket, with a node and a host, that are played. */
import type { WebSocket } from 'ws';
import type { AgentLink } from '../src/agent-link.ts';
import type { ClientHost } from '../src/client-host.ts';
import { Client } from '../src/client.ts';
import { NO_METRICS } from '../src/metrics.ts';

const CLAIMS = { jti: 'j', sub: 'u-1', ses: 's-1', node: 'n', nodeAddr: '127.0.0.1:1', origin: 'o', exp: 0 };

export function playedClient(socket: unknown, ofHost: Partial<ClientHost>, ofLink: Partial<AgentLink>): Client {
  const host: Partial<ClientHost> = { metrics: NO_METRICS, flowControl: true, resume: true, ...ofHost };
  const link: Partial<AgentLink> = { open: () => 1, ...ofLink };
  return new Client(socket as WebSocket, {
    claims: { ...CLAIMS, iat: Math.floor(Date.now() / 1000) },
    requestId: undefined,
    fence: 1,
    known: false,
    address: '',
    link: () => link as AgentLink,
    host: host as ClientHost,
  });
}
