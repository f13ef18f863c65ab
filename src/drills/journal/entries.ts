/**
 * What stands in an undo journal: one JSON object a line, each on disk before what it announces happens. A crash or a full disk may leave half a line at
 * the end. Nobody acted upon that: readers leave it out, and whoever appends next cuts it off, so that in the middle of a journal a line that
 * cannot be read is always damage.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LaunchgateError } from '../../model/errors.ts';
import { parseJson } from '../../model/json.ts';

const at = z.iso.datetime();

const entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), id: z.string(), control: z.string(), target: z.string(), at }),
  z.object({ type: z.literal('undo'), number: z.int().positive(), kind: z.string(), data: z.unknown(), at }),
  z.object({
    type: z.literal('undone'),
    number: z.int().positive(),
    by: z.enum(['engine', 'watchdog', 'cleanup']),
    at,
    /** Why it was not; then it is tried again by whoever comes next. */
    error: z.string().optional(),
  }),
  z.object({ type: z.literal('closed'), by: z.enum(['engine', 'watchdog', 'cleanup']), at }),
]);

export type JournalEntry = z.infer<typeof entry>;
export type UndoEntry = Extract<JournalEntry, { type: 'undo' }>;
/** Who undoes: the run itself, its watchdog, or somebody who comes later. */
export type UndoneBy = Extract<JournalEntry, { type: 'undone' }>['by'];

const FILE = 'journal.jsonl';
const LINE_END = 0x0a;
/** A run notes a few faults; more than this is no journal. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Appends one entry; when this returns it is on the disk, all of it. Only for who holds the lock of the run. */
export function appendEntry(folder: string, written: JournalEntry): void {
  const file = openSync(join(folder, FILE), 'a+', 0o600);
  try {
    cutOffHalfLine(file);
    // It writes on until all is written, or throws; `writeSync` answers how much was written, and a full disk takes a part.
    writeFileSync(file, `${JSON.stringify(written)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The last byte tells whether there is one; only then is the journal read. */
function cutOffHalfLine(file: number): void {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === LINE_END)) return;
  ftruncateSync(file, readFileSync(file).lastIndexOf(LINE_END) + 1);
}

/**
 * All entries, oldest first; none where there is no journal. A last line that is cut off was never acted upon, and is left out; any other
 * line that cannot be read throws.
 */
export function readEntries(folder: string): JournalEntry[] {
  const path = join(folder, FILE);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MOST_BYTES) throw unreadable(path, `it has ${size} bytes`);
  const lines = size === 0 ? [] : readFileSync(path, 'utf8').split('\n');
  const complete = lines.slice(0, -1);
  return complete.map((line, index) => {
    const parsed = entry.safeParse(parseJson(line));
    if (!parsed.success) throw unreadable(path, `line ${index + 1} is no entry that this version knows`);
    return parsed.data;
  });
}

/** Faults that are not taken back yet, newest first. */
export function pending(entries: readonly JournalEntry[]): UndoEntry[] {
  const undone = new Set(
    entries.flatMap((one) => (one.type === 'undone' && one.error === undefined ? [one.number] : [])),
  );
  return entries
    .filter((one): one is UndoEntry => one.type === 'undo' && !undone.has(one.number))
    .toSorted((a, b) => b.number - a.number);
}

export function isClosed(entries: readonly JournalEntry[]): boolean {
  return entries.some(({ type }) => type === 'closed');
}

function unreadable(path: string, because: string): LaunchgateError {
  return new LaunchgateError('input-unreadable', `${path}: ${because}`, {
    next: 'Look at what it names, undo that by hand, and remove the folder.',
  });
}
