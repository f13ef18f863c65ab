/** Tells the gateway what has reached the screen: often enough that output never waits for it, and no more often than that. */
const ACK_BYTES = 16_384;
const ACK_MS = 100;

export class Acknowledger {
  readonly #send: (position: number) => boolean;
  #consumed = 0;
  #acked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` answers whether there was a connection to send it over. */
  constructor(send: (position: number) => boolean) {
    this.#send = send;
  }

  /** What was shown counts from `position` on. */
  startAt(position: number): void {
    this.#consumed = this.#acked = position;
  }

  consumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed - this.#acked >= ACK_BYTES) this.flush();
    else if (this.#consumed > this.#acked) this.#timer ??= setTimeout(() => this.flush(), ACK_MS);
  }

  flush(): void {
    this.stop();
    if (this.#consumed > this.#acked && this.#send(this.#consumed)) this.#acked = this.#consumed;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
