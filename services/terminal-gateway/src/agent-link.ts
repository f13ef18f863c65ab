/**
 * The gateway's connection to one node agent, and the channels on it. When it breaks, the channels wait: it is dialled again until the window
 * is over, and each channel is renewed at the byte where it stopped, under the fence it had.
 */
import type { Agent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import type { Log } from '@launchgate/runtime/logging';
import { WebSocket, type ClientOptions } from 'ws';
import {
  AGENT_PATH,
  AGENT_SUBPROTOCOL,
  FRAME,
  GATEWAY_HEADER,
  HEADER,
  MAX_AGENT_MESSAGE,
  cut,
  exited,
  jsonFrame,
  killed,
  notice,
  opened,
  plainFrame,
  positionFrame,
  readJson,
  readPosition,
  refused,
  type Exited,
  type Notice,
  type OpenRequest,
  type Opened,
  type Refused,
} from '@launchgate/node-agent/protocol';

/** What shows a session: told by its link. */
export interface ChannelUser {
  /** The request as it has to be made now, also after the link was renewed. */
  request(): OpenRequest;
  opened(answer: Opened): void;
  /** A view of the message: position and bytes, as a browser gets them. */
  output(frame: Buffer): void;
  inputTaken(position: number): void;
  notice(notice: Notice): void;
  exited(exit: Exited): void;
  superseded(): void;
  refused(refusal: Refused): void;
  /** The link is broken; it is being dialled again. */
  unreachable(): void;
  /** It could not be renewed in time. */
  gone(): void;
}

/** How to reach an agent: own certificate, the authority, who it must be, and through which guard. */
export interface AgentTls extends SecureContextOptions {
  readonly agent?: Agent;
  readonly checkServerIdentity?: ConnectionOptions['checkServerIdentity'];
}

export interface AgentLinkOptions {
  /** `ip:port` of the agent. */
  readonly address: string;
  /** Names this gateway process to agents. */
  readonly gateway: string;
  /** Certificates, and the agent (SSRF guard) that connects. Asked at each dial. */
  connect(): AgentTls;
  /** Whether the other end is a node agent, by its certificate. */
  isAgent(socket: Socket): boolean;
  /** How long channels wait for a broken link, milliseconds. */
  readonly reconnectWindow: number;
  readonly log: Log;
}

/** A link without channels is closed after this, milliseconds. */
const UNUSED = 60_000;
const FIRST_DELAY = 50;
const LAST_DELAY = 2000;
const HANDSHAKE = 5000;

export class AgentLink {
  readonly address: string;
  readonly #options: AgentLinkOptions;
  readonly #channels = new Map<number, ChannelUser>();
  readonly #kills = new Map<number, (found: boolean) => void>();
  #socket: WebSocket | undefined;
  #next = 1;
  #brokenAt: number | undefined;
  #delay = FIRST_DELAY;
  #timer: NodeJS.Timeout | undefined;
  #unusedSince = Date.now();
  #heard = true;
  #closed = false;

  constructor(options: AgentLinkOptions) {
    this.address = options.address;
    this.#options = options;
    this.#brokenAt = Date.now();
    this.#dial();
  }

  get ready(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** It has ended, by itself or by `close`: whoever needs the node needs a new one. */
  get closed(): boolean {
    return this.#closed;
  }

  get unused(): boolean {
    return this.#channels.size === 0 && this.#kills.size === 0 && Date.now() - this.#unusedSince > UNUSED;
  }

  /** A channel for the session; the answer comes to the user. */
  open(user: ChannelUser): number {
    const channel = this.#next++;
    this.#channels.set(channel, user);
    if (this.ready) this.#send(jsonFrame(FRAME.open, channel, user.request()));
    return channel;
  }

  /** `frame` is a browser's: position and bytes. False when the link is broken: the browser keeps what is not acknowledged. */
  input(channel: number, frame: Buffer): boolean {
    if (!this.ready) return false;
    const message = Buffer.allocUnsafe(HEADER + frame.length);
    message[0] = FRAME.input;
    message.writeUInt32BE(channel, 1);
    frame.copy(message, HEADER);
    this.#send(message);
    return true;
  }

  credit(channel: number, position: number): void {
    this.#send(positionFrame(FRAME.credit, channel, position));
  }

  resize(channel: number, cols: number, rows: number): void {
    this.#send(plainFrame(FRAME.resize, channel, cols, rows));
  }

  detach(channel: number): void {
    if (this.#channels.delete(channel)) this.#send(plainFrame(FRAME.detach, channel));
    this.#unusedSince = Date.now();
  }

  /** Ends a session on the node, whoever shows it. False when the node does not know it; rejects when it cannot be asked. */
  kill(session: string, reason: string): Promise<boolean> {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => (this.#kills.delete(number), reject(new Error('the node does not answer'))),
        HANDSHAKE,
      );
      this.#kills.set(number, (found) => (clearTimeout(timer), this.#kills.delete(number), resolve(found)));
      const ask = () => this.#send(jsonFrame(FRAME.kill, number, { session, reason }));
      if (this.ready) ask();
      else this.#socket?.once('open', ask);
    });
  }

  /** Pings; a link that has been silent since the last one is broken. */
  ping(): void {
    if (!this.ready) return;
    if (!this.#heard) return this.#socket?.terminate();
    this.#heard = false;
    this.#socket?.ping();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    socket?.close(1000);
    setTimeout(() => socket?.terminate(), 1000).unref();
  }

  #send(frame: Buffer): void {
    if (this.ready) this.#socket?.send(frame);
  }

  #dial(): void {
    const socket = new WebSocket(`wss://${this.address}${AGENT_PATH}`, AGENT_SUBPROTOCOL, {
      // The types of ws take checkServerIdentity for a boolean; it goes to node:tls as it is.
      ...(this.#options.connect() as object as ClientOptions),
      headers: { [GATEWAY_HEADER]: this.#options.gateway },
      perMessageDeflate: false,
      maxPayload: MAX_AGENT_MESSAGE,
      handshakeTimeout: HANDSHAKE,
      followRedirects: false,
    });
    this.#socket = socket;
    socket.on('upgrade', ({ socket: peer }) => {
      if (this.#options.isAgent(peer)) return;
      this.#options.log.error({ node_address: this.address }, 'who answers there is no node agent by its certificate');
      socket.terminate();
    });
    socket.on('open', () => this.#up());
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('pong', () => (this.#heard = true));
    socket.on('error', (error) => {
      this.#options.log.warn({ node_address: this.address, err: error }, 'the connection to a node agent has failed');
    });
    socket.on('close', () => this.#down());
  }

  #up(): void {
    this.#brokenAt = undefined;
    this.#delay = FIRST_DELAY;
    this.#heard = true;
    // Channel numbers are never used twice on a connection, and this is a new one: they may stay.
    for (const [channel, user] of this.#channels) this.#send(jsonFrame(FRAME.open, channel, user.request()));
  }

  #down(): void {
    if (this.#closed) return;
    if (this.#brokenAt === undefined) {
      this.#brokenAt = Date.now();
      for (const user of this.#channels.values()) user.unreachable();
    }
    if (Date.now() - this.#brokenAt > this.#options.reconnectWindow) this.#giveUp();
    if (this.#channels.size === 0 && this.#kills.size === 0) {
      this.#closed = true;
      return;
    }
    this.#timer = setTimeout(() => this.#dial(), this.#delay * (0.5 + Math.random() / 2));
    this.#delay = Math.min(LAST_DELAY, this.#delay * 2);
  }

  #giveUp(): void {
    const users = [...this.#channels.values()];
    this.#channels.clear();
    for (const user of users) user.gone();
  }

  #receive(frame: Buffer): void {
    this.#heard = true;
    const number = frame.length < HEADER ? 0 : frame.readUInt32BE(1);
    const user = this.#channels.get(number);
    try {
      if (frame[0] === FRAME.output) user?.output(frame.subarray(HEADER));
      else this.#answer(number, user, frame);
    } catch (error) {
      this.#options.log.warn({ node_address: this.address, err: error }, 'a node agent has sent what is no message');
      this.#socket?.close(1002, 'malformed message');
    }
  }

  #answer(number: number, user: ChannelUser | undefined, frame: Buffer): void {
    switch (frame[0]) {
      case FRAME.inputAck:
        return user?.inputTaken(readPosition(frame, HEADER));
      case FRAME.opened:
        return user?.opened(readJson(opened, frame));
      case FRAME.notice:
        return user?.notice(readJson(notice, frame));
      case FRAME.killed:
        return this.#kills.get(number)?.(readJson(killed, frame).found);
      case FRAME.exit:
        return (this.#over(number), user?.exited(readJson(exited, frame)));
      case FRAME.cut:
        return (readJson(cut, frame), this.#over(number), user?.superseded());
      case FRAME.refused:
        return (this.#over(number), user?.refused(readJson(refused, frame)));
      default:
        throw new Error(`there is no message type ${frame[0]}`);
    }
  }

  #over(channel: number): void {
    this.#channels.delete(channel);
    this.#unusedSince = Date.now();
  }
}
