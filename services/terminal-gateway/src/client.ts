/** One browser's connection: from its hello over the channel to the shell to its close. Output passes through as views, without JSON and without copies. */
import type { WebSocket } from 'ws';
import type { Exited, Notice, OpenRequest, Opened, Refused } from '@launchgate/node-agent/protocol';
import type { AgentLink, ChannelUser } from './agent-link.ts';
import { ClientAnswers } from './client-answers.ts';
import type { ClientHost, ClientOptions } from './client-host.ts';
import { ClientInput } from './client-input.ts';
import { ClientOutput } from './client-output.ts';
import { closeOfExit, closeOfRefusal, type Close } from './closes.ts';
import { CLOSE, INPUT_WINDOW, POSITION, type CloseReason, type Control } from './protocol.ts';
import type { TicketClaims } from './tickets.ts';

/** Bytes of output of which the acknowledgement is no message too many. */
const ACKNOWLEDGED = 8192;
const ENDED: Close = [CLOSE.normal, 'ended', 'exit'];
/** Ends before a shell was shown that are no failure of the platform. */
const REFUSED = new Set<CloseReason | undefined>(['lost', 'protocol']);

export class Client implements ChannelUser {
  readonly claims: TicketClaims;
  /** Times are of `performance.now()`, which nobody sets. */
  readonly openedAt = performance.now();
  /** When its ticket was issued: by the clock of the wall the moment it came in, and never asked of that clock again. */
  readonly issuedAt: number;
  state: 'hello' | 'opening' | 'live' | 'closing' = 'hello';
  /** When the user last did something. */
  inputAt = this.openedAt;
  pingedAt = this.openedAt;
  /** When its node was asked for the shell. */
  askedAt = this.openedAt;
  alive = true;
  /** Since when it is seen closing. */
  closingAt: number | undefined;
  /** Whether its shell was begun for it. */
  created = false;
  /** Whether the notice of re-authentication was sent. */
  warned = false;

  readonly #socket: WebSocket;
  readonly #options: ClientOptions;
  readonly #host: ClientHost;
  /** From the hello on. */
  #link!: AgentLink;
  readonly #input: ClientInput;
  readonly #output: ClientOutput;
  readonly #answers: ClientAnswers;
  #channel = 0;
  #size = { cols: 80, rows: 24 };
  #lastSeq: number | undefined;
  #ready = false;
  #echoFrom = 0;
  #endedByUser = false;
  #reason: CloseReason | undefined;

  constructor(socket: WebSocket, options: ClientOptions) {
    const { claims, host } = options;
    this.#socket = socket;
    this.#options = options;
    this.claims = claims;
    this.issuedAt = this.openedAt - Math.max(0, Date.now() - claims.iat * 1000);
    this.#host = host;
    this.#answers = new ClientAnswers(socket);
    this.#output = new ClientOutput(socket, {
      flowControl: host.flowControl,
      credit: (position) => this.#link.credit(this.#channel, position),
    });
    this.#input = new ClientInput({
      input: (frame, length) => this.#type(frame, length),
      control: (message) => this.#control(message),
      violation: (code, text) => this.close(code, text, 'protocol'),
    });
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (this.state === 'closing') return;
      this.alive = true;
      this.#input.receive(data, binary, this.state === 'live');
    });
    socket.on('pong', () => (this.alive = true));
    socket.on('error', () => (this.#reason ??= 'protocol'));
    socket.on('close', (code: number) => this.#closed(code));
  }

  get fence(): number {
    return this.#options.fence;
  }

  get address(): string {
    return this.#options.address;
  }

  close(code: number, text: string, reason: CloseReason): void {
    if (this.state === 'closing') return;
    this.state = 'closing';
    this.#reason ??= reason;
    try {
      this.#socket.close(code, text);
    } catch {
      this.#socket.terminate();
    }
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
    void this.#options
      .link()
      ?.kill(this.claims.ses, reason)
      .catch(() => {});
  }

  /** Says something in band, ahead of queued output. */
  tell(message: object): void {
    if (this.state === 'live') this.#socket.send(JSON.stringify(message));
  }

  /** Once a second. */
  look(now: number): void {
    this.#input.look();
    this.#output.look(now);
    if (this.state === 'live') this.#answers.look();
  }

  /** Positions after what the browser was sent, and after what it has acknowledged. */
  get sent(): Readonly<Record<'next' | 'acked', number>> {
    return this.#output;
  }

  /** Bytes sent and not yet consumed. */
  get waiting(): number {
    return this.#output.waiting;
  }

  /** Milliseconds in which the browser has consumed nothing of what waits for it. */
  stalled(now: number): number {
    return this.#output.stalled(now);
  }

  #type(frame: Buffer, length: number): void {
    this.inputAt = performance.now();
    if (this.#echoFrom === 0) this.#echoFrom = performance.now();
    this.#host.metrics.input(length);
    this.#link.input(this.#channel, frame);
  }

  #control(message: Control): void {
    switch (message.type) {
      case 'hello':
        return this.#hello(message);
      case 'ack':
        return this.#acknowledge(message.seq);
      case 'resize':
        this.#size = { cols: message.cols, rows: message.rows };
        return this.#link.resize(this.#channel, message.cols, message.rows);
      case 'ping':
        return this.#answers.pong(message.id);
      case 'end':
        this.#endedByUser = true;
        return this.kill('ended by its user');
    }
  }

  #acknowledge(position: number): void {
    const before = this.#output.acked;
    if (!this.#output.acknowledge(position))
      return this.close(CLOSE.malformed, 'acknowledged what was never sent', 'protocol');
    // Who reads fast has much to acknowledge; what was sent to it is the bound of that.
    if (this.#output.acked - before >= ACKNOWLEDGED) this.#input.forgive();
  }

  #hello({ cols, rows, lastSeq }: Extract<Control, { type: 'hello' }>): void {
    this.#size = { cols, rows };
    this.#lastSeq = lastSeq;
    // Not at the handshake: a link that nobody uses may have closed since.
    const link = this.#options.link();
    if (link === undefined) return this.gone();
    this.state = 'opening';
    this.askedAt = performance.now();
    this.#link = link;
    this.#channel = link.open(this);
  }

  request(): OpenRequest {
    const { ses, sub, tenant, node } = this.claims;
    const { fence, known, requestId } = this.#options;
    const { next, acked } = this.#output;
    const from = this.#ready ? { lastSeq: next, acked } : { lastSeq: this.#lastSeq };
    const mode = known || from.lastSeq !== undefined ? 'attach' : 'open';
    return { mode, session: ses, user: sub, tenant, node, fence, requestId, ...this.#size, ...from };
  }

  opened(answer: Opened): void {
    if (this.#ready) return this.#renewed(answer);
    // It came too late; the channel goes with the connection.
    if (this.state === 'closing') return;
    this.state = 'live';
    this.#ready = true;
    this.created = answer.created;
    this.#output.begin(answer.seq);
    this.#input.taken = answer.inputSeq;
    const { window, ...rest } = answer;
    this.tell({ type: 'ready', session: this.claims.ses, ...rest, window, inputWindow: INPUT_WINDOW });
    this.#host.opened(this, answer);
  }

  /** The link was broken and is back; what the browser sent meanwhile did not arrive. */
  #renewed({ seq, inputSeq }: Opened): void {
    if (seq !== this.#output.next) return this.close(CLOSE.internal, 'output was lost', 'agent');
    this.notice({ code: 'agent-back', message: 'The node answers again.' });
    this.#input.taken = inputSeq;
    if (this.state === 'live') this.#answers.resend(inputSeq);
  }

  output(frame: Buffer): void {
    if (this.#echoFrom !== 0) this.#echo();
    this.#host.metrics.output(frame.length - POSITION);
    if (this.#output.pass(frame, this.state === 'live')) return;
    this.close(CLOSE.internal, 'the node sends more than it may', 'agent');
  }

  #echo(): void {
    this.#host.metrics.echo(performance.now() - this.#echoFrom);
    this.#echoFrom = 0;
  }

  inputTaken(position: number): void {
    this.#input.taken = position;
    if (this.state === 'live') this.#answers.inputTaken(position);
  }

  notice(notice: Notice): void {
    if (this.state === 'live') this.#answers.notice(notice);
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
    this.#output.drained(() => {
      this.tell({ type: 'exit', ...exit });
      this.close(...(this.#endedByUser ? ENDED : closeOfExit(exit)));
    });
  }

  superseded(): void {
    this.#channel = 0;
    if (this.#host.draining) this.close(CLOSE.restart, 'restart', 'drain');
    else this.close(CLOSE.superseded, 'taken over by a newer connection', 'superseded');
  }

  refused(refusal: Refused): void {
    this.#channel = 0;
    if (refusal.code === 'lost') this.#host.ended(this);
    if (refusal.code === 'fenced') void this.#fenced(refusal);
    else this.close(...closeOfRefusal(refusal));
  }

  async #fenced({ fence: seen }: Refused): Promise<void> {
    const forgotten = seen !== undefined && (await this.#host.fenced(this, seen));
    if (forgotten) this.close(CLOSE.internal, 'the record of the session was lost', 'agent');
    else this.superseded();
  }

  #closed(code: number): void {
    this.state = 'closing';
    if (this.#channel !== 0) {
      this.#output.settle();
      this.#link.detach(this.#channel);
    }
    if (!this.#host.resume && this.#ready) this.kill('resume is off');
    if (!this.#ready) this.#host.metrics.opened(REFUSED.has(this.#reason) ? 'refused' : 'error');
    this.#host.metrics.closed(this.#reason ?? (code === 1006 ? 'abrupt' : 'client'));
    this.#host.closed(this);
  }
}
