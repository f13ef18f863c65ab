import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file as a whole: whoever reads it, and whatever breaks off, a full disk say, finds the old content or the new one. A link
 * stays one, a mode too; what is no plain file, such as a pipe, is written to as it is.
 */
export function replaceFile(path: string, content: string | Uint8Array, mode?: number): void {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known !== undefined && !known.isFile()) {
    writeFileSync(path, content);
    return;
  }
  const target = known === undefined ? path : realpathSync(path);
  const beside = `${target}.${randomUUID()}.tmp`;
  try {
    writeFileSync(beside, content, { flag: 'wx', mode: known?.mode ?? mode ?? 0o666 });
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
