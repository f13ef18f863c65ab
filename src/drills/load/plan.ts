/** What the generator's process is told, and what it tells. It travels over IPC, never as an argument: headers hold tokens. */
import type { Latency, LoadSecond } from '../../model/drill/load.ts';

export type Protocol = 'http/1.1' | 'h2' | 'ws';

export interface LoadPlan {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** Absent: plain TCP. `ca`: PEM, absent: the system's authorities. */
  readonly tls?: { readonly ca?: string };
  readonly requests: readonly PlannedRequest[];
  readonly perSecond: number;
  readonly connections: number;
  readonly timeoutMs: number;
  /** Ends by itself after that long; absent: when told. */
  readonly seconds?: number;
  /** Local addresses that the connections take in turn; empty: the system's choice. */
  readonly from: readonly string[];
  /** Lower-case. */
  readonly idHeader?: string;
}

export interface PlannedRequest {
  /** Name in the handshake, without port. */
  readonly host: string;
  /** What the Host header says. */
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Why a request got no answer. `local`: this machine had no port or descriptor left, which is the generator's own failing. */
export type ErrorKind = 'refused' | 'reset' | 'timeout' | 'closed' | 'tls' | 'malformed' | 'local' | 'other';

/** What came so far; `curve` holds only the seconds that were not told yet, and `ids` those of the answers since. */
export interface Progress {
  /** `Date.now()` when the first request was due. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly due: number;
  readonly sent: number;
  readonly answered: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly ids: readonly string[];
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
  readonly latency: Latency;
  readonly curve: readonly LoadSecond[];
  readonly saturated: boolean;
  readonly latestMs: number;
}

export type FromGenerator =
  | { readonly kind: 'started' }
  | { readonly kind: 'broken'; readonly because: string }
  | { readonly kind: 'progress' | 'done'; readonly progress: Progress };
export type ToGenerator = { readonly kind: 'start'; readonly plan: LoadPlan } | { readonly kind: 'stop' };
