/**
 * What a browser or its node can make the gateway say by what they send: pongs, acknowledgements of input, notices. They go ahead of output, and only
 * while the browser takes what it is sent: for one that reads nothing any amount of them would else be kept.
 */
import type { Notice } from '@launchgate/node-agent/protocol';
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

  /** Not at all where too much waits. */
  notice({ code, message }: Notice): void {
    if (this.#hasRoom) this.#say({ type: 'notice', code, message });
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
