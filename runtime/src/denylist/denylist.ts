import { loadSnapshot, SnapshotKeeper, type SnapshotOptions } from './disk.ts';
import type { Entries } from './entries.ts';
import { Replica } from './replica.ts';
import {
  systemClock,
  type ChangeListener,
  type Clock,
  type Decision,
  type DenylistLog,
  type DenylistMetrics,
  type DenylistSource,
  type Revoked,
  type TokenClaims,
} from './types.ts';

export interface DenylistOptions {
  readonly source: DenylistSource;
  /** Age in ms of the copy above which admin requests are refused (503) and other routes follow their policy. */
  readonly maxStalenessMs: number;
  /** A copy on disk, 0600, so that a restart while the source is away knows what was revoked. */
  readonly snapshot?: SnapshotOptions;
  readonly metrics?: DenylistMetrics;
  readonly log?: DenylistLog;
  readonly clock?: Clock;
}

export interface DecisionPolicy {
  /** Admin requests need `jti` and `iat`, and are always refused once the copy is stale. */
  readonly admin?: boolean;
  /** What other requests meet once the copy is stale. Default: closed. */
  readonly whenStale?: 'open' | 'closed';
}

export interface DenylistStatus {
  /** Unix ms up to which the copy is complete; never goes back. Undefined: nothing was read yet. */
  readonly asOf: number | undefined;
  /** Infinity where nothing was read yet. */
  readonly ageMs: number;
  readonly stale: boolean;
  readonly entries: number;
  /** Id of the last change applied: the generation of the copy. */
  readonly head: number;
  /** The durable source lost history since this process started; what it had said is still refused. */
  readonly rewritten: boolean;
  readonly lastError?: string;
}

export interface Denylist {
  /** Reads the copy on disk and starts to follow the source. Does not wait for the source and does not fail because of it. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether the copy is fresh, waiting up to `timeoutMs` for it. */
  synced(timeoutMs: number): Promise<boolean>;
  /** The entry that refuses the claims. No network, no clock, no judgement of staleness: see `decide`. */
  check(claims: TokenClaims): Revoked | undefined;
  decide(claims: TokenClaims, policy?: DecisionPolicy): Decision;
  status(): DenylistStatus;
  /** Calls back with what was applied, in order; answers how to stop. */
  onChange(listener: ChangeListener): () => void;
  /** Everything in force and the position it belongs to, for mirrors; undefined until a first copy exists. */
  contents():
    | { readonly entries: Entries; readonly position: { readonly id: number; readonly mark: string } }
    | undefined;
}

const ALLOWED: Decision = { state: 'allowed' };
const LONGEST = 512;

/** The deny-list of this process: a copy in memory of a durable source, with a known age. */
export function createDenylist(options: DenylistOptions): Denylist {
  const { source, maxStalenessMs, metrics } = options;
  if (!(maxStalenessMs > 0))
    throw new RangeError(`maxStalenessMs is ${maxStalenessMs}: expected a positive number of ms`);
  const replica = new Replica(options.clock ?? systemClock, metrics, options.log);
  const stopping = new AbortController();
  let following: Promise<unknown> = Promise.resolve();
  let keeper: SnapshotKeeper | undefined;
  let started = false;

  const decide = (claims: TokenClaims, { admin = false, whenStale = 'closed' }: DecisionPolicy = {}): Decision => {
    const fault = admin ? faultOf(claims) : undefined;
    if (fault !== undefined) {
      metrics?.rejected?.('malformed', admin);
      return { state: 'malformed', claim: fault };
    }
    const found = replica.find(claims);
    if (found !== undefined) {
      metrics?.rejected?.(found.by, admin);
      return found.by === 'malformed'
        ? { state: 'malformed', claim: 'one of jti, sub, sid, tenant, kid' }
        : { state: 'revoked', by: found.by, id: found.id };
    }
    if (!admin && whenStale === 'open') return ALLOWED;
    const ageMs = replica.ageMs();
    if (ageMs <= maxStalenessMs) return ALLOWED;
    metrics?.refusedStale?.(admin);
    return { state: 'stale', ageMs };
  };

  return {
    async start() {
      if (started) throw new Error('this deny-list was started already');
      started = true;
      if (options.snapshot !== undefined) {
        await loadSnapshot(options.snapshot, replica);
        keeper = new SnapshotKeeper(options.snapshot, replica, stopping.signal);
      }
      following = source.run(replica, stopping.signal);
      following.catch((error: unknown) => replica.failed(error));
    },
    async stop() {
      stopping.abort();
      await following.catch(() => undefined);
      await keeper?.stopped();
    },
    synced: (timeoutMs) => replica.fresh(maxStalenessMs, timeoutMs, stopping.signal),
    check: (claims) => replica.find(claims),
    decide,
    status: () => replica.status(maxStalenessMs),
    onChange: (listener) => replica.onChange(listener),
    contents: () => replica.contents(),
  };
}

/** A token that cannot be named cannot be revoked, and one that does not say when it was issued cannot be outdated. */
function faultOf({ jti, iat }: TokenClaims): string | undefined {
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST) return 'jti';
  return typeof iat === 'number' && Number.isFinite(iat) && iat >= 0 ? undefined : 'iat';
}
