import { setTimeout as sleep } from 'node:timers/promises';
import type { DenylistStatus } from './denylist.ts';
import { Entries } from './entries.ts';
import type {
  Change,
  ChangeListener,
  Clock,
  DenylistLog,
  DenylistMetrics,
  DenylistSink,
  Moment,
  Position,
  Rebuild,
  Revoked,
  TokenClaims,
} from './types.ts';

/** The copy that checks read, and what a source does to it. */
export class Replica implements DenylistSink {
  readonly #clock: Clock;
  readonly #metrics: DenylistMetrics | undefined;
  readonly #log: DenylistLog | undefined;
  readonly #listeners = new Set<ChangeListener>();
  #entries = new Entries();
  /** What a source said before its history was rewritten: refused until this process ends. */
  #retained: Entries | undefined;
  #position: Position | undefined;
  #confirmed: Moment | undefined;
  #asOf: number | undefined;
  #lastError: string | undefined;

  constructor(clock: Clock, metrics?: DenylistMetrics, log?: DenylistLog) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#log = log;
  }

  find(claims: TokenClaims): Revoked | undefined {
    const found = this.#entries.find(claims);
    return found === undefined && this.#retained !== undefined ? this.#retained.find(claims) : found;
  }

  /** By whichever clock says more: a wall clock that was set back hides age, a steady one that slept through a suspend does too. */
  ageMs(): number {
    if (this.#confirmed === undefined) return Infinity;
    const now = this.#clock.now();
    return Math.max(0, now.wall - this.#confirmed.wall, now.steady - this.#confirmed.steady);
  }

  status(maxStalenessMs: number): DenylistStatus {
    const ageMs = this.ageMs();
    return {
      asOf: this.#asOf,
      ageMs,
      stale: ageMs > maxStalenessMs,
      entries: this.#entries.size + (this.#retained?.size ?? 0),
      head: this.#position?.id ?? 0,
      rewritten: this.#retained !== undefined,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  async fresh(maxStalenessMs: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (this.ageMs() > maxStalenessMs) {
      if (signal.aborted || performance.now() >= until) return false;
      await sleep(10);
    }
    return true;
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  contents(): { readonly entries: Entries; readonly position: Position } | undefined {
    return this.#position === undefined ? undefined : { entries: this.#entries, position: this.#position };
  }

  confirmed(): Moment | undefined {
    return this.#confirmed;
  }

  now(): Moment {
    return this.#clock.now();
  }

  position(): Position | undefined {
    return this.#position;
  }

  begin(): Rebuild {
    const entries = new Entries(this.#entries);
    return {
      add: (changes) => {
        for (const change of changes) entries.apply(change);
      },
      commit: (position) => {
        this.#entries = entries;
        this.#position = position;
        this.#metrics?.entries?.(entries.size);
      },
    };
  }

  apply(changes: readonly Change[]): void {
    const { id: head, mark } = this.#position ?? { id: 0, mark: '' };
    const news = changes.filter(({ id }) => id > head);
    const last = news.at(-1);
    if (last === undefined) return;
    for (const change of news) this.#entries.apply(change);
    this.#position = { id: last.id, mark: last.mark };
    this.#metrics?.entries?.(this.#entries.size);
    this.#log?.info({ head: last.id, changes: news.length }, 'deny-list changed');
    for (const listener of this.#listeners) listener(news, head, mark);
  }

  confirm(asOf: Moment): void {
    if (this.#confirmed !== undefined && asOf.steady < this.#confirmed.steady) return;
    this.#confirmed = asOf;
    this.#asOf = Math.max(this.#asOf ?? 0, asOf.wall);
    this.#lastError = undefined;
    this.#metrics?.asOf?.(this.#asOf / 1000);
  }

  failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.#lastError) this.#log?.warn({ err: message }, 'deny-list source failed');
    this.#lastError = message;
    this.#metrics?.sourceFailed?.();
  }

  rewritten(because: string): void {
    this.#log?.error(
      { head: this.#position?.id ?? 0, because },
      'deny-list source lost history: refusing what it had said too',
    );
    const retained = this.#retained ?? new Entries();
    for (const change of this.#entries.changes()) retained.apply(change);
    this.#retained = retained;
    this.#position = undefined;
  }
}
