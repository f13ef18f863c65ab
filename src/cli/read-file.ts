import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import type { Io } from './io.ts';

/** Most bytes that are read of a file that the command line names. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of a file that the command line names; a pipe will do. `next`: what to name instead where it is none. Throws `not-found`, `usage` of
 * a folder, and `input-hostile` beyond 64 MiB, whatever size the file claims: a device has no end.
 */
export function readFile(named: string, io: Io, next: string): Uint8Array {
  const path = resolve(io.cwd, named);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new LaunchgateError('not-found', `${named} does not exist`, { next });
  if (found.isDirectory()) throw new LaunchgateError('usage', `${named} is a folder, expected a file`, { next });
  return readBounded(path, named);
}

function readBounded(path: string, named: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const parts: Uint8Array[] = [];
    for (let size = 0; size <= MAX_BYTES;) {
      const part = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(file, part);
      if (length === 0) return Buffer.concat(parts, size);
      parts.push(part.subarray(0, length));
      size += length;
    }
  } finally {
    closeSync(file);
  }
  throw new LaunchgateError('input-hostile', `${named} has more than ${MAX_BYTES} bytes`, {
    next: 'See that it is the file you mean.',
  });
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
