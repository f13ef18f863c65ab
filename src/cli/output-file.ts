import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import type { Io } from './io.ts';

/**
 * The path of a file that `--output` names. Throws `usage` where it cannot be written: to be asked before what takes long, or is on record before
 * it is written.
 */
export function outputFile(named: string, io: Io): string {
  const path = resolve(io.cwd, named);
  const there = statSync(path, { throwIfNoEntry: false });
  const isReplaced = there === undefined || there.isFile();
  // A file is replaced as a whole, beside itself; a pipe or a device is written to.
  const place = isReplaced ? dirname(there === undefined ? path : realpathSync(path)) : path;
  if (there?.isDirectory() !== true && isWritable(place)) return path;
  throw new LaunchgateError('usage', `${named} is not a file in a folder that is there and may be written to`, {
    next: 'Name a file for --output.',
  });
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
