/** `lab logs`: the last lines of the parts' logs, and what comes after them. */
import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../../model/errors.ts';

/** As much of the end of a log as is searched for its last lines. */
const TAIL_BYTES = 1_048_576;
const POLL_MS = 200;
const ENDING = '.log';

export interface Tails {
  readonly lines: readonly string[];
  readonly files: readonly { readonly path: string; readonly label: string; readonly size: number }[];
}

/** The last lines of the parts, each led by its part's name when there are several. `undefined` where there is no lab. */
export function lastLines(directory: string, wanted: readonly string[], lines: number): Tails | undefined {
  const known = logNames(join(directory, 'logs'));
  if (known === undefined) return undefined;
  const unknown = wanted.find((part) => !known.includes(part));
  if (unknown !== undefined)
    throw new LaunchgateError('usage', `the lab has no log of "${unknown}"`, { next: `It has ${known.join(', ')}.` });
  const parts = wanted.length === 0 ? known : wanted;
  const width = Math.max(...parts.map((part) => part.length));
  const files = parts.map((part) => {
    const path = join(directory, 'logs', `${part}${ENDING}`);
    return { path, label: parts.length === 1 ? '' : `${part.padEnd(width)} | `, size: statSync(path).size };
  });
  return {
    files,
    lines: files.flatMap(({ path, label, size }) => {
      const text = read(path, Math.max(0, size - TAIL_BYTES), size);
      return lines === 0
        ? []
        : text
            .split('\n')
            .filter(Boolean)
            .slice(-lines)
            .map((line) => label + line);
    }),
  };
}

/** Prints whole lines as they come until the signal is given. A log that became shorter is read from its beginning. */
export async function followLogs({ files }: Tails, signal: AbortSignal, print: (line: string) => void): Promise<void> {
  const at = new Map(files.map(({ path, size }) => [path, { size, rest: '' }]));
  while (!signal.aborted) {
    for (const { path, label } of files) {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      const before = at.get(path)!;
      if (size === undefined || size === before.size) continue;
      const from = size < before.size ? 0 : before.size;
      const until = Math.min(size, from + TAIL_BYTES);
      const lines = (before.rest + read(path, from, until)).split('\n');
      at.set(path, { size: until, rest: lines.pop() ?? '' });
      for (const line of lines) print(label + line);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function read(path: string, from: number, until: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(until - from);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

/** `undefined` where there is no folder; one that cannot be read is another user's. */
function logNames(folder: string): string[] | undefined {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort();
}
