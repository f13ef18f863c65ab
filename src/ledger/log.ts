import { LaunchgateError } from '../model/errors.ts';
import type { Signer } from '../model/evidence.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import { parseCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
import { extend, frontierRoot, type Frontier } from './frontier.ts';
import { CHECKPOINT_FILE, partialTiles, STAGING_FILE, tileFile } from './layout.ts';
import { encodeStaging } from './staging.ts';
import { corrupt } from './tile-store.ts';
import type { VerifierKey } from './vkey.ts';

export const MAX_CHECKPOINT_BYTES = 512 * 1024;

/** What the sequencer works with. */
export interface LogContext {
  readonly storage: LedgerStorage;
  readonly origin: string;
  readonly signer: Signer;
  /** Keys whose signature on the present checkpoint is accepted: the signer's, and those it replaces. */
  readonly logKeys: readonly VerifierKey[];
  readonly pin?: CheckpointPin;
}

/** The log as it stands: its right edge, and the checkpoint that is published for it. */
export interface LogState {
  readonly frontier: Frontier;
  readonly checkpoint: Checkpoint;
  /** Size of the checkpoint before; its partial tiles stay for whoever is still reading by it. */
  readonly previousSize: number;
}

/**
 * Appends one group durably: staging, then bundles and tiles, then the signed checkpoint. When it resolves, the entries are
 * in the log for good. When it rejects, the state in memory is void: read it back with `recover`, which completes or
 * drops the group.
 */
export async function commitGroup(
  context: LogContext,
  state: LogState,
  entries: readonly Uint8Array[],
): Promise<LogState> {
  const { storage } = context;
  const staging = encodeStaging({ from: state.frontier.size, root: state.checkpoint.root, entries });
  await storage.replace([{ path: STAGING_FILE, bytes: staging }]);
  const { next, files } = extend(state.frontier, entries);
  await storage.replace(files);
  const checkpoint = await publish(context, state.checkpoint, next);
  await removeStalePartials(storage, [state.previousSize], [state.checkpoint.size, next.size]);
  return { frontier: next, checkpoint, previousSize: state.checkpoint.size };
}

/** Signs and publishes the checkpoint of a tree that grew out of the one that is published now, and of no other. */
export async function publish(context: LogContext, before: Checkpoint, next: Frontier): Promise<Checkpoint> {
  const { storage, origin, signer, pin } = context;
  const present = await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES);
  if (present === undefined || parseCheckpoint(present, CHECKPOINT_FILE).note.text !== before.note.text)
    throw corrupt(CHECKPOINT_FILE, 'somebody else changed it while this process held the lock');
  const checkpoint = await signCheckpoint({ origin, size: next.size, root: frontierRoot(next) }, signer);
  await storage.replace([{ path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
  await pin?.write(checkpoint.bytes);
  return checkpoint;
}

/** Partial tiles of old checkpoints are only in the way; what could not be removed is removed by a later start. */
export async function removeStalePartials(
  storage: LedgerStorage,
  old: readonly number[],
  kept: readonly number[],
): Promise<void> {
  const keep = new Set(kept.flatMap(partialTiles).map(tileFile));
  const stale = old.flatMap(partialTiles).map(tileFile);
  await removeQuietly(
    storage,
    stale.filter((path) => !keep.has(path)),
  );
}

/** Removes files that no reader needs. A failure leaves them where they are, which harms nothing. */
export async function removeQuietly(storage: LedgerStorage, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  try {
    await storage.remove(paths);
  } catch (error) {
    if (!(error instanceof LaunchgateError)) throw error;
  }
}
