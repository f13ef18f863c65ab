import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import type { Io } from './io.ts';

/** The bytes of a file that the command line names. `next`: what to name instead where it is none. */
export function readFile(named: string, io: Io, next: string): Uint8Array {
  const path = resolve(io.cwd, named);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new LaunchgateError('not-found', `${named} does not exist`, { next });
  if (found.isDirectory()) throw new LaunchgateError('usage', `${named} is a folder, expected a file`, { next });
  return readFileSync(path);
}

/** The JSON in a file that the command line names. `expected`: what it should be, as a message names it. */
export function readJson(
  named: string,
  io: Io,
  { expected, next }: { readonly expected: string; readonly next: string },
): unknown {
  const bytes = readFile(named, io, next);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new LaunchgateError('usage', `${named} is not ${expected}`, { cause, next });
  }
}
