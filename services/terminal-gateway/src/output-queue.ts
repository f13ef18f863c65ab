/**
 * Output on its way to one browser. Little of it waits in the socket, the rest here, so that what must not wait (pong, notice, close) overtakes it.
 * The agent sends no more than a window beyond what the browser has acknowledged, which bounds the queue.
 */
import type { WebSocket } from 'ws';

/** Bytes that may wait in the socket. */
const SOCKET = 32_768;
const BINARY = { binary: true } as const;

export class OutputQueue {
  readonly #socket: WebSocket;
  #waiting: Buffer[] | undefined;
  readonly #sent = (): void => {
    while (this.#waiting !== undefined && this.#socket.bufferedAmount < SOCKET) {
      const frame = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#waiting = undefined;
      if (frame !== undefined) this.#socket.send(frame, BINARY, this.#sent);
    }
    if (this.#waiting === undefined) this.onDrained?.();
  };
  /** Told once the queue is empty; for what has to come after all output. */
  onDrained: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get empty(): boolean {
    return this.#waiting === undefined;
  }

  push(frame: Buffer): void {
    if (this.#waiting !== undefined) this.#waiting.push(frame);
    else if (this.#socket.bufferedAmount >= SOCKET) this.#waiting = [frame];
    else this.#socket.send(frame, BINARY, this.#sent);
  }
}
