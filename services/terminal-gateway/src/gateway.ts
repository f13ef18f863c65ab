/** The gateway around its connections: who is let in, who is watched, who is recorded where. Everything it needs is an argument, so that three of them run in a test. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SILENT } from '@launchgate/runtime/logging';
import type { Opened } from '@launchgate/node-agent/protocol';
import { createAdmission } from './admission.ts';
import { ANSWER } from './agent-connection.ts';
import { createAgents, type Agents } from './agents.ts';
import type { ClientHost } from './client-host.ts';
import type { Client } from './client.ts';
import { createDirectory } from './directory.ts';
import type { GatewayOptions, PartName, Standing } from './gateway-options.ts';
import { createLeaving, type Leaving } from './leaving.ts';
import { NO_METRICS } from './metrics.ts';
import { CLOSE } from './protocol.ts';
import { createRate } from './rate.ts';
import type { SessionRecord } from './session-record.ts';
import { createSweep } from './sweep.ts';
import type { Bearer } from './tickets.ts';
import type { GateOptions } from './upgrade.ts';
import { DEFAULT_TIMEOUTS, watchClient } from './watch.ts';

export interface Gateway extends Pick<Leaving, 'state' | 'drain' | 'force'> {
  readonly clients: ReadonlySet<Client>;
  readonly agents: Agents;
  /** For `server.on('upgrade')`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Asks the deny-list about every session: at each change of it, and once in a while. */
  recheck(): void;
  /**
   * Asks it about the recorded sessions that nobody shows here, and ends those of whoever is revoked: a little after `recheck`, which leaves the others to
   * the gateways that show them, and once in a while. Reads the directory; never rejects.
   */
  sweep(): Promise<boolean>;
  /** Ends a session on any pod's screen. False when its node does not know it, undefined when nobody does. Rejects when its node does not answer, or may not be asked from here. */
  kill(session: string, reason: string): Promise<boolean | undefined>;
}

const TICK = 1000;
const AGENT_PING = 15_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { log = SILENT, metrics = NO_METRICS, sessionsPerPod = 400, closeWait = 5000, redisDeadline = 500 } = options;
  const off = new Set<PartName>(options.off);
  const reconnectWindow = options.agentReconnectWindow ?? 30_000;
  const timeouts = {
    ...DEFAULT_TIMEOUTS,
    opening: reconnectWindow + ANSWER,
    closing: 2 * closeWait,
    ...options.timeouts,
  };
  const clients = new Set<Client>();
  const directory = createDirectory({
    store: options.redis,
    sessionsPerUser: options.sessionsPerUser ?? 8,
    absolute: timeouts.absolute,
    detached: options.detachedTimeout ?? 900_000,
    deadline: redisDeadline,
  });
  const agents = createAgents({
    gateway: `${options.pod}/${randomBytes(6).toString('hex')}`,
    connect: () => options.connectAgent(),
    mayReach: (address, port) => options.mayReach(address, port),
    isAgent: (socket) => options.isAgent?.(socket) ?? true,
    reconnectWindow,
    pingEvery: AGENT_PING,
    log,
  });
  const standing = (bearer: Bearer, session: string): Standing =>
    off.has('denylist') ? 'good' : (options.standing?.(bearer, session) ?? 'good');
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
    pod: options.pod,
    takeToken: createRate(rate, rate * 2),
    hasRoom: () => clients.size + admission.entering <= sessionsPerPod,
    get draining() {
      return leaving.state !== 'ready';
    },
    standing,
  };
  const host: ClientHost = {
    metrics,
    flowControl: !off.has('flow-control'),
    resume: !off.has('resume'),
    get draining() {
      return leaving.state !== 'ready';
    },
    opened: remember,
    fenced,
    ended: forget,
    closed: (client) => void clients.delete(client),
  };
  const admission = createAdmission({
    gate,
    agents,
    host,
    closeWait,
    log,
    admitted: (client) => void clients.add(client),
  });
  const sweep = createSweep({
    directory,
    isRevoked: ({ bearer, session }) => standing(bearer, session) === 'revoked',
    isShown: (session) => [...clients].some(({ claims, state }) => claims.ses === session && state !== 'closing'),
    kill: end,
    log,
  });
  let renewedAt = performance.now();
  const ticker = setInterval(tick, TICK);
  const leaving = createLeaving({
    clients,
    entering: () => admission.entering,
    closeWait,
    abrupt: off.has('drain'),
    forced: metrics.forced,
    over: () => (clearInterval(ticker), agents.close()),
  });

  function tick(): void {
    const now = performance.now();
    for (const client of clients) watchClient(client, now, timeouts, host.flowControl);
    if (now - renewedAt < directory.renewEvery) return;
    renewedAt = now;
    renew();
  }

  function renew(): void {
    const shown = [...clients].filter(({ state }) => state === 'live').map(({ claims }) => claims);
    directory.renew(shown).catch((error: unknown) => {
      log.warn({ sessions: shown.length, err: error }, 'sessions could not be renewed; they may cease to count');
    });
  }

  function remember(client: Client, { created, gap }: Opened): void {
    const { claims } = client;
    metrics.opened('ok');
    leaving.joined(client);
    if (!created) metrics.resumed(gap !== undefined);
    const { ses: session, sub } = claims;
    directory.opened(session, sub).catch((error: unknown) => {
      log.warn(
        { session, err: error },
        'the opening of a session could not be noted; it is noted with its next renewal',
      );
    });
  }

  async function fenced({ claims: { ses: session }, fence }: Client, seen: number): Promise<boolean> {
    try {
      const forgotten = await directory.raise(session, fence, seen);
      if (forgotten)
        log.warn({ session, fence, seen }, 'Redis had forgotten the fence of a session; it is raised again');
      return forgotten;
    } catch {
      return false;
    }
  }

  function forget({ claims: { ses, sub } }: Client): void {
    directory.remove(ses, sub).catch((error: unknown) => {
      log.warn({ session: ses, err: error }, 'the record of an ended session could not be removed; it expires');
    });
  }

  function recheck(): void {
    for (const client of clients) {
      if (client.state === 'closing' || standing(client.claims, client.claims.ses) !== 'revoked') continue;
      log.warn(
        { session: client.claims.ses, user: client.claims.sub },
        'a session is ended: it, its user or token was revoked',
      );
      client.kill('revoked');
      client.close(CLOSE.policy, 'revoked', 'revoked');
    }
  }

  async function kill(session: string, reason: string): Promise<boolean | undefined> {
    const record = shownHere(session) ?? (await directory.find(session));
    return record === undefined ? undefined : await end(record, reason);
  }

  /** Known without Redis, which may be away, or may have forgotten it. */
  function shownHere(session: string): SessionRecord | undefined {
    const shown = [...clients].find(({ claims, state }) => claims.ses === session && state === 'live');
    if (shown === undefined) return undefined;
    const { node, nodeAddr } = shown.claims;
    return { session, node, nodeAddr, pod: options.pod, bearer: shown.claims };
  }

  async function end({ session, node, nodeAddr, bearer }: SessionRecord, reason: string): Promise<boolean> {
    const link = agents.link(nodeAddr);
    // Another gateway may reach it: of its shell nothing is known here, and its record stays.
    if (link === undefined) throw new Error(`node ${node} is outside of NODE_AGENT_CIDRS and NODE_AGENT_PORTS`);
    const found = await link.kill(session, reason);
    if (!found) await directory.remove(session, bearer.sub);
    return found;
  }

  return {
    get state() {
      return leaving.state;
    },
    clients,
    agents,
    upgrade: admission.upgrade,
    recheck,
    sweep,
    kill,
    drain: leaving.drain,
    force: leaving.force,
  };
}

/** Puts the gateway behind a server. */
export function serveTerminals(server: Server, gateway: Gateway): void {
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
}
