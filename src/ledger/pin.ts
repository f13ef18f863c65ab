import { LaunchgateError } from '../model/errors.ts';
import type { CheckpointPin, LedgerStorage } from '../model/ledger-storage.ts';
import { verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { consistencyProof, sameHash, verifyConsistency } from './merkle.ts';
import { verifiedTiles } from './verified-tiles.ts';
import type { VerifierKey } from './vkey.ts';

/**
 * The pin as it is now. To be taken before the checkpoint is read: entries that come in between would else make the checkpoint look older
 * than the pin, like a log that was rolled back.
 */
export async function pinAsOfNow(pin: CheckpointPin): Promise<CheckpointPin> {
  const bytes = await pin.read();
  return { location: pin.location, read: () => Promise.resolve(bytes), write: (checkpoint) => pin.write(checkpoint) };
}

/**
 * Checks that a log still contains the tree that was pinned. Throws `ledger-corrupt` where it was rolled back, forked, or
 * swapped for another log. A pin that was never set requires nothing.
 */
export async function requirePinned(
  storage: LedgerStorage,
  checkpoint: Checkpoint,
  pin: CheckpointPin,
  logKeys: readonly VerifierKey[],
): Promise<void> {
  const bytes = await pin.read();
  if (bytes === undefined) return;
  const pinned = verifyCheckpoint(bytes, logKeys, pin.location);
  if (pinned.origin !== checkpoint.origin)
    throw contradicts(pin, `it is of log ${pinned.origin}, the ledger of ${checkpoint.origin}`);
  if (checkpoint.size < pinned.size)
    throw contradicts(pin, `the ledger was rolled back: it has ${checkpoint.size} entries, and had ${pinned.size}`);
  if (!(await contains(storage, checkpoint, pinned)))
    throw contradicts(
      pin,
      `the ledger was forked: its first ${pinned.size} entries are not those that were seen before`,
    );
}

async function contains(storage: LedgerStorage, checkpoint: Checkpoint, pinned: Checkpoint): Promise<boolean> {
  if (checkpoint.size === pinned.size) return sameHash(checkpoint.root, pinned.root);
  const tiles = await verifiedTiles(storage, checkpoint);
  return verifyConsistency(pinned, checkpoint, await consistencyProof(pinned.size, checkpoint.size, tiles.node));
}

function contradicts(pin: CheckpointPin, what: string): LaunchgateError {
  return new LaunchgateError(
    'ledger-corrupt',
    `The ledger contradicts the checkpoint pinned in ${pin.location}: ${what}.`,
    {
      next: 'Find out who replaced the ledger and restore it; remove the pin only when you know why it no longer holds.',
    },
  );
}
