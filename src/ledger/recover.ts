import { LaunchgateError } from '../model/errors.ts';
import { signCheckpoint, verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { EMPTY_FRONTIER, extend, frontierRoot, loadFrontier } from './frontier.ts';
import { CHECKPOINT_FILE, partialTiles, STAGING_FILE, TILE_FOLDER, tileFile } from './layout.ts';
import { MAX_CHECKPOINT_BYTES, publish, removeQuietly, type LogContext, type LogState } from './log.ts';
import { EMPTY_ROOT, sameHash } from './merkle.ts';
import { requirePinned } from './pin.ts';
import { decodeStaging, MAX_STAGING_BYTES, type Staging } from './staging.ts';
import { corrupt } from './tile-store.ts';
import { parseTilePath, TILE_WIDTH } from './tiles.ts';

/**
 * Reads the log as it stands, making it anew where there is none, and completes what a crash cut short. To be called under
 * the lock. Throws `ledger-corrupt` where what it finds cannot be the work of a crash, `ledger-unreadable` on failures of
 * the storage.
 */
export async function recover(context: LogContext): Promise<LogState> {
  const { storage } = context;
  const bytes = await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES);
  const staged = await storage.read(STAGING_FILE, MAX_STAGING_BYTES);
  if (bytes === undefined) return create(context, staged !== undefined);
  const checkpoint = verifyCheckpoint(bytes, context.logKeys, CHECKPOINT_FILE);
  if (checkpoint.origin !== context.origin)
    throw new LaunchgateError(
      'refused',
      `${CHECKPOINT_FILE} is of log ${checkpoint.origin}, not of ${context.origin}`,
      {
        next: 'Name the origin of this ledger, or another folder.',
      },
    );
  if (context.pin !== undefined) await requirePinned(storage, checkpoint, context.pin, context.logKeys);
  const state =
    staged === undefined ? await atRest(context, checkpoint) : await replay(context, checkpoint, decodeStaging(staged));
  await removeLeftovers(context, state);
  return state;
}

async function create(context: LogContext, staged: boolean): Promise<LogState> {
  const { storage, origin, signer, pin } = context;
  if (staged || (await storage.list(TILE_FOLDER)).length > 0)
    throw corrupt(CHECKPOINT_FILE, `it is missing, but ${storage.location} holds a log`);
  const pinned = await pin?.read();
  if (pinned !== undefined)
    throw corrupt(CHECKPOINT_FILE, `it is missing, but ${pin?.location} has seen a checkpoint of ${origin}`);
  const checkpoint = await signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer);
  await storage.replace([{ path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
  await pin?.write(checkpoint.bytes);
  return { frontier: EMPTY_FRONTIER, checkpoint, previousSize: 0 };
}

async function atRest({ storage }: LogContext, checkpoint: Checkpoint): Promise<LogState> {
  const frontier = await loadFrontier(storage, checkpoint.size, checkpoint.root);
  return { frontier, checkpoint, previousSize: checkpoint.size };
}

/**
 * A staged group is either the last one that was published, or one that was about to be. Both are written again in full:
 * after a failed write nobody knows which of them lasts.
 */
async function replay(context: LogContext, checkpoint: Checkpoint, staging: Staging): Promise<LogState> {
  const { storage } = context;
  const end = staging.from + staging.entries.length;
  if (end < checkpoint.size) {
    await removeQuietly(storage, [STAGING_FILE]);
    return atRest(context, checkpoint);
  }
  if (staging.from !== checkpoint.size && end !== checkpoint.size)
    throw corrupt(CHECKPOINT_FILE, `it has ${checkpoint.size} entries, but ${staging.from} were published before`);
  const before = await loadFrontier(storage, staging.from, staging.root);
  const { next, files } = extend(before, staging.entries);
  if (end === checkpoint.size && !sameHash(frontierRoot(next), checkpoint.root))
    throw corrupt(STAGING_FILE, `its entries do not make the root of the checkpoint of ${checkpoint.size}`);
  if (staging.from === checkpoint.size && !sameHash(staging.root, checkpoint.root))
    throw corrupt(STAGING_FILE, `it was made on another tree of ${staging.from} entries`);
  await storage.replace(files);
  const done = end === checkpoint.size ? checkpoint : await publish(context, checkpoint, next);
  if (done === checkpoint) await storage.replace([{ path: CHECKPOINT_FILE, bytes: checkpoint.bytes }]);
  return { frontier: next, checkpoint: done, previousSize: staging.from };
}

/** Removes partial tiles beside the right edge that belong neither to this checkpoint nor to the one before. */
async function removeLeftovers({ storage }: LogContext, { frontier, previousSize }: LogState): Promise<void> {
  const edge = [...partialTiles(frontier.size), ...partialTiles(previousSize)];
  const keep = new Set(edge.map(tileFile));
  const folders = new Set(
    edge.flatMap((tile) =>
      [tile.index, Math.max(tile.index - 1, 0)].map((index) => `${tileFile({ ...tile, index, width: TILE_WIDTH })}.p`),
    ),
  );
  for (const folder of folders) {
    const stale = (await storage.list(folder)).map((name) => `${folder}/${name}`).filter((path) => !keep.has(path));
    await removeQuietly(
      storage,
      stale.filter((path) => parseTilePath(path.slice('ledger/'.length)) !== undefined),
    );
  }
}
