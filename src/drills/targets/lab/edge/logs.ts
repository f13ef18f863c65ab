/** Everything that the lab's edge writes, as whoever looks for a leak reads it: nginx's logs, its error log, and what ModSecurity saw. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EdgeLogSearch } from '../../../../model/drill/edge-control.ts';

const FOLDERS = ['logs', 'private'];
/** Kept from everybody but the edge; what is shipped of it is cut down on the way. */
const RAW = 'private/audit.log';
const MOST_LINES = 100;

export async function searchEdgeLogs(folder: string, text: string): Promise<EdgeLogSearch[]> {
  const logs = FOLDERS.flatMap((name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`));
  return Promise.all(
    logs.sort().map(async (log) => {
      const path = join(folder, log);
      return {
        log,
        bytes: statSync(path).size,
        raw: log === RAW,
        open: isOpen(folder, log),
        lines: await linesWith(path, text),
      };
    }),
  );
}

/** Read permission for others counts only where they may enter every folder on the way. */
function isOpen(folder: string, log: string): boolean {
  const read = (statSync(join(folder, log)).mode & 0o044) !== 0;
  const enter = [folder, join(folder, log, '..')].every((path) => (statSync(path).mode & 0o011) !== 0);
  return read && enter;
}

async function linesWith(path: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line.includes(text)) found.push(line);
    if (found.length === MOST_LINES) break;
  }
  return found;
}
