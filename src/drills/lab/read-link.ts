import { readlinkSync } from 'node:fs';

/** What a symbolic link points to; `undefined` where there is none, or none that may be read. */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
