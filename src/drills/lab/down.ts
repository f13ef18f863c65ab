/** `lab down`: ends all parts in the order of their needs, then whatever is left of them, then removes their files. */
import { existsSync, readdirSync } from 'node:fs';
import { mountsIn, unmount } from './run/mounts.ts';
import { ownedProcesses } from './run/owned.ts';
import { isForeign, lockLab, removeFolder, removePlace, removeRemains } from './run/place.ts';
import { runs } from './run/proc.ts';
import { readState, recordedProcess, writeState, type LabState } from './run/state.ts';
import { endParts, killRest, type Ending, type Killed } from './run/stop.ts';
import { closeSegments } from './segments/index.ts';

export interface DownReport extends Killed {
  readonly endings: ReadonlyMap<string, Ending>;
}

export interface DownOptions {
  readonly directory: string;
  /** Keeps data, secrets and ports for the next start. */
  readonly keep: boolean;
  readonly watch: (part: string, how: Ending) => void;
}

/** Takes the lab down; `undefined` where there is none. */
export async function down({ directory, keep, watch }: DownOptions): Promise<DownReport | undefined> {
  if (readState(directory) === undefined) return removeTraces(directory);
  const lock = await lockLab(directory);
  try {
    const state = readState(directory);
    return state === undefined ? undefined : await end(state, { directory, keep, watch });
  } finally {
    await lock.release();
  }
}

/** Parts of a lab that still run, by name. */
export function stillRunning(directory: string): string[] {
  const state = readState(directory);
  return Object.keys(state?.parts ?? {}).filter((part) => {
    const id = state === undefined ? undefined : recordedProcess(state, part);
    return id !== undefined && runs(id);
  });
}

async function end(state: LabState, { directory, keep, watch }: DownOptions): Promise<DownReport> {
  const endings = new Map<string, Ending>();
  writeState(directory, { ...state, phase: 'stopping' });
  // Remembered now: a part that ends may leave children that nothing ties to it any more.
  const before = ownedProcesses(directory, state);
  await endParts(state, (part, how) => {
    endings.set(part, how);
    watch(part, how);
  });
  const { strays, left } = await killRest(directory, state, before);
  if (left.length === 0) {
    if (state.segmented) await closeSegments(state.id);
    // Of a drill that nobody could take back.
    for (const folder of mountsIn(state.partsFolder)) await unmount(folder);
    if (keep) writeState(directory, { ...state, phase: 'kept' });
    removePlace(directory, state, keep);
  }
  return { endings, strays, left };
}

/** Of a start that was killed before it had noted anything, which is before it had started anything; and of a command that was killed while it removed. */
async function removeTraces(directory: string): Promise<undefined> {
  removeRemains(directory);
  if (!existsSync(directory) || isForeign(readdirSync(directory))) return;
  const lock = await lockLab(directory);
  removeFolder(directory);
  await lock.release();
}
