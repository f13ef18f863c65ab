/**
 * How a fault is taken back, as data. The journal holds it on disk before the fault happens, so that whoever comes later, a watchdog or the
 * next start, can do it without the process that knew why.
 */
import type { ZodType } from 'zod';

/** Longest that one undo may take: servers are started, and waited for, on a machine that may be busy. */
export const UNDO_MS = 180_000;

/** One entry: a kind of `kinds.ts` with its data. JSON; never a secret. */
export interface Undo {
  readonly kind: string;
  readonly data: unknown;
}

export interface UndoJournal {
  /** Notes how the fault that follows is undone; resolves once that is on disk. */
  before(undo: Undo): Promise<NotedUndo>;
}

export interface NotedUndo {
  /** Undoes it now, instead of at the end of the run. Once only: a second call does nothing. */
  now(): Promise<void>;
}

/** How one kind of fault is taken back. Idempotent: also where the fault never happened, or was undone already. */
export interface UndoKind<D> {
  /** `thaw`, `start-part`. */
  readonly kind: string;
  readonly data: ZodType<D>;
  /** It needs nothing of the target, and what is undone later may need it: it comes before newer ones that do not say so. */
  readonly first?: true;
  /** What is undone, for the report: `thaw postgres`. */
  describe(data: D): string;
  /** Throws when the target is not as before. Bounded by {@link UNDO_MS}. */
  undo(data: D, signal: AbortSignal): Promise<void>;
}
