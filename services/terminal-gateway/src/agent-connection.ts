/**
 * The gateway's WebSocket to one node agent: dialled at once, dialled again when it breaks, with backoff, until the window is over or nobody
 * needs it. What is said over it is its user's.
 */
import type { Agent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import {
  AGENT_PATH,
  AGENT_SUBPROTOCOL,
  GATEWAY_HEADER,
  MAX_AGENT_MESSAGE,
  MAX_FRAGMENTS,
} from '@launchgate/node-agent/protocol';
import type { Log } from '@launchgate/runtime/logging';
import { WebSocket, type ClientOptions } from 'ws';

/** How to reach an agent: own certificate, the authority, who it must be, and through which guard. */
export interface AgentTls extends SecureContextOptions {
  readonly agent?: Agent;
  readonly checkServerIdentity?: ConnectionOptions['checkServerIdentity'];
}

export interface AgentConnectionOptions {
  /** `ip:port` of the agent. */
  readonly address: string;
  /** Names this gateway process to agents. */
  readonly gateway: string;
  /** Certificates, and the agent (SSRF guard) that connects. Asked at each dial. */
  connect(): AgentTls;
  /** Whether the other end is a node agent, by its certificate. */
  isAgent(socket: Socket): boolean;
  /** How long a broken connection is dialled again, milliseconds. */
  readonly reconnectWindow: number;
  readonly log: Log;
}

export interface ConnectionUser {
  /** False: a connection that breaks is not dialled again. */
  readonly needed: boolean;
  /** Connected, for the first time or again. */
  up(): void;
  /** Throws on what is no message. */
  message(frame: Buffer): void;
  /** Broken; it is being dialled again. */
  down(): void;
  /** It could not be renewed within the window. */
  gone(): void;
}

/** The longest that a node may take to answer, milliseconds. */
export const ANSWER = 5000;
const FIRST_DELAY = 50;
const LAST_DELAY = 2000;
/** Between the close and the end of patience, milliseconds. */
const CLOSE_WAIT = 1000;

export class AgentConnection {
  readonly #options: AgentConnectionOptions;
  readonly #user: ConnectionUser;
  #socket: WebSocket;
  #brokenAt: number | undefined = performance.now();
  #delay = FIRST_DELAY;
  #timer: NodeJS.Timeout | undefined;
  #heard = true;
  #closed = false;

  constructor(options: AgentConnectionOptions, user: ConnectionUser) {
    this.#options = options;
    this.#user = user;
    this.#socket = this.#dial();
  }

  get ready(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** It has ended, by itself or by `close`: whoever needs the node needs a new one. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing happens while it is broken. */
  send(frame: Buffer): void {
    if (this.ready) this.#socket.send(frame);
  }

  /** Pings; a connection that has been silent since the last one is broken. */
  ping(): void {
    if (!this.ready) return;
    if (!this.#heard) return this.#socket.terminate();
    this.#heard = false;
    this.#socket.ping();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    socket.close(1000);
    setTimeout(() => socket.terminate(), CLOSE_WAIT).unref();
  }

  #dial(): WebSocket {
    const { address, log } = this.#options;
    const socket = new WebSocket(`wss://${address}${AGENT_PATH}`, AGENT_SUBPROTOCOL, {
      // The types of ws take checkServerIdentity for a boolean; it goes to node:tls as it is.
      ...(this.#options.connect() as object as ClientOptions),
      headers: { [GATEWAY_HEADER]: this.#options.gateway },
      perMessageDeflate: false,
      maxPayload: MAX_AGENT_MESSAGE,
      maxFragments: MAX_FRAGMENTS,
      handshakeTimeout: ANSWER,
      followRedirects: false,
    });
    socket.on('upgrade', ({ socket: peer }) => {
      if (this.#options.isAgent(peer)) return;
      log.error({ node_address: address }, 'who answers there is no node agent by its certificate');
      socket.terminate();
    });
    socket.on('open', () => this.#up());
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('pong', () => (this.#heard = true));
    socket.on('error', (error) => {
      log.warn({ node_address: address, err: error }, 'the connection to a node agent has failed');
    });
    socket.on('close', () => this.#down());
    return socket;
  }

  #up(): void {
    this.#brokenAt = undefined;
    this.#delay = FIRST_DELAY;
    this.#heard = true;
    this.#user.up();
  }

  #receive(frame: Buffer): void {
    if (!this.ready) return;
    this.#heard = true;
    try {
      this.#user.message(frame);
    } catch (error) {
      const { address, log } = this.#options;
      log.warn({ node_address: address, err: error }, 'a node agent has sent what is no message');
      this.#socket.close(1002, 'malformed message');
    }
  }

  #down(): void {
    if (this.#closed) return;
    if (this.#brokenAt === undefined) {
      this.#brokenAt = performance.now();
      this.#user.down();
    }
    if (performance.now() - this.#brokenAt > this.#options.reconnectWindow) this.#user.gone();
    if (!this.#user.needed) {
      this.#closed = true;
      return;
    }
    this.#timer = setTimeout(() => (this.#socket = this.#dial()), this.#delay * (0.5 + Math.random() / 2));
    this.#delay = Math.min(LAST_DELAY, this.#delay * 2);
  }
}
