/** What each kind of store has to offer, for a target to make {@link Backups} of it. */
import type { BackupWay, Contents, Marker, RecoveryTarget, Repository, Restored } from '../../model/drill/backups.ts';

export interface StoreBackups {
  readonly ways: readonly BackupWay[];
  take(way: string): Promise<void>;
  ship(): Promise<void>;
  inspect(way: string): Promise<Repository>;
  mark(): Promise<Marker>;
  /** Takes the markers out of the store; also where there are none. */
  unmark(): Promise<void>;
  census(): Promise<Contents>;
  restore(way: string, until: RecoveryTarget | undefined): Promise<RestoredStore>;
}

/** A store of an environment, reached over its API. */
export interface RemoteStore extends StoreBackups {
  /** Share of it that answers now, 0 to 1. */
  serving(): Promise<number>;
  /** Removes everything that this run has left there: markers, copies, backups of its own. Also where there is nothing. */
  clear(): Promise<void>;
}

/** A restored store, whose data may also be taken to where a server of the platform wants them. */
export interface RestoredStore extends Restored {
  /** Ends the copy's server in order, and answers the folder that its data lie in. Nothing else can be asked of it afterwards. */
  settle(): Promise<string>;
}

/** Phases of a restore and how long each took, milliseconds. */
export interface Phases {
  readonly all: Readonly<Record<string, number>>;
  during<T>(phase: string, work: () => Promise<T>): Promise<T>;
  total(): number;
}

export function phases(): Phases {
  const began = performance.now();
  const all: Record<string, number> = {};
  return {
    all,
    async during(phase, work) {
      const at = performance.now();
      const result = await work();
      all[phase] = performance.now() - at;
      return result;
    },
    total: () => performance.now() - began,
  };
}

/** For members that only some kinds of store have. */
export function notOffered(what: string): () => Promise<never> {
  return () => Promise.reject(new RangeError(`this store has no ${what}`));
}
