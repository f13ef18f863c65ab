/** A disk of a part that is full. */
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { Faults, FullDisk } from '../../../../model/drill/faults.ts';
import { empty, fill, freeOn, moveToDisk, refuses } from '../../../faults/disk.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { restartPart } from '../../../lab/restart.ts';
import type { Use } from '../../../target.ts';
import { dataFolder, withDataStep } from './data.ts';

const PAGE = 4096;

export async function fillDisk(
  open: OpenLab,
  { undo, signal }: Use,
  part: string,
  { freeBytes, roomBytes }: Parameters<Faults['fillDisk']>[1],
): Promise<FullDisk> {
  const folder = dataFolder(open.lab, part);
  if (process.getuid?.() !== 0) throw new CannotTell(`only root can give ${part} a disk of its own`);
  await undo.before({ kind: 'whole-disk', data: { directory: open.lab.directory, part } });
  const moved = withDataStep(open, part, async (data) => {
    try {
      await moveToDisk(data, roomBytes);
    } catch (error) {
      const because = error instanceof Error ? error.message.trim() : String(error);
      throw new CannotTell(`the data of ${part} cannot be put on a disk of their own: ${because}`, { cause: error });
    }
  });
  await restartPart(moved, part, signal);
  fill(folder, freeBytes);
  if (freeOn(folder) > freeBytes || !refuses(folder, freeBytes + PAGE))
    throw new CannotTell(`the disk of ${part} is not full: ${freeOn(folder)} bytes are free`);
  return {
    free: () => Promise.resolve(freeOn(folder)),
    clear: () => Promise.resolve(empty(folder)),
  };
}
