import { SIGNATURE_BYTES, verifyEd25519 } from './ed25519.ts';
import type { NoteSignature, SignedNote } from './note.ts';
import type { VerifierKey } from './vkey.ts';

const TIMESTAMP_BYTES = 8;

/** A witness's statement that it saw this tree, and none inconsistent with it, at a time. https://c2sp.org/tlog-cosignature */
export interface Cosignature {
  readonly witness: VerifierKey;
  /** Seconds since the epoch, as the witness claims. */
  readonly timestamp: number;
}

/** What a witness signs: a header, its time, and the whole text of the checkpoint. */
export function cosignedMessage(text: string, timestamp: number): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${timestamp}\n${text}`, 'utf8');
}

/** The signature line of a witness for a timestamp and its Ed25519 signature over `cosignedMessage`. */
export function cosignatureLine(witness: VerifierKey, timestamp: number, signature: Uint8Array): NoteSignature {
  const time = Buffer.alloc(TIMESTAMP_BYTES);
  time.writeBigUInt64BE(BigInt(timestamp));
  return { name: witness.name, keyId: witness.keyId, signature: Buffer.concat([time, signature]) };
}

/**
 * The valid cosignatures of a checkpoint by the given witnesses, at most one each: the latest. A witness counts once,
 * however many lines bear its name; lines that do not verify count for nothing.
 */
export function cosignaturesOf(note: SignedNote, witnesses: readonly VerifierKey[]): Cosignature[] {
  return witnesses.flatMap((witness) => {
    const times = note.signatures
      .filter((line) => line.name === witness.name && line.keyId === witness.keyId)
      .flatMap((line) => verifiedTime(note.text, line, witness) ?? []);
    return times.length === 0 ? [] : [{ witness, timestamp: Math.max(...times) }];
  });
}

function verifiedTime(text: string, line: NoteSignature, witness: VerifierKey): number | undefined {
  if (witness.algorithm !== 'cosignature-v1') return undefined;
  if (line.signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return undefined;
  const bytes = Buffer.from(line.signature);
  const timestamp = Number(bytes.readBigUInt64BE(0));
  if (!Number.isSafeInteger(timestamp)) return undefined;
  const signature = bytes.subarray(TIMESTAMP_BYTES);
  return verifyEd25519(witness.publicKey, cosignedMessage(text, timestamp), signature) ? timestamp : undefined;
}
