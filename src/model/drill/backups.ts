/**
 * Backups of the stores: taken, judged, restored elsewhere. What is restored lies in a place of the run's own, is reached by nobody but the
 * run, and never touches the store that it came from.
 */
import type { Sql } from './databases.ts';

export interface Backups {
  /** How the store is backed up here, the way that its RPO rests on first; empty where this target can restore nothing of it. */
  ways(store: string): readonly BackupWay[];
  /** Share of its servers that are ready now, 0 to 1. */
  serving(store: string): Promise<number>;
  /** Takes one now, as the schedule would. It stays in the repository, for as long as any other. */
  take(store: string, way: string): Promise<void>;
  /** Has what is written by now shipped, where a log is, instead of waiting until it is full. */
  ship(store: string): Promise<void>;
  /** What lies in the repository. Nothing is restored for it. */
  inspect(store: string, way: string): Promise<Repository>;
  /** Writes a marker into the store, which has acknowledged it when this resolves. Taken out with the run. */
  mark(store: string): Promise<Marker>;
  /** What the store holds right now, markers left out. */
  census(store: string): Promise<Contents>;
  /** Brings it back from the repository alone. Rejects with what the tool says when that cannot be done. */
  restore(store: string, way: string, until?: RecoveryTarget): Promise<Restored>;
}

export interface BackupWay {
  /** `pgbackrest`, `pg_dump`, `mariabackup`, `rdb`. */
  readonly name: string;
  /** Whether what was written after a backup comes back with it, from a log that is shipped all the time. */
  readonly continuous: boolean;
  /** Whether a moment can be named to stop at. */
  readonly pointInTime: boolean;
  readonly sql: boolean;
  /** Kept up by the store itself all the time, so that taking one adds none. */
  readonly ongoing?: true;
}

export interface Repository {
  readonly backups: number;
  /** Seconds since the newest backup was complete; `undefined` where there is none. */
  readonly ageSeconds: number | undefined;
  /** Longest that an acknowledged write waits to be shipped, as the server is set up: seconds, `Infinity` without a bound. Continuous ways only. */
  readonly shippedWithin?: number;
  /** Files and folders that others than the store's own user may read or change; absent where that cannot be seen from here. */
  readonly exposed?: readonly string[];
  /** Files that are not encrypted; absent where that cannot be seen from here. */
  readonly plain?: readonly string[];
  /** What the tool's own verification finds, and what it noted when the backup was taken. */
  readonly faults: readonly string[];
}

export interface Marker {
  /** From one on; nought where nothing can be written to the store. */
  readonly number: number;
  /** Milliseconds since the epoch, when the store had acknowledged it. */
  readonly at: number;
}

/** The last moment that still counts. */
export interface RecoveryTarget {
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Rows, keys or messages by table, database or stream. */
export type Contents = Readonly<Record<string, Content>>;

export interface Content {
  readonly rows: number;
  /** Says that they are the same ones, where the store can tell. */
  readonly digest?: string;
  /** The store itself gives them up when it recovers, and keeps them out of its log: `UNLOGGED`, `ENGINE=MEMORY`. */
  readonly unlogged?: true;
  /** A part of another table, which is listed as well and has no rows of its own. What makes the tables need not make it. */
  readonly partition?: true;
}

export interface Restored {
  /** From the first command of the restore until the copy had answered a question and taken a write, milliseconds. */
  readonly tookMs: number;
  /** The same by phase, milliseconds. */
  readonly phases: Readonly<Record<string, number>>;
  /** Numbers of the markers in it, ascending. */
  readonly markers: readonly number[];
  contents(): Promise<Contents>;
  /** What its own integrity checks find: checksums of pages, indexes against their tables. Asked last, since its server may have to end for it. */
  faults(): Promise<readonly string[]>;
  /** The copy of a SQL store, as one of its roles or as the operator. */
  sql(as?: string): Promise<Sql>;
  /** Runs the platform's own migration program against the copy: `['up']`, `['down', '--to=0']`, `['check']`. */
  migrate(args: readonly string[]): Promise<{ readonly status: number; readonly text: string }>;
  /** Ends and removes it. What is not removed by then is when the run ends. */
  remove(): Promise<void>;
}
