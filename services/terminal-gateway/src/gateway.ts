/** The gateway around its connections: who is let in, who is watched, who is recorded where. Everything it needs is an argument, so that three of them run in a test. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SILENT, type Log } from '@launchgate/runtime/logging';
import { createAdmission } from './admission.ts';
import { ANSWER } from './agent-connection.ts';
import { createAgents, type Agents } from './agents.ts';
import type { ClientHost } from './client-host.ts';
import type { Client } from './client.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createEnding } from './ending.ts';
import type { GatewayOptions, PartName, Standing } from './gateway-options.ts';
import { createLeaving, type Leaving } from './leaving.ts';
import { NO_METRICS, type GatewayMetrics } from './metrics.ts';
import { createRate } from './rate.ts';
import { createRecords, type Records } from './records.ts';
import { createSweep } from './sweep.ts';
import type { Bearer } from './tickets.ts';
import type { GateOptions } from './upgrade.ts';
import { DEFAULT_TIMEOUTS, watchClient, type Timeouts } from './watch.ts';

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
  const settings = settingsOf(options);
  const { metrics, log, off, timeouts, closeWait } = settings;
  const clients = new Set<Client>();
  const directory = directoryOf(options, settings);
  const agents = agentsOf(options, settings);
  const standing = (bearer: Bearer, session: string): Standing =>
    off.has('denylist') ? 'good' : (options.standing?.(bearer, session) ?? 'good');
  const isDraining = (): boolean => leaving.state !== 'ready';
  const records = createRecords({
    directory,
    pod: options.pod,
    clients,
    metrics,
    log,
    joined: (client) => leaving.joined(client),
  });
  const ending = createEnding({ clients, directory, agents, pod: options.pod, standing, log });
  const host = hostOf({ settings, records, isDraining, closed: (client) => void clients.delete(client) });
  const hasRoom = (): boolean => clients.size + admission.entering <= (options.sessionsPerPod ?? 400);
  const admission = createAdmission({
    gate: gateOf(options, { settings, directory, standing, hasRoom, isDraining }),
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
    kill: ending.end,
    log,
  });
  const ticker = setInterval(() => {
    const now = performance.now();
    for (const client of clients) watchClient(client, now, timeouts, host.flowControl);
    records.renewWhenDue(now);
  }, TICK);
  const leaving = createLeaving({
    clients,
    entering: () => admission.entering,
    closeWait,
    abrupt: off.has('drain'),
    forced: metrics.forced,
    over: () => (clearInterval(ticker), agents.close()),
  });
  return {
    get state() {
      return leaving.state;
    },
    clients,
    agents,
    upgrade: admission.upgrade,
    recheck: ending.recheck,
    sweep,
    kill: ending.kill,
    drain: leaving.drain,
    force: leaving.force,
  };
}

interface Settings {
  readonly log: Log;
  readonly metrics: GatewayMetrics;
  readonly off: ReadonlySet<PartName>;
  readonly timeouts: Timeouts;
  readonly closeWait: number;
  readonly redisDeadline: number;
  readonly reconnectWindow: number;
}

function settingsOf(options: GatewayOptions): Settings {
  const { log = SILENT, metrics = NO_METRICS, closeWait = 5000, redisDeadline = 500 } = options;
  const reconnectWindow = options.agentReconnectWindow ?? 30_000;
  const timeouts = {
    ...DEFAULT_TIMEOUTS,
    opening: reconnectWindow + ANSWER,
    closing: 2 * closeWait,
    ...options.timeouts,
  };
  return { log, metrics, off: new Set(options.off), timeouts, closeWait, redisDeadline, reconnectWindow };
}

function directoryOf(options: GatewayOptions, { timeouts, redisDeadline }: Settings): Directory {
  return createDirectory({
    store: options.redis,
    sessionsPerUser: options.sessionsPerUser ?? 8,
    absolute: timeouts.absolute,
    detached: options.detachedTimeout ?? 900_000,
    deadline: redisDeadline,
  });
}

function agentsOf(options: GatewayOptions, { reconnectWindow, log }: Settings): Agents {
  return createAgents({
    gateway: `${options.pod}/${randomBytes(6).toString('hex')}`,
    connect: () => options.connectAgent(),
    mayReach: (address, port) => options.mayReach(address, port),
    isAgent: (socket) => options.isAgent?.(socket) ?? true,
    reconnectWindow,
    pingEvery: AGENT_PING,
    log,
  });
}

interface GateParts extends Pick<GateOptions, 'standing' | 'hasRoom' | 'directory'> {
  readonly settings: Settings;
  isDraining(): boolean;
}

function gateOf(
  options: GatewayOptions,
  { settings, directory, standing, hasRoom, isDraining }: GateParts,
): GateOptions {
  const { off, redisDeadline } = settings;
  const rate = options.handshakesPerSecond ?? 100;
  return {
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
    hasRoom,
    get draining() {
      return isDraining();
    },
    standing,
  };
}

interface HostParts extends Pick<ClientHost, 'closed'> {
  readonly settings: Settings;
  readonly records: Records;
  isDraining(): boolean;
}

function hostOf({ settings: { metrics, off }, records, isDraining, closed }: HostParts): ClientHost {
  return {
    metrics,
    flowControl: !off.has('flow-control'),
    resume: !off.has('resume'),
    get draining() {
      return isDraining();
    },
    opened: records.opened,
    fenced: records.fenced,
    ended: records.ended,
    closed,
  };
}

/** Puts the gateway behind a server. */
export function serveTerminals(server: Server, gateway: Gateway): void {
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
}
