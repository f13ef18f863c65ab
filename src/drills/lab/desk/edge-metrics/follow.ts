/** Follows a log by its size: what was appended since the last look, in whole lines. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 1024 * 1024;

export interface Follower {
  /** The lines since the last call; none while the file is not there. A file that shrank is read from its start. */
  lines(): string[];
}

export function follow(path: string): Follower {
  let offset = 0;
  let rest = '';
  return {
    lines() {
      // Read first: what was left of a file that is gone is forgotten there.
      const appended = read();
      const text = rest + appended;
      const end = text.lastIndexOf('\n');
      rest = text.slice(end + 1).slice(-CHUNK);
      return end < 0 ? [] : text.slice(0, end).split('\n');
    },
  };

  function read(): string {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return '';
    }
    try {
      const { size } = fstatSync(file);
      if (size < offset) [offset, rest] = [0, ''];
      const buffer = Buffer.alloc(Math.min(CHUNK, size - offset));
      const count = readSync(file, buffer, 0, buffer.length, offset);
      offset += count;
      return buffer.toString('utf8', 0, count);
    } finally {
      closeSync(file);
    }
  }
}
