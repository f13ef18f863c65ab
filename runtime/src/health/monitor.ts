/**
 * Watches one dependency: checks in the background, one at a time, each with a deadline; readers get the last answer. Hysteresis
 * both ways, so that a single lost packet flips nothing.
 */
import { timingOf, type Dependency, type DependencyState, type Timing } from './dependency.ts';

export interface CheckResult {
  readonly ok: boolean;
  readonly at: Date;
  readonly milliseconds: number;
  /** `timeout`, or the code or class of the error: never its message, which may hold a secret. */
  readonly reason?: string;
}

/** Milliseconds until what has not worked yet is asked a second time; twice as long each time, up to the interval. */
const FIRST_RETRY = 100;
/** Timeouts after which a check that never ends is given up, so that one lost promise is not for ever. */
const GIVE_UP = 10;

export class Monitor {
  readonly dependency: Dependency;
  readonly #timing: Timing;
  readonly #onChecked: (monitor: Monitor) => void;
  #state: 'unknown' | 'up' | 'down' = 'unknown';
  #failures = 0;
  #successes = 0;
  #last: CheckResult | undefined;
  #checkedAt = -Infinity;
  #flight: Promise<void> | undefined;
  #hangingSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(dependency: Dependency, onChecked: (monitor: Monitor) => void) {
    this.dependency = dependency;
    this.#timing = timingOf(dependency);
    this.#onChecked = onChecked;
  }

  get state(): DependencyState {
    if (this.#last !== undefined && this.isStale) return 'stale';
    return this.#state;
  }

  get isStale(): boolean {
    return performance.now() - this.#checkedAt > this.#timing.staleAfter;
  }

  /** The newest check failed, whatever hysteresis makes of it. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  get last(): CheckResult | undefined {
    return this.#last;
  }

  /** The first check, then one after the other. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.refresh();
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Checks now; whoever asks meanwhile waits for the same check. Takes the timeout at most, and never rejects. */
  refresh(): Promise<void> {
    this.#flight ??= this.#check().finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const jitter = 0.9 + Math.random() * 0.2;
    this.#timer = setTimeout(() => void this.refresh().then(() => this.#schedule()), this.#pause() * jitter);
    this.#timer.unref();
  }

  /** A client that is still connecting when the process starts keeps it from serving no longer than it takes. */
  #pause(): number {
    const { interval } = this.#timing;
    return this.#state === 'unknown' ? Math.min(interval, FIRST_RETRY * 2 ** (this.#failures - 1)) : interval;
  }

  async #check(): Promise<void> {
    const started = performance.now();
    const reason = await this.#ask(started);
    this.#checkedAt = performance.now();
    this.#last = {
      ok: reason === undefined,
      at: new Date(),
      milliseconds: Math.round(this.#checkedAt - started),
      ...(reason !== undefined && { reason }),
    };
    this.#count(reason === undefined);
    this.#onChecked(this);
  }

  /** Why it failed, or undefined. A check that hangs beyond its timeout is not asked again on top of itself. */
  async #ask(started: number): Promise<string | undefined> {
    const { timeout } = this.#timing;
    if (this.#hangingSince !== undefined && started - this.#hangingSince < GIVE_UP * timeout) return 'still hanging';
    const deadline = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((done) => (timer = setTimeout(() => done('timeout'), timeout)));
    this.#hangingSince = started;
    const answer = Promise.resolve()
      .then(() => this.dependency.check(deadline.signal))
      .then(() => undefined, reasonOf)
      .finally(() => this.#hangingSince === started && (this.#hangingSince = undefined));
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
      deadline.abort();
    }
  }

  #count(ok: boolean): void {
    this.#failures = ok ? 0 : this.#failures + 1;
    this.#successes = ok ? this.#successes + 1 : 0;
    // What never worked is not down, and one success is enough for it: a start is not a recovery.
    if (ok && (this.#state === 'unknown' || this.#successes >= this.#timing.successes)) this.#state = 'up';
    if (!ok && this.#state === 'up' && this.#failures >= this.#timing.failures) this.#state = 'down';
  }
}

/** Of a failure, what holds no secret. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  const code = 'code' in error ? String(error.code) : error.name;
  return /^[\w.-]{1,64}$/.test(code) ? code : 'error';
}
