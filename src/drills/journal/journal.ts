/** The undo journal of a run that is under way: faults are noted before they happen and taken back in the opposite order. */
import { describeUndo, inOrder, takeBack } from '../undo/kinds.ts';
import type { NotedUndo, Undo, UndoJournal } from '../undo/types.ts';
import { appendEntry } from './entries.ts';

/** What became of one fault. */
export interface Fault {
  readonly undo: Undo;
  readonly describe: string;
  /** `performance.now()` */
  readonly notedAt: number;
  undoneAt?: number;
  error?: string;
}

export interface Journal extends UndoJournal {
  readonly faults: readonly Fault[];
  /** Takes back what is left, all of it whatever fails. */
  undoAll(): Promise<void>;
  /** Says that nothing is left to do. Only where that is so. */
  close(): void;
}

export interface JournalHead {
  readonly folder: string;
  readonly id: string;
  readonly control: string;
  readonly target: string;
  /** Told each fault as it is noted, and again once it is taken back. */
  readonly watch?: (fault: Fault) => void;
}

export function openJournal({ folder, id, control, target, watch = () => undefined }: JournalHead): Journal {
  const faults: Fault[] = [];
  let over = false;
  const now = (): string => new Date().toISOString();
  appendEntry(folder, { type: 'run', id, control, target, at: now() });
  return { faults, before, undoAll, close };

  async function before(undo: Undo): Promise<NotedUndo> {
    // What a step that was given up still tries must not happen any more.
    if (over) throw new Error('the run is over: nothing more is done to the target');
    // Throws for a kind that nobody could undo, before anything happens.
    const fault: Fault = { undo, describe: describeUndo(undo), notedAt: performance.now() };
    const number = faults.push(fault);
    appendEntry(folder, { type: 'undo', number, kind: undo.kind, data: undo.data, at: now() });
    watch(fault);
    return { now: () => takeBackOnce(fault, number) };
  }

  async function takeBackOnce(fault: Fault, number: number): Promise<void> {
    if (fault.undoneAt !== undefined) return;
    try {
      await takeBack(fault.undo);
      fault.undoneAt = performance.now();
      delete fault.error;
      appendEntry(folder, { type: 'undone', number, by: 'engine', at: now() });
    } catch (error) {
      fault.error = error instanceof Error ? error.message : String(error);
      appendEntry(folder, { type: 'undone', number, by: 'engine', at: now(), error: fault.error });
      throw error;
    } finally {
      watch(fault);
    }
  }

  async function undoAll(): Promise<void> {
    over = true;
    const newestFirst = faults.map((fault, at) => ({ kind: fault.undo.kind, fault, number: at + 1 })).toReversed();
    for (const { fault, number } of inOrder(newestFirst)) {
      try {
        await takeBackOnce(fault, number);
      } catch {
        // Kept with the fault; the others are taken back all the same.
      }
    }
  }

  function close(): void {
    if (faults.every(({ undoneAt }) => undoneAt !== undefined))
      appendEntry(folder, { type: 'closed', by: 'engine', at: now() });
  }
}
