/** The words of the deny-list that its parts share. */
import { performance } from 'node:perf_hooks';

/** What a revocation names. The first five refuse what carries that value; the others refuse what was issued at or before a second. */
export const KINDS = [
  'token',
  'subject',
  'session',
  'tenant',
  'key',
  'issued-before',
  'subject-issued-before',
  'tenant-issued-before',
] as const;
export type Kind = (typeof KINDS)[number];

/** The value of an `issued-before` that holds for every token. */
export const EVERYBODY = '*';

/** One line of the durable source. Ids grow in the order in which lines became visible. */
export interface Change {
  readonly id: number;
  /** Random, made by the source: an id that comes back with another mark means that history was rewritten (a restore, say). */
  readonly mark: string;
  readonly kind: Kind;
  readonly value: string;
  /** Unix seconds; only with the issued-before kinds. */
  readonly issuedBefore?: number;
  /** The id that this line lifts; absent on a revocation. */
  readonly lifts?: number;
}

/** Called with changes in order, and the id and the mark of the position that they follow. */
export type ChangeListener = (changes: readonly Change[], from: number, mark: string) => void;

/** How far a copy has read. Zero and an empty mark: the source was empty. */
export interface Position {
  readonly id: number;
  readonly mark: string;
}

/** A point in time on both clocks of this machine, in ms: the wall's, which may be set, and one that only goes forward. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

export interface Clock {
  now(): Moment;
}

let wall = 0;
let readAt = Infinity;

/** The wall's clock has whole milliseconds, and is read once in each: it costs more than all else that a check does. */
export const systemClock: Clock = {
  now() {
    const steady = performance.now();
    if (!(steady - readAt < 1 && steady >= readAt)) {
      wall = Date.now();
      readAt = steady;
    }
    return { wall, steady };
  },
};

/** A copy under construction, invisible to checks until it is committed. */
export interface Rebuild {
  add(changes: readonly Change[]): void;
  /** Puts it in the place of the present copy. */
  commit(position: Position): void;
}

/** What a source tells the list in this process. */
export interface DenylistSink {
  /** Undefined until a first copy exists. */
  position(): Position | undefined;
  begin(): Rebuild;
  /** In order of ids; those at or below the position are ignored. */
  apply(changes: readonly Change[]): void;
  /** The copy is complete up to this moment of the durable source. */
  confirm(asOf: Moment): void;
  failed(error: unknown): void;
  /** The source no longer knows what was read from it: what is refused now stays refused, beside what it says from here on. */
  rewritten(because: string): void;
}

export interface DenylistSource {
  /** Reads and follows until the signal aborts; reports failures to the sink and goes on. */
  run(sink: DenylistSink, signal: AbortSignal): Promise<void>;
}

/** Something that says "there is news" sooner than the next poll would see it. May lose messages and may lie: it only wakes. */
export interface Push {
  run(wake: () => void, signal: AbortSignal, failed: (error: unknown) => void): Promise<void>;
}

/** Claims as they came out of the verified token: of unknown type, since issuers differ. `kid` is of the JWS header. */
export interface TokenClaims {
  readonly jti?: unknown;
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly tenant?: unknown;
  readonly kid?: unknown;
  readonly iat?: unknown;
}

export interface Revoked {
  readonly by: Kind | 'malformed';
  /** Of the entry; 0 where the token itself is at fault. */
  readonly id: number;
}

export type Decision =
  | { readonly state: 'allowed' }
  | { readonly state: 'revoked'; readonly by: Kind; readonly id: number }
  | { readonly state: 'malformed'; readonly claim: string }
  | { readonly state: 'stale'; readonly ageMs: number };

/** Callbacks for metrics; wire each to a counter or gauge of your own. */
export interface DenylistMetrics {
  /** `admin_denylist_rejections_total` where `admin`. */
  rejected?(by: Kind | 'malformed', admin: boolean): void;
  refusedStale?(admin: boolean): void;
  /** `admin_denylist_as_of_timestamp_seconds`; never goes back. */
  asOf?(unixSeconds: number): void;
  entries?(count: number): void;
  sourceFailed?(): void;
}

export interface DenylistLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
