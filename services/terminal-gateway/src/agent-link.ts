/**
 * The channels on the gateway's connection to one node agent. When it breaks they wait, and once it is back each is renewed at the byte where it
 * stopped, under the fence it had.
 */
import {
  FRAME,
  HEADER,
  POSITION,
  cut,
  exited,
  demandPosition,
  jsonFrame,
  killed,
  notice,
  opened,
  plainFrame,
  positionFrame,
  readJson,
  refused,
  type Exited,
  type Notice,
  type OpenRequest,
  type Opened,
  type Refused,
} from '@launchgate/node-agent/protocol';
import { ANSWER, AgentConnection, type AgentConnectionOptions, type ConnectionUser } from './agent-connection.ts';

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

/** A link without channels is closed after this, milliseconds. */
const UNUSED = 60_000;

export class AgentLink implements ConnectionUser {
  readonly #channels = new Map<number, ChannelUser>();
  /** Those of `#channels` that have asked for their session, and were not answered yet. */
  readonly #asking = new Set<number>();
  readonly #kills = new Map<number, (found: boolean) => void>();
  /** Those of `#kills` that wait for the connection. */
  readonly #unsent = new Map<number, Buffer>();
  #next = 1;
  #unusedSince = performance.now();
  readonly #connection: AgentConnection;

  constructor(options: AgentConnectionOptions) {
    this.#connection = new AgentConnection(options, this);
  }

  get ready(): boolean {
    return this.#connection.ready;
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  get needed(): boolean {
    return this.#channels.size > 0 || this.#kills.size > 0;
  }

  get unused(): boolean {
    return !this.needed && performance.now() - this.#unusedSince > UNUSED;
  }

  /** A channel for the session; the answer comes to the user. */
  open(user: ChannelUser): number {
    const channel = this.#next++;
    this.#channels.set(channel, user);
    if (this.ready) this.#ask(channel, user);
    return channel;
  }

  #ask(channel: number, user: ChannelUser): void {
    this.#asking.add(channel);
    this.#connection.send(jsonFrame(FRAME.open, channel, user.request()));
  }

  /** `frame` is a browser's: position and bytes. While the link is broken the browser keeps what is not acknowledged. */
  input(channel: number, frame: Buffer): void {
    const message = Buffer.allocUnsafe(HEADER + frame.length);
    message[0] = FRAME.input;
    message.writeUInt32BE(channel, 1);
    frame.copy(message, HEADER);
    this.#connection.send(message);
  }

  credit(channel: number, position: number): void {
    this.#connection.send(positionFrame(FRAME.credit, channel, position));
  }

  resize(channel: number, cols: number, rows: number): void {
    this.#connection.send(plainFrame(FRAME.resize, channel, cols, rows));
  }

  detach(channel: number): void {
    if (this.#channels.has(channel)) this.#connection.send(plainFrame(FRAME.detach, channel));
    this.#over(channel);
  }

  /** Ends a session on the node, whoever shows it. False when the node does not know it; rejects when it cannot be asked. */
  kill(session: string, reason: string): Promise<boolean> {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#kills.delete(number);
        this.#unsent.delete(number);
        reject(new Error('the node does not answer'));
      }, ANSWER);
      this.#kills.set(number, (found) => (clearTimeout(timer), this.#kills.delete(number), resolve(found)));
      const frame = jsonFrame(FRAME.kill, number, { session, reason });
      if (this.ready) this.#connection.send(frame);
      else this.#unsent.set(number, frame);
    });
  }

  ping(): void {
    this.#connection.ping();
  }

  close(): void {
    this.#connection.close();
  }

  up(): void {
    // Channel numbers are never used twice on a connection, and this is a new one: they may stay.
    for (const [channel, user] of this.#channels) this.#ask(channel, user);
    for (const frame of this.#unsent.values()) this.#connection.send(frame);
    this.#unsent.clear();
  }

  down(): void {
    for (const user of this.#channels.values()) user.unreachable();
  }

  gone(): void {
    const users = [...this.#channels.values()];
    this.#channels.clear();
    this.#asking.clear();
    for (const user of users) user.gone();
  }

  message(frame: Buffer): void {
    const number = frame.length < HEADER ? 0 : frame.readUInt32BE(1);
    const user = this.#channels.get(number);
    if (frame[0] === FRAME.output) {
      if (frame.length <= HEADER + POSITION) throw new Error('output without a byte');
      user?.output(frame.subarray(HEADER));
    } else this.#answer(number, user, frame);
  }

  #answer(number: number, user: ChannelUser | undefined, frame: Buffer): void {
    switch (frame[0]) {
      case FRAME.inputAck:
        return user?.inputTaken(demandPosition(frame));
      case FRAME.opened:
        return this.#opened(number, user, readJson(opened, frame));
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

  /** One answer to each request: each is told to the browser. */
  #opened(channel: number, user: ChannelUser | undefined, answer: Opened): void {
    if (user === undefined) return;
    if (!this.#asking.delete(channel)) throw new Error(`channel ${channel} was opened already`);
    user.opened(answer);
  }

  #over(channel: number): void {
    this.#channels.delete(channel);
    this.#asking.delete(channel);
    this.#unusedSince = performance.now();
  }
}
