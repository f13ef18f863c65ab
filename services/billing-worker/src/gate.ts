import { setTimeout as sleep } from 'node:timers/promises';
import { pauseAfter } from './failure.ts';

/** Milliseconds without a failure after which earlier ones say nothing any more, also where no message has come to succeed. */
const FORGOTTEN = 60_000;

/** Shut for a while after a failure that is not the message's: a store that is down is not asked by every message of the stream. */
export class Gate {
  readonly #signal: AbortSignal;
  #until = 0;
  #failures = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  shut(): void {
    const now = performance.now();
    if (now < this.#until) return;
    this.#failures = now - this.#until > FORGOTTEN ? 1 : this.#failures + 1;
    this.#until = now + pauseAfter(Math.min(this.#failures, 5));
  }

  succeeded(): void {
    this.#failures = 0;
  }

  async open(): Promise<void> {
    const left = this.#until - performance.now();
    if (left > 0) await sleep(left, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}
