/**
 * The gateway around its connections: READY takes new ones, DRAINING refuses them and asks those that are there to go elsewhere, FORCED closes
 * what is left. Everything it needs is an argument, so that three of them run in a test.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { correlationOf } from '@launchgate/runtime/correlation';
import { SILENT, type Log } from '@launchgate/runtime/logging';
import { WebSocketServer } from 'ws';
import type { Opened } from '@launchgate/node-agent/protocol';
import type { AgentTls } from './agent-link.ts';
import { createAgents, type Agents } from './agents.ts';
import { Client, type ClientHost } from './client.ts';
import { createDirectory, type DirectoryStore } from './directory.ts';
import { NO_METRICS, type GatewayMetrics } from './metrics.ts';
import { CLOSE, MAX_INPUT, POSITION, SUBPROTOCOL } from './protocol.ts';
import { createRate } from './rate.ts';
import type { TicketClaims, TicketKey, TicketStore } from './tickets.ts';
import { judgeUpgrade, refuseUpgrade, type GateOptions } from './upgrade.ts';
import { DEFAULT_TIMEOUTS, watchClient, type Timeouts } from './watch.ts';

/** What may be switched off, in a lab, to see who notices. */
export const PARTS = ['drain', 'resume', 'ticket-single-use', 'origin-check', 'flow-control', 'denylist'] as const;
export type PartName = (typeof PARTS)[number];

export type Standing = 'good' | 'revoked' | 'unknown';

export interface GatewayOptions {
  readonly pod: string;
  readonly origins: readonly string[];
  readonly ticketKeys: () => readonly TicketKey[];
  /** Longest life of a ticket, seconds. */
  readonly ticketTtl?: number;
  readonly redis: TicketStore & DirectoryStore;
  /** How long Redis may take, milliseconds. */
  readonly redisDeadline?: number;
  readonly sessionsPerPod?: number;
  readonly sessionsPerUser?: number;
  readonly handshakesPerSecond?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** How long a browser may take to answer a close, milliseconds. */
  readonly closeWait?: number;
  /** How long sessions wait for a node that does not answer, milliseconds. */
  readonly agentReconnectWindow?: number;
  /** Whether a node may have this IP address, and its agent this port. */
  mayReach(address: string, port: number): boolean;
  /** Certificates for the connection to a node. */
  connectAgent(): AgentTls;
  /** Whether the other end of a connection is a node agent. Default: whoever the authority of `connectAgent` has signed. */
  isAgent?(socket: Socket): boolean;
  /** How what the ticket stands for is judged now: asked at each handshake, and by `recheck`. `unknown` lets nobody in, and ends nothing. */
  standing?(claims: TicketClaims): Standing;
  readonly off?: readonly PartName[];
  readonly metrics?: GatewayMetrics;
  readonly log?: Log;
}

export interface Gateway {
  readonly state: 'ready' | 'draining' | 'forced';
  readonly clients: ReadonlySet<Client>;
  readonly agents: Agents;
  /** For `server.on('upgrade')`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Asks the deny-list about every session: at each change of it, and once in a while. */
  recheck(): void;
  /** Ends a session on any pod's screen. False when its node does not know it, undefined when nobody does. */
  kill(session: string, reason: string): Promise<boolean | undefined>;
  /** Refuses new connections, announces, waits until all have gone or `window` ms have passed, closes the rest. */
  drain(options: { window: number; delay?: number }): Promise<void>;
  /** Closes everything now, with the close wait only. */
  force(): Promise<void>;
}

const TICK = 1000;
const AGENT_PING = 15_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { log = SILENT, metrics = NO_METRICS, sessionsPerPod = 400, closeWait = 5000, redisDeadline = 500 } = options;
  const off = new Set<PartName>(options.off);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const clients = new Set<Client>();
  let state: Gateway['state'] = 'ready';
  let announce: ((client: Client) => void) | undefined;
  /** Handshakes that have passed the cap and are not clients yet. */
  let entering = 0;
  const directory = createDirectory({
    store: options.redis,
    sessionsPerUser: options.sessionsPerUser ?? 8,
    absolute: timeouts.absolute,
    deadline: redisDeadline,
  });
  const agents = createAgents({
    gateway: `${options.pod}/${randomBytes(6).toString('hex')}`,
    connect: () => options.connectAgent(),
    mayReach: (address, port) => options.mayReach(address, port),
    isAgent: (socket) => options.isAgent?.(socket) ?? true,
    reconnectWindow: options.agentReconnectWindow ?? 30_000,
    pingEvery: AGENT_PING,
    log,
  });
  // Not yet among the types of ws 8.
  const closeTimeout = { closeTimeout: closeWait };
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_INPUT + POSITION,
    handleProtocols: () => SUBPROTOCOL,
    ...closeTimeout,
  });
  const standing = (claims: TicketClaims): Standing =>
    off.has('denylist') ? 'good' : (options.standing?.(claims) ?? 'good');
  const rate = options.handshakesPerSecond ?? 100;
  const gate: GateOptions = {
    origins: new Set(options.origins),
    checkOrigin: !off.has('origin-check'),
    tickets: {
      keys: options.ticketKeys,
      store: options.redis,
      maxAge: options.ticketTtl ?? 30,
      deadline: redisDeadline,
      singleUse: !off.has('ticket-single-use'),
    },
    directory,
    takeToken: createRate(rate, rate * 2),
    hasRoom: () => clients.size + entering <= sessionsPerPod,
    get draining() {
      return state !== 'ready';
    },
    standing,
  };
  const host: ClientHost = {
    metrics,
    flowControl: !off.has('flow-control'),
    resume: !off.has('resume'),
    get draining() {
      return state !== 'ready';
    },
    opened: remember,
    ended: forget,
    closed: (client) => void clients.delete(client),
  };
  const ticker = setInterval(tick, TICK);

  function tick(): void {
    const now = Date.now();
    for (const client of clients) watchClient(client, now, timeouts, host.flowControl);
  }

  function remember(client: Client, { created, gap }: Opened): void {
    const { ses, sub, tenant, node, nodeAddr } = client.claims;
    metrics.opened('ok');
    announce?.(client);
    if (!created) metrics.resumed(gap !== undefined);
    directory.record(ses, { user: sub, tenant, node, nodeAddr, pod: options.pod }).catch((error: unknown) => {
      log.warn({ session: ses, err: error }, 'a session could not be recorded; another gateway will not find it');
    });
  }

  function forget({ claims: { ses, sub } }: Client): void {
    directory.remove(ses, sub).catch((error: unknown) => {
      log.warn({ session: ses, err: error }, 'the record of an ended session could not be removed; it expires');
    });
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    entering += 1;
    void admit(request, socket, head).finally(() => (entering -= 1));
  }

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const answer = await judgeUpgrade(request, gate);
    if ('status' in answer) {
      metrics.refused(answer.because);
      log.info(
        { reason: answer.because, status: answer.status, address: request.socket.remoteAddress },
        'a terminal is refused',
      );
      return refuseUpgrade(socket, answer);
    }
    const { claims, fence, known } = answer;
    const requestId = correlationOf(request)?.requestId;
    const link = agents.link(claims.nodeAddr);
    if (link === undefined) {
      metrics.refused('node');
      log.error(
        { session: claims.ses, node: claims.node, node_address: claims.nodeAddr },
        'a ticket names a node outside of NODE_AGENT_CIDRS',
      );
      return refuseUpgrade(socket, { status: 403, because: 'node' });
    }
    if (socket.destroyed) return;
    const address = request.socket.remoteAddress ?? '';
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      clients.add(new Client(webSocket, { claims, fence, known, address, requestId, link, host }));
    });
  }

  function recheck(): void {
    for (const client of clients) {
      if (client.state === 'closing' || standing(client.claims) !== 'revoked') continue;
      log.warn(
        { session: client.claims.ses, user: client.claims.sub },
        'a session is ended: its user or token was revoked',
      );
      client.kill('revoked');
      client.close(CLOSE.policy, 'revoked', 'revoked');
    }
  }

  async function kill(session: string, reason: string): Promise<boolean | undefined> {
    const record = await directory.find(session);
    if (record === undefined) return undefined;
    const found = (await agents.link(record.nodeAddr)?.kill(session, reason)) ?? false;
    if (!found) await directory.remove(session, record.user);
    return found;
  }

  async function drain({ window, delay = 0 }: { window: number; delay?: number }): Promise<void> {
    if (off.has('drain')) {
      for (const client of clients) client.terminate('abrupt');
      return force();
    }
    if (state === 'ready') {
      state = 'draining';
      announce = announcement(window, delay, clients.size);
      for (const client of clients) announce(client);
    }
    const until = Date.now() + window;
    const waits = () => state === 'draining' && clients.size + entering > 0 && Date.now() < until;
    while (waits()) await sleep(20);
    await force();
  }

  async function force(): Promise<void> {
    state = 'forced';
    for (const client of clients) {
      metrics.forced();
      client.close(CLOSE.restart, 'restart', 'drain');
    }
    const until = Date.now() + closeWait;
    while (clients.size > 0 && Date.now() < until) await sleep(20);
    for (const client of clients) client.terminate('abrupt');
    clearInterval(ticker);
    agents.close();
  }

  return {
    get state() {
      return state;
    },
    clients,
    agents,
    upgrade,
    recheck,
    kill,
    drain,
    force,
  };
}

/** Tells a client when to go elsewhere: not all at once, and within half of the window, so that there is time for a second try. */
function announcement(window: number, delay: number, clients: number): (client: Client) => void {
  const deadline = Date.now() + window;
  const spread = Math.min(window / 2, Math.max(500, clients * 10));
  return (client) => {
    const reconnectAfter = Math.floor(delay + Math.random() * spread);
    client.tell({ type: 'drain', reason: 'restart', deadline, reconnectAfter });
  };
}

/** Puts the gateway behind a server. */
export function serveTerminals(server: Server, gateway: Gateway): void {
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
}
