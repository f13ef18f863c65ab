/** One browser's connection: from its hello over the channel to the shell to its close. Output passes through as views, without JSON and without copies. */
import type { WebSocket } from 'ws';
import type { Exited, Notice, OpenRequest, Opened, Refused } from '@launchgate/node-agent/protocol';
import type { AgentLink, ChannelUser } from './agent-link.ts';
import { OutputQueue } from './output-queue.ts';
import { CLOSE, INPUT_WINDOW, MAX_INPUT, POSITION, parseControl, type CloseReason, type Control } from './protocol.ts';
import type { TicketClaims } from './tickets.ts';
import type { GatewayMetrics } from './metrics.ts';

/** What a client needs of the gateway around it. */
export interface ClientHost {
  readonly metrics: GatewayMetrics;
  /** False only for a drill: nothing is held back for a slow browser. */
  readonly flowControl: boolean;
  /** False only for a drill: a lost connection is the end of its shell. */
  readonly resume: boolean;
  readonly draining: boolean;
  opened(client: Client, answer: Opened): void;
  /** The shell has ended, or there is none. */
  ended(client: Client): void;
  closed(client: Client): void;
}

/** Output an agent may send beyond what the browser has acknowledged, whatever it promised; a node is not trusted with the gateway's memory. */
const MOST_UNACKNOWLEDGED = 1_048_576;
/** Messages in a second beyond which nobody types. */
const MOST_MESSAGES = 2000;

export class Client implements ChannelUser {
  readonly claims: TicketClaims;
  readonly openedAt = Date.now();
  readonly address: string;
  state: 'hello' | 'opening' | 'live' | 'closing' = 'hello';
  /** When the user last did something; milliseconds since the epoch. */
  inputAt = this.openedAt;
  /** Since when nothing of what waits has been consumed. */
  stalledSince = 0;
  pingedAt = this.openedAt;
  alive = true;
  /** Whether the notice of re-authentication was sent. */
  warned = false;

  readonly #socket: WebSocket;
  readonly #host: ClientHost;
  readonly #link: AgentLink;
  readonly #queue: OutputQueue;
  readonly #fence: number;
  readonly #requestId: string | undefined;
  readonly #known: boolean;
  #channel = 0;
  #cols = 80;
  #rows = 24;
  #lastSeq: number | undefined;
  #created = false;
  #ready = false;
  #next = 0;
  #acked = 0;
  #inputAcked = 0;
  #echoFrom = 0;
  #messages = 0;
  #seenAcked = 0;
  #seenBuffered = 0;
  #endedByUser = false;
  #reason: CloseReason | undefined;

  constructor(
    socket: WebSocket,
    options: {
      claims: TicketClaims;
      requestId: string | undefined;
      fence: number;
      known: boolean;
      address: string;
      link: AgentLink;
      host: ClientHost;
    },
  ) {
    this.#socket = socket;
    this.claims = options.claims;
    this.address = options.address;
    this.#requestId = options.requestId;
    this.#fence = options.fence;
    this.#known = options.known;
    this.#link = options.link;
    this.#host = options.host;
    this.#queue = new OutputQueue(socket);
    socket.on('message', (data: Buffer, binary: boolean) => this.#receive(data, binary));
    socket.on('pong', () => (this.alive = true));
    socket.on('error', () => (this.#reason ??= 'protocol'));
    socket.on('close', (code: number) => this.#closed(code));
  }

  /** Bytes sent and not yet acknowledged, or not even taken by the network. */
  get waiting(): number {
    return this.#next - this.#acked + this.#socket.bufferedAmount;
  }

  close(code: number, text: string, reason: CloseReason): void {
    if (this.state === 'closing') return;
    this.state = 'closing';
    this.#reason ??= reason;
    this.#socket.close(code, text);
  }

  /** Without any further word: the peer is gone, or had its time. */
  terminate(reason: CloseReason): void {
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  ping(now: number): void {
    this.pingedAt = now;
    this.alive = false;
    this.#socket.ping();
  }

  /** Ends the shell. The answer comes as its exit; a node that does not answer has its own timeouts. */
  kill(reason: string): void {
    void this.#link.kill(this.claims.ses, reason).catch(() => {});
  }

  /** Says something in band, ahead of queued output. */
  tell(message: object): void {
    if (this.state === 'live') this.#socket.send(JSON.stringify(message));
  }

  /** Once a second: whether the browser has taken anything since the last time. */
  look(now: number): void {
    this.#messages = 0;
    const { bufferedAmount } = this.#socket;
    const moved = this.#acked !== this.#seenAcked || bufferedAmount !== this.#seenBuffered;
    if (moved || this.waiting === 0) this.stalledSince = now;
    this.#seenAcked = this.#acked;
    this.#seenBuffered = bufferedAmount;
  }

  #receive(data: Buffer, binary: boolean): void {
    if (this.state === 'closing') return;
    this.alive = true;
    if (++this.#messages > MOST_MESSAGES) return this.close(CLOSE.policy, 'message rate', 'protocol');
    if (binary) return this.#input(data);
    const message = parseControl(data);
    if (message === undefined) return this.close(CLOSE.malformed, 'malformed message', 'protocol');
    this.#control(message);
  }

  #input(frame: Buffer): void {
    const length = frame.length - POSITION;
    if (this.state !== 'live' || length < 1 || length > MAX_INPUT)
      return this.close(CLOSE.malformed, 'malformed input', 'protocol');
    const end = frame.readUInt32BE(0) * 0x1_0000_0000 + frame.readUInt32BE(4) + length;
    if (end - this.#inputAcked > INPUT_WINDOW) return this.close(CLOSE.policy, 'input window', 'protocol');
    this.inputAt = Date.now();
    if (this.#echoFrom === 0) this.#echoFrom = performance.now();
    this.#host.metrics.input(length);
    this.#link.input(this.#channel, frame);
  }

  #control(message: Control): void {
    if ((message.type === 'hello') !== (this.state === 'hello') && message.type !== 'ping')
      return this.close(CLOSE.malformed, 'hello comes first, and once', 'protocol');
    switch (message.type) {
      case 'hello':
        return this.#hello(message);
      case 'ack':
        return this.#ack(message.seq);
      case 'resize':
        this.#cols = message.cols;
        this.#rows = message.rows;
        return this.#link.resize(this.#channel, message.cols, message.rows);
      case 'ping':
        return this.#socket.send(JSON.stringify({ type: 'pong', id: message.id }));
      case 'end':
        this.#endedByUser = true;
        return this.kill('ended by its user');
    }
  }

  #hello({ cols, rows, lastSeq }: Extract<Control, { type: 'hello' }>): void {
    this.#cols = cols;
    this.#rows = rows;
    this.#lastSeq = lastSeq;
    this.state = 'opening';
    this.#channel = this.#link.open(this);
  }

  request(): OpenRequest {
    const { ses, sub, tenant, node } = this.claims;
    const attach = this.#ready || this.#known || this.#lastSeq !== undefined;
    return {
      mode: attach ? 'attach' : 'open',
      session: ses,
      user: sub,
      node,
      fence: this.#fence,
      cols: this.#cols,
      rows: this.#rows,
      ...(tenant === undefined ? {} : { tenant }),
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
      ...(this.#ready ? { lastSeq: this.#next, acked: this.#acked } : {}),
      ...(!this.#ready && this.#lastSeq !== undefined ? { lastSeq: this.#lastSeq } : {}),
    };
  }

  opened(answer: Opened): void {
    if (this.#ready) return this.#renewed(answer);
    this.state = 'live';
    this.#ready = true;
    this.#created = answer.created;
    this.#next = this.#acked = answer.seq;
    this.#inputAcked = answer.inputSeq;
    this.stalledSince = Date.now();
    const { window, ...rest } = answer;
    this.tell({ type: 'ready', session: this.claims.ses, ...rest, window, inputWindow: INPUT_WINDOW });
    this.#host.opened(this, answer);
  }

  /** The link was broken and is back; what the browser sent meanwhile did not arrive. */
  #renewed({ seq, inputSeq }: Opened): void {
    if (seq !== this.#next) return this.close(CLOSE.internal, 'output was lost', 'agent');
    this.tell({ type: 'notice', code: 'agent-back', message: 'The node answers again.' });
    this.#inputAcked = inputSeq;
    this.tell({ type: 'inputAck', seq: inputSeq, resend: true });
  }

  output(frame: Buffer): void {
    const length = frame.length - POSITION;
    if (this.#echoFrom !== 0) this.#echo();
    this.#next += length;
    this.#host.metrics.output(length);
    if (!this.#host.flowControl) this.#link.credit(this.#channel, this.#next);
    else if (this.#next - this.#acked > MOST_UNACKNOWLEDGED)
      return this.close(CLOSE.internal, 'the node sends more than it may', 'agent');
    if (this.state === 'live') this.#queue.push(frame);
  }

  #echo(): void {
    this.#host.metrics.echo(performance.now() - this.#echoFrom);
    this.#echoFrom = 0;
  }

  #ack(seq: number): void {
    if (seq > this.#next) return this.close(CLOSE.malformed, 'acknowledged what was never sent', 'protocol');
    if (seq <= this.#acked) return;
    this.#acked = seq;
    this.#link.credit(this.#channel, seq);
  }

  inputTaken(position: number): void {
    this.#inputAcked = position;
    this.tell({ type: 'inputAck', seq: position });
  }

  notice(notice: Notice): void {
    this.tell({ type: 'notice', ...notice });
  }

  unreachable(): void {
    this.notice({ code: 'agent-unreachable', message: 'The node does not answer. Trying again.' });
  }

  gone(): void {
    this.close(CLOSE.agentGone, 'the node does not answer', 'agent');
  }

  exited(exit: Exited): void {
    this.#channel = 0;
    this.#host.ended(this);
    const finish = (): void => {
      this.#queue.onDrained = undefined;
      this.tell({ type: 'exit', ...exit });
      if (this.#endedByUser) this.close(CLOSE.normal, 'ended', 'exit');
      else this.close(...closeOf(exit));
    };
    if (this.#queue.empty) finish();
    else this.#queue.onDrained = finish;
  }

  superseded(): void {
    this.#channel = 0;
    if (this.#host.draining) this.close(CLOSE.restart, 'restart', 'drain');
    else this.close(CLOSE.superseded, 'taken over by a newer connection', 'superseded');
  }

  refused({ code, message }: Refused): void {
    this.#channel = 0;
    if (code === 'lost') this.#host.ended(this);
    if (code === 'fenced') return this.superseded();
    if (code === 'lost' || code === 'denied') return this.close(CLOSE.lost, 'session lost', 'lost');
    if (code === 'user-cap' || code === 'node-cap') return this.close(CLOSE.cap, message.slice(0, 120), 'lost');
    this.close(CLOSE.agentGone, message.slice(0, 120), 'agent');
  }

  #closed(code: number): void {
    this.state = 'closing';
    if (this.#channel !== 0) this.#link.detach(this.#channel);
    if (!this.#host.resume && this.#ready) this.kill('resume is off');
    if (!this.#ready) this.#host.metrics.opened(this.#reason === 'lost' ? 'refused' : 'error');
    this.#host.metrics.closed(this.#reason ?? (code === 1006 ? 'abrupt' : 'client'));
    this.#host.closed(this);
  }

  /** For the list of sessions. */
  describe(): object {
    const { ses, sub, tenant, node, nodeAddr } = this.claims;
    const { address, openedAt, state } = this;
    const [output, acknowledged] = [this.#next, this.#acked];
    return {
      session: ses,
      user: sub,
      tenant,
      node,
      nodeAddr,
      address,
      state,
      openedAt,
      inputAt: this.inputAt,
      created: this.#created,
      output,
      acknowledged,
    };
  }
}

function closeOf({ reason }: Exited): [code: number, text: string, reason: CloseReason] {
  if (reason === 'killed') return [CLOSE.killed, 'ended by an operator', 'killed'];
  if (reason === 'absolute') return [CLOSE.absolute, 'absolute age reached', 'absolute'];
  return [CLOSE.normal, reason, 'exit'];
}
