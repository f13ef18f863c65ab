/**
 * A terminal session as a page sees it: it survives the connection, the gateway and the network. Output arrives once and in order,
 * input is kept until the shell has it, and a gateway that says it will go is replaced before it does. Knows no screen.
 */
import { Acknowledger } from './acknowledger.ts';
import { backoff, endingOf, type StopReason } from './closes.ts';
import { Heartbeat } from './heartbeat.ts';
import { InputBuffer } from './input-buffer.ts';
import { LoginNeeded, type ClientOptions } from './options.ts';
import {
  decode,
  encodeInput,
  SUBPROTOCOL,
  type Output,
  type Ready,
  type ServerMessage,
  type Size,
} from './protocol.ts';

const DEFAULT_WINDOW = 65_536;
/** RFC 6455 leaves 4000 to 4999 to applications: what came is no frame of this protocol. */
const MALFORMED = 4400;
/** Milliseconds for which a connection must hold before the ones that failed before it count no more. */
const STEADY_MS = 10_000;

export class TerminalClient {
  readonly #options: Required<ClientOptions>;
  /** The one that counts. */
  #socket: WebSocket | undefined;
  /** The one that is to replace it, until it says hello. */
  #next: WebSocket | undefined;
  #session: string | undefined;
  #size: Size;
  /** Next output byte that is expected; `undefined` until something was shown. */
  #received: number | undefined;
  readonly #input = new InputBuffer();
  readonly #acks = new Acknowledger((seq) => this.#open && this.#send({ type: 'ack', seq }));
  readonly #heartbeat = new Heartbeat(
    (id) => this.#send({ type: 'ping', id }),
    () => this.#silent(),
  );
  #inputWindow = DEFAULT_WINDOW;
  #open = false;
  #connecting = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #steady: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: ClientOptions) {
    this.#options = {
      random: Math.random,
      socket: (url, protocols) => new WebSocket(url, protocols),
      ...options,
    };
    this.#size = options.size;
  }

  get session(): string | undefined {
    return this.#session;
  }

  /** Connects, or comes back after `stopped`. */
  start(): void {
    this.#stopped = false;
    void this.#connect();
  }

  input(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    if (bytes.length === 0) return;
    const frames = this.#input.add(bytes, this.#inputWindow);
    if (frames === undefined) this.#options.status({ state: 'input-full' });
    else if (this.#open)
      for (const { position, bytes: part } of frames) this.#socket?.send(encodeInput(position, part));
  }

  resize(size: Size): void {
    this.#size = size;
    if (this.#open) this.#send({ type: 'resize', ...size });
  }

  /** Ends the shell with its session. */
  end(): void {
    if (this.#open) this.#send({ type: 'end' });
  }

  /** Leaves; the shell goes on for a while. */
  close(): void {
    this.#stopped = true;
    this.#open = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#steady);
    this.#acks.stop();
    this.#heartbeat.stop();
    this.#socket?.close(1000);
    // Its end may be told after the next start, and is not the end of that one.
    this.#socket = undefined;
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#connecting) return;
    this.#connecting = true;
    if (!this.#open) this.#options.status({ state: 'connecting' });
    try {
      const { ticket, session, url } = await this.#options.ticket(this.#session);
      if (this.#stopped) {
        this.#connecting = false;
        return;
      }
      this.#session = session;
      this.#attach(this.#options.socket(url, [SUBPROTOCOL, `ticket.${ticket}`]));
    } catch (error) {
      this.#connecting = false;
      if (this.#stopped) return;
      if (error instanceof LoginNeeded) this.#stop('login');
      else this.#retry(backoff(this.#failures++, this.#options.random));
    }
  }

  /** The connection before it, if there is one, counts until this one says hello. */
  #attach(socket: WebSocket): void {
    this.#next = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#hello(socket));
    socket.addEventListener('message', ({ data }: { data: string | ArrayBuffer }) => {
      // What a replaced one still says is said again by the one that counts.
      if (socket === this.#socket) this.#receive(data, socket);
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
      else if (socket === this.#next) this.#refused(code);
    });
  }

  #hello(socket: WebSocket): void {
    this.#next = undefined;
    this.#connecting = false;
    if (this.#stopped) return socket.close(1000);
    this.#socket = socket;
    this.#open = false;
    this.#send({
      type: 'hello',
      ...this.#size,
      ...(this.#received === undefined ? {} : { lastSeq: this.#received }),
    });
  }

  #receive(data: string | ArrayBuffer, from: WebSocket): void {
    this.#heartbeat.heard();
    const frame = decode(data);
    if (frame === 'malformed') from.close(MALFORMED, 'malformed frame');
    else if (frame !== undefined && 'bytes' in frame) this.#output(frame);
    else this.#message(frame);
  }

  /** The one that counts has ended; another may be on its way. */
  #closed(code: number): void {
    this.#open = false;
    clearTimeout(this.#steady);
    this.#heartbeat.stop();
    const ending = endingOf(code, this.#options.random);
    if (this.#stopped) return;
    if (ending.action === 'stop') this.#stop(ending.reason);
    else if (!this.#connecting)
      this.#retry(ending.pauseMs === 'backoff' ? backoff(this.#failures++, this.#options.random) : ending.pauseMs);
  }

  /** One that never came to be: a browser is not told why. */
  #refused(code: number): void {
    this.#next = undefined;
    this.#connecting = false;
    const ending = endingOf(code, this.#options.random);
    if (this.#stopped) return;
    if (ending.action === 'stop') this.#stop(ending.reason);
    else this.#retry(backoff(this.#failures++, this.#options.random));
  }

  #silent(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(4000, 'no answer');
    this.#closed(1006);
  }

  #message(message: ServerMessage | undefined): void {
    if (message === undefined) return;
    if (message.type === 'ready') this.#ready(message);
    else if (message.type === 'inputAck') this.#inputTaken(message.seq, message.resend === true);
    else if (message.type === 'drain') this.#drain(message);
    else if (message.type === 'notice')
      this.#options.status({ state: 'notice', code: message.code, message: message.message });
    else if (message.type === 'exit')
      this.#options.status({ state: 'exited', code: message.code, reason: message.reason });
  }

  #ready(ready: Ready): void {
    if (this.#received === undefined) {
      this.#acks.startAt(ready.seq);
      this.#input.begin(ready.inputSeq);
    } else this.#input.restart(ready.inputSeq);
    this.#received = ready.seq;
    this.#inputWindow = ready.inputWindow;
    this.#open = true;
    // Not at once: one that opens and fails again and again is to be tried ever more rarely.
    clearTimeout(this.#steady);
    this.#steady = setTimeout(() => (this.#failures = 0), STEADY_MS);
    this.#heartbeat.start();
    this.#options.status({
      state: 'ready',
      created: ready.created,
      recording: ready.recording,
      ...(ready.gap === undefined ? {} : { gap: ready.gap }),
    });
    this.#resendInput();
    // What is gone can never be shown.
    this.#acks.consumed(ready.gap === undefined ? 0 : ready.gap.to - ready.gap.from);
    // It may have changed while nobody was there to be told.
    this.#send({ type: 'resize', ...this.#size });
  }

  #inputTaken(position: number, resend: boolean): void {
    this.#input.confirm(position);
    if (resend) this.#resendInput();
  }

  #resendInput(): void {
    for (const { position, bytes } of this.#input.frames()) this.#socket?.send(encodeInput(position, bytes));
  }

  #drain({ reason, deadline, reconnectAfter }: ServerMessage & { type: 'drain' }): void {
    if (reason === 'restart') this.#options.status({ state: 'draining', deadline });
    this.#later(reconnectAfter);
  }

  #output({ position, bytes }: Output): void {
    if (position !== this.#received) {
      this.#socket?.close(MALFORMED, 'output out of order');
      return;
    }
    this.#received += bytes.length;
    this.#options.output(bytes, () => this.#acks.consumed(bytes.length));
  }

  #retry(pauseMs: number): void {
    if (!this.#open) this.#options.status({ state: 'waiting', retryInMs: pauseMs });
    this.#later(pauseMs);
  }

  #later(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), pauseMs);
  }

  #stop(reason: StopReason): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#options.status({ state: 'stopped', reason });
  }

  #send(message: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }
}
