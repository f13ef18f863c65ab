/** What a client's connection is given: who it is for, where its shell is, and the gateway around it. */
import type { Opened } from '@launchgate/node-agent/protocol';
import type { AgentLink } from './agent-link.ts';
import type { Client } from './client.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { TicketClaims } from './tickets.ts';

/** What a client needs of the gateway around it. */
export interface ClientHost {
  readonly metrics: GatewayMetrics;
  /** False only for a drill: nothing is held back for a slow browser. */
  readonly flowControl: boolean;
  /** False only for a drill: a lost connection is the end of its shell. */
  readonly resume: boolean;
  readonly draining: boolean;
  opened(client: Client, answer: Opened): void;
  /** Its node has seen the fence `seen`. True when nobody newer has the session: the next connection will be let in. */
  fenced(client: Client, seen: number): Promise<boolean>;
  /** The shell has ended, or there is none. */
  ended(client: Client): void;
  closed(client: Client): void;
}

export interface ClientOptions {
  readonly claims: TicketClaims;
  readonly requestId: string | undefined;
  readonly fence: number;
  /** Whether the session was open before: it is attached to, never made. */
  readonly known: boolean;
  readonly address: string;
  /** The link to its node as it is now: one that has closed meanwhile is replaced. Undefined where it may not be reached. */
  link(): AgentLink | undefined;
  readonly host: ClientHost;
}
