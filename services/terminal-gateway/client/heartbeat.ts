/**
 * A browser sees no pings, and a network that has gone silent would look alive for minutes: so the page asks. Whatever comes is an answer: on a
 * slow line the one to the question stands behind much output.
 */
const INTERVAL_MS = 20_000;

export class Heartbeat {
  readonly #ask: (id: number) => void;
  readonly #silent: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #asked = 0;
  #heard = true;

  /** `silent` is called when nothing has come from one question to the next. */
  constructor(ask: (id: number) => void, silent: () => void) {
    this.#ask = ask;
    this.#silent = silent;
  }

  start(): void {
    this.stop();
    this.#heard = true;
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS);
  }

  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (!this.#heard) return this.#silent();
    this.#heard = false;
    this.#ask(++this.#asked);
  }
}
