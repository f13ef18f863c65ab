/** Data folders of servers. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../part.ts';

/** Makes the part's `data` folder, whole or not at all; does nothing where it is there already. */
export async function makeData(lab: Lab, part: string, make: (folder: string) => Promise<void>): Promise<void> {
  const data = join(lab.folder(part), 'data');
  if (existsSync(data)) return;
  const unfinished = `${data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await make(unfinished);
  renameSync(unfinished, data);
}
