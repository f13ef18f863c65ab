/**
 * Follows the table `denylist`. Polls read what is new by id, pushes only make the next poll come sooner, and a full read now and then
 * drops what has ended. Nothing is trusted to arrive: a lost push costs a poll's interval.
 */
import { heard } from '../shared/heard.ts';
import { backoffMs, breathe, pause } from '../shared/pause.ts';
import { within } from '../shared/within.ts';
import { isKind } from './lines.ts';
import type { PgQueryable } from './postgres-store.ts';
import {
  systemClock,
  type Change,
  type Clock,
  type DenylistSink,
  type DenylistSource,
  type Position,
  type Push,
  type Rebuild,
} from './types.ts';

/** The part of a `pg` Pool that is used. */
export interface PgPool {
  connect(): Promise<PgQueryable & { release(destroy?: boolean): void }>;
}

export interface PostgresSourceOptions {
  readonly pool: PgPool;
  readonly pushes?: readonly Push[];
  /** Default 2 s: the longest a lost push delays a revocation. */
  readonly pollEveryMs?: number;
  /** Default 5 min. */
  readonly reconcileEveryMs?: number;
  /** How long one read may take. Default 2 s. */
  readonly deadlineMs?: number;
  readonly clock?: Clock;
}

const PAGE = 2000;
/** A page of a full read may have to step over years of entries that have ended; polls go on meanwhile. */
const FULL_READ_PATIENCE = 5;
const EMPTY: Position = { id: 0, mark: '' };
/** Entries are kept this much longer than they say: clocks of servers differ. */
const GRACE = '1 hour';
const COLUMNS = 'id, mark, kind, value, issued_before, lifts';

const SINCE = `SELECT pg_is_in_recovery() AS standby, d.* FROM (SELECT 1) one
  LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM denylist WHERE id >= $1 ORDER BY id LIMIT $2) d ON true`;
const HEAD = `SELECT pg_is_in_recovery() AS standby, d.* FROM (SELECT 1) one
  LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM denylist ORDER BY id DESC LIMIT 1) d ON true`;
const IN_FORCE = `SELECT pg_is_in_recovery() AS standby, d.* FROM (SELECT 1) one
  LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM denylist r WHERE id > $1 AND id <= $2 AND lifts IS NULL AND until > now() - interval '${GRACE}'
    AND NOT EXISTS (SELECT 1 FROM denylist l WHERE l.lifts = r.id) ORDER BY id LIMIT $3) d ON true`;

export function postgresSource(options: PostgresSourceOptions): DenylistSource {
  return { run: (sink, signal) => new Follower(options, sink, signal).run() };
}

class Follower {
  readonly #options: PostgresSourceOptions;
  readonly #sink: DenylistSink;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #woken = new AbortController();
  /** A full read that has come to its end and waits to be brought up to date. */
  #ready: { readonly rebuild: Rebuild; position: Position } | undefined;
  #reading: Promise<void> | undefined;
  #readAt = -Infinity;

  constructor(options: PostgresSourceOptions, sink: DenylistSink, signal: AbortSignal) {
    this.#options = options;
    this.#sink = sink;
    this.#signal = signal;
    this.#clock = options.clock ?? systemClock;
  }

  async run(): Promise<void> {
    const failed = (error: unknown) => this.#sink.failed(error);
    const pushes = (this.#options.pushes ?? []).map((push) =>
      push.run(() => this.#woken.abort(), this.#signal, failed).catch(failed),
    );
    for (let failures = 0; !this.#signal.aborted;) {
      this.#woken = new AbortController();
      failures = await this.#poll().then(
        () => 0,
        (error: unknown) => (failed(error), failures + 1),
      );
      const { pollEveryMs = 2000 } = this.#options;
      const wait = failures === 0 ? pollEveryMs : backoffMs(failures, 100, pollEveryMs);
      await pause(wait, failures === 0 ? AbortSignal.any([this.#signal, this.#woken.signal]) : this.#signal);
    }
    await Promise.allSettled([...pushes, this.#reading]);
  }

  async #poll(): Promise<void> {
    const { reconcileEveryMs = 300_000 } = this.#options;
    const due = this.#clock.now().steady - this.#readAt >= reconcileEveryMs;
    if (due && this.#reading === undefined && this.#ready === undefined) this.#reading = this.#readAll();
    if (this.#sink.position() === undefined) await this.#reading;
    for (;;) {
      const asOf = this.#clock.now();
      const from = this.#ready?.position ?? this.#sink.position();
      if (from === undefined) throw new Error('the deny-list was not read yet');
      const page = await this.#ask(SINCE, [from.id, PAGE]);
      if (this.#lostHistory(from, page)) return;
      const news = page.filter(({ id }) => id > from.id);
      this.#take(news);
      if (page.length === PAGE) continue;
      this.#ready?.rebuild.commit(this.#ready.position);
      this.#ready = undefined;
      this.#sink.confirm(asOf);
      return;
    }
  }

  /** While a full read waits, news go to both copies, so that the one in use is never behind. */
  #take(news: readonly Change[]): void {
    this.#sink.apply(news);
    const last = news.at(-1);
    if (this.#ready === undefined || last === undefined) return;
    this.#ready.rebuild.add(news);
    this.#ready.position = { id: last.id, mark: last.mark };
  }

  /** The line at the position must be there, and be the same one: otherwise ids are being given out a second time. */
  #lostHistory(from: Position, [anchor]: readonly Change[]): boolean {
    if (from.id === 0 || (anchor?.id === from.id && anchor.mark === from.mark)) return false;
    this.#sink.rewritten(`line ${from.id} is gone or another one: was the database restored?`);
    this.#ready = undefined;
    this.#readAt = -Infinity;
    this.#woken.abort();
    return true;
  }

  async #readAll(): Promise<void> {
    try {
      const rebuild = this.#sink.begin();
      const [head] = await this.#ask(HEAD, []);
      const position = head === undefined ? EMPTY : { id: head.id, mark: head.mark };
      for (let after = 0; !this.#signal.aborted;) {
        const page = await this.#ask(IN_FORCE, [after, position.id, PAGE], FULL_READ_PATIENCE);
        rebuild.add(page);
        after = page.at(-1)?.id ?? position.id;
        if (page.length < PAGE) break;
        await breathe();
      }
      if (this.#signal.aborted) return;
      if (this.#sink.position() === undefined) rebuild.commit(position);
      else this.#ready = { rebuild, position };
      this.#readAt = this.#clock.now().steady;
    } catch (error) {
      this.#sink.failed(error);
    } finally {
      this.#reading = undefined;
    }
  }

  /** On a connection of its own for one statement; one that did not answer in time is closed, not given back. */
  async #ask(text: string, values: unknown[], patience = 1): Promise<Change[]> {
    const { pool, deadlineMs = 2000 } = this.#options;
    const client = await within('connecting to the deny-list database', deadlineMs, pool.connect(), (late) =>
      late.release(),
    );
    heard(client);
    let sound = false;
    try {
      const { rows } = await within('reading the deny-list', deadlineMs * patience, client.query(text, values));
      sound = true;
      if (rows[0]?.['standby'] !== false)
        throw new Error('the deny-list is being read from a standby, which may lag: give the address of the primary');
      return rows.filter((row) => row['id'] !== null).map(changeOf);
    } finally {
      client.release(!sound);
    }
  }
}

function changeOf(row: Record<string, unknown>): Change {
  const { kind, value, mark } = row;
  if (!isKind(kind))
    throw new Error(
      `line ${String(row['id'])} of the deny-list has the unknown kind ${String(kind)}: update this service`,
    );
  return {
    id: Number(row['id']),
    mark: String(mark),
    kind,
    value: String(value),
    ...(row['issued_before'] === null ? {} : { issuedBefore: Number(row['issued_before']) }),
    ...(row['lifts'] === null ? {} : { lifts: Number(row['lifts']) }),
  };
}
