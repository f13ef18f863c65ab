import { LaunchgateError } from '../model/errors.ts';
import type { Signer } from '../model/evidence.ts';
import { strictBase64, toBase64 } from './base64.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';
import { formatNote, isKeyName, parseNote, type SignedNote } from './note.ts';
import { verifierKey, verifyNote, type VerifierKey } from './vkey.ts';

/** The head of a tree: which log, how many leaves, which root. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** A signed tree head with the bytes it was read from. https://c2sp.org/tlog-checkpoint */
export interface Checkpoint extends TreeHead {
  readonly note: SignedNote;
  readonly bytes: Uint8Array;
}

/** The text that the log and its witnesses sign. */
export function checkpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Signs a tree head in the name of its origin. The caller vouches that it is consistent with all it signed before. */
export async function signCheckpoint(head: TreeHead, signer: Signer): Promise<Checkpoint> {
  if (!isKeyName(head.origin))
    throw new LaunchgateError(
      'usage',
      `${JSON.stringify(head.origin)} cannot be an origin: it is empty, or has spaces or a +`,
    );
  const text = checkpointText(head);
  const key = logKey(head.origin, signer.publicKey);
  const signature = await signer.sign(Buffer.from(text, 'utf8'));
  const note: SignedNote = { text, signatures: [{ name: key.name, keyId: key.keyId, signature }] };
  return { ...head, note, bytes: formatNote(note) };
}

/** The verifier key of a log that signs with an Ed25519 key under its origin's name. */
export function logKey(origin: string, publicKey: Uint8Array): VerifierKey {
  return verifierKey(origin, 'ed25519', publicKey);
}

/** Reads a checkpoint without judging its signatures. Throws `ledger-corrupt` where it is malformed; `where` names the file. */
export function parseCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const note = parseNote(bytes, where);
  const [origin = '', size = '', root = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const rootBytes = strictBase64(root);
  if (origin === '') throw malformed(where, 'its origin is empty');
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw malformed(where, `its size is ${JSON.stringify(size)}`);
  if (rootBytes?.length !== HASH_BYTES) throw malformed(where, 'its root is not 32 bytes of base64');
  if (extensions.includes('')) throw malformed(where, 'it has an empty extension line');
  return { origin, size: Number(size), root: rootBytes, note, bytes };
}

/**
 * Reads a checkpoint and accepts it only when one of the log's keys signed it and no line of any of them is wrong.
 * Throws `ledger-corrupt` otherwise.
 */
export function verifyCheckpoint(bytes: Uint8Array, logKeys: readonly VerifierKey[], where: string): Checkpoint {
  const checkpoint = parseCheckpoint(bytes, where);
  const verdicts = logKeys.map((key) => verifyNote(checkpoint.note, key));
  if (verdicts.includes('invalid')) throw malformed(where, 'a signature of the log does not verify');
  if (!verdicts.includes('valid')) throw malformed(where, `no signature by a known key of log ${checkpoint.origin}`);
  return checkpoint;
}

function malformed(where: string, what: string): LaunchgateError {
  return new LaunchgateError('ledger-corrupt', `${where}: not a valid checkpoint: ${what}`, {
    next: 'Restore the ledger from a copy, or name the right log key; then run: launchgate ledger fsck.',
  });
}
