/**
 * What a browser can make the gateway say by what it sends: pongs, and acknowledgements of its input. They go ahead of its output, and only while
 * it takes what it is sent: one that reads nothing would else have any amount of them kept for it.
 */
import type { WebSocket } from 'ws';

/** Bytes in the socket beyond which nothing is answered. Output alone never fills it so far: see `OutputQueue`. */
export const MOST_WAITING = 131_072;

export class ClientAnswers {
  readonly #socket: WebSocket;
  /** Input is with the shell up to here, and the browser has not been told. */
  #untold: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Not at all where too much waits: a page that is not answered takes its connection for dead, and rightly so. */
  pong(id: string | number): void {
    if (this.#hasRoom) this.#say({ type: 'pong', id });
  }

  /** At once, or with the next that has room: one acknowledgement says what all before it have said. */
  inputTaken(seq: number): void {
    this.#untold = seq;
    this.look();
  }

  /** The browser is to send again from `seq`, whatever it was told before. */
  resend(seq: number): void {
    this.#untold = undefined;
    this.#say({ type: 'inputAck', seq, resend: true });
  }

  /** Once a second: says what had to wait. */
  look(): void {
    if (this.#untold === undefined || !this.#hasRoom) return;
    this.#say({ type: 'inputAck', seq: this.#untold });
    this.#untold = undefined;
  }

  get #hasRoom(): boolean {
    return this.#socket.bufferedAmount < MOST_WAITING;
  }

  #say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}
