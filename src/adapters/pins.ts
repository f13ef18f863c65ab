import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../model/digest.ts';
import type { CheckpointPin } from '../model/ledger-storage.ts';
import { durableFiles } from './durable-files.ts';

const MAX_PIN_BYTES = 512 * 1024;

/** The pinned checkpoint of a log, in a folder outside the repository; by default `pins/` in Launchgate's home. */
export function checkpointPin(home: string, origin: string): CheckpointPin {
  const folder = join(home, 'pins');
  const name = `${sha256(origin).slice('sha256:'.length)}.checkpoint`;
  const storage = durableFiles(folder);
  return {
    location: join(folder, name),
    read: () => storage.read(name, MAX_PIN_BYTES),
    write: async (bytes) => {
      mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
      await storage.replace([{ path: name, bytes }]);
    },
  };
}
