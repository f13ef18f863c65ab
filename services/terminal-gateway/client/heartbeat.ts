/** A browser sees no pings, and a network that has gone silent would look alive for minutes: so the page asks. */
const INTERVAL_MS = 20_000;

export class Heartbeat {
  readonly #ask: (id: number) => void;
  readonly #silent: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #asked = 0;
  #answered = 0;

  /** `silent` is called when a question was not answered by the time of the next. */
  constructor(ask: (id: number) => void, silent: () => void) {
    this.#ask = ask;
    this.#silent = silent;
  }

  start(): void {
    this.stop();
    this.#answered = this.#asked;
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS);
  }

  answered(id: number): void {
    this.#answered = id;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.#answered === this.#asked) this.#ask(++this.#asked);
    else this.#silent();
  }
}
