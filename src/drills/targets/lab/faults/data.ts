/** Where the parts of the lab keep their data, and changing something there while they do not run. */
import { join } from 'node:path';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Lab } from '../../../lab/part.ts';

/** A folder of its own, below the part's. */
const DATA: Readonly<Record<string, string>> = {
  postgres: 'data',
  'postgres-replica': 'data',
  mariadb: 'data',
  nats: 'data',
  redis: 'appendonlydir',
};

/** Throws {@link CannotTell} for a part that has no folder for its data alone. */
export function dataFolder(lab: Lab, part: string): string {
  const name = DATA[part];
  if (name === undefined || !lab.has(part)) throw new CannotTell(`the lab has no part ${part} with a folder of data`);
  return join(lab.folder(part), name);
}

/** The lab, in which the next start of the part first does this with its data. */
export function withDataStep(open: OpenLab, name: string, step: (folder: string) => Promise<void>): OpenLab {
  const folder = dataFolder(open.lab, name);
  const parts = open.parts.map((part) =>
    part.name !== name
      ? part
      : {
          ...part,
          async beforeStart(lab: Lab, signal: AbortSignal) {
            await step(folder);
            await part.beforeStart?.(lab, signal);
          },
        },
  );
  return { ...open, parts };
}
