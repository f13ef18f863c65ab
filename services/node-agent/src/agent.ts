/** The agent as a server: one mTLS WebSocket per gateway, and behind them the shells. Everything it needs is an argument, so that it runs in a test too. */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { TlsOptions } from 'node:tls';
import { answerUpgrade, handshakeFault, type HandshakeFault } from '@launchgate/runtime/lifecycle';
import { mayCall, peerIdentity } from '@launchgate/runtime/mtls';
import { WebSocketServer, type WebSocket } from 'ws';
import { acceptGateway, type Connection } from './connection.ts';
import { ownAccount, type ShellAccount } from './environment.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { SILENT, type Log } from '@launchgate/runtime/logging';
import { NO_METRICS, type AgentMetrics } from './metrics.ts';
import { AGENT_PATH, AGENT_SUBPROTOCOL, GATEWAY_HEADER, MAX_FRAGMENTS, MAX_GATEWAY_MESSAGE } from './protocol.ts';
import type { RecordingPolicy } from './recorder.ts';
import { createSessions, type Sessions } from './sessions.ts';

export interface AgentOptions {
  /** The id of the node, which tickets name; with one, tickets for another node are refused. */
  readonly node?: string | undefined;
  /** Certificate, key and the authority of the gateways' certificates. */
  readonly tls: TlsOptions;
  /** SPIFFE ids that may connect. */
  readonly gateways: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly account?: ShellAccount;
  readonly recording?: RecordingPolicy | undefined;
  /** Between two pings, milliseconds; a gateway silent for three of them is cut off. */
  readonly pingEvery?: number;
  readonly metrics?: AgentMetrics;
  readonly log?: Log;
}

export interface Agent {
  readonly server: Server;
  readonly sessions: Sessions;
  readonly gateways: number;
  /** Tells gateways, ends the shells, closes. */
  stop(): Promise<void>;
}

/** How long a gateway may take to answer a close, milliseconds. */
const CLOSE_WAIT = 1000;
const GATEWAY_NAME = /^[A-Za-z0-9._/-]{1,200}$/;

export function createAgent(options: AgentOptions): Agent {
  const { log = SILENT, metrics = NO_METRICS, node } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const account = options.account ?? ownAccount();
  const sessions = createSessions({ node, limits, account, recording: options.recording, metrics, log });
  const connections = new Map<string, Connection>();
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_GATEWAY_MESSAGE,
    maxFragments: MAX_FRAGMENTS,
    handleProtocols: () => AGENT_SUBPROTOCOL,
  });
  const server = createServer({ ...options.tls, requestCert: true, rejectUnauthorized: true }, (_request, response) => {
    response.writeHead(426, { connection: 'upgrade, close', upgrade: 'websocket' }).end();
  });
  const reaper = setInterval(reap, options.pingEvery ?? 15_000);
  const silent = new WeakMap<WebSocket, number>();

  function reap(): void {
    for (const socket of sockets.clients) {
      const count = (silent.get(socket) ?? 0) + 1;
      silent.set(socket, count);
      if (count > 3) socket.terminate();
      else socket.ping();
    }
  }

  function terminateAll(): void {
    for (const socket of sockets.clients) socket.terminate();
  }

  server.on('upgrade', (request, socket, head) => {
    const fault = judge(request, options.gateways);
    if (fault !== undefined) {
      log.warn({ refusal: fault.status, address: request.socket.remoteAddress }, 'a connection is refused');
      return answerUpgrade(socket, refused(fault));
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      welcome(webSocket, String(request.headers[GATEWAY_HEADER])),
    );
  });

  function welcome(webSocket: WebSocket, gateway: string): void {
    const heard = () => void silent.set(webSocket, 0);
    webSocket.on('pong', heard);
    webSocket.on('message', heard);
    webSocket.on('error', (error) => log.warn({ gateway, err: error }, 'the connection of a gateway has failed'));
    connections.get(gateway)?.close(4409, 'replaced by a newer connection');
    const connection = acceptGateway(webSocket, gateway, sessions, log);
    connections.set(gateway, connection);
    log.info({ gateway }, 'a gateway has connected');
    webSocket.on('close', (code) => {
      if (connections.get(gateway) === connection) connections.delete(gateway);
      log.info({ gateway, code }, 'a gateway has gone');
    });
  }

  return {
    server,
    sessions,
    get gateways() {
      return connections.size;
    },
    async stop() {
      await sessions.stop();
      clearInterval(reaper);
      for (const connection of connections.values()) connection.close(1001, 'the agent stops');
      const closed = new Promise<void>((done) => server.close(() => done()));
      const patience = setTimeout(terminateAll, CLOSE_WAIT);
      await closed;
      clearTimeout(patience);
    },
  };
}

type Refusal = Pick<HandshakeFault, 'headers'> & { readonly status: number };

function judge(request: IncomingMessage, gateways: readonly string[]): Refusal | undefined {
  if (!mayCall(peerIdentity(request.socket), gateways)) return refusal(403);
  if (request.url !== AGENT_PATH) return refusal(404);
  const fault = handshakeFault(request);
  if (fault !== undefined) return fault;
  if (request.headers['sec-websocket-protocol'] !== AGENT_SUBPROTOCOL) return refusal(400);
  return GATEWAY_NAME.test(String(request.headers[GATEWAY_HEADER])) ? undefined : refusal(400);
}

function refusal(status: number): Refusal {
  return { status, headers: {} };
}

function refused({ status, headers }: Refusal): string {
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': '0' });
  return `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
