/** What a gateway is made of: its stores and certificates, its bounds, and what a lab may switch off. */
import type { Socket } from 'node:net';
import type { Log } from '@launchgate/runtime/logging';
import type { AgentTls } from './agent-connection.ts';
import type { DirectoryStore } from './directory.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Bearer, TicketKey, TicketStore } from './tickets.ts';
import type { Timeouts } from './watch.ts';

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
  /** How long nodes keep a shell that nobody looks at, milliseconds: so long a closed tab counts against its user's cap. */
  readonly detachedTimeout?: number;
  /** Whether a node may have this IP address, and its agent this port. */
  mayReach(address: string, port: number): boolean;
  /** Certificates for the connection to a node. */
  connectAgent(): AgentTls;
  /** Whether the other end of a connection is a node agent. Default: whoever the authority of `connectAgent` has signed. */
  isAgent?(socket: Socket): boolean;
  /**
   * How a terminal and who opened it are judged now: asked at each handshake with the claims of the ticket and the session, and by `recheck` and `sweep`.
   * `unknown` lets nobody in, and ends nothing.
   */
  standing?(bearer: Bearer, session: string): Standing;
  readonly off?: readonly PartName[];
  readonly metrics?: GatewayMetrics;
  readonly log?: Log;
}
