import { LaunchgateError } from '../model/errors.ts';
import { strictBase64, toBase64 } from './base64.ts';
import { verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { HASH_BYTES, leafHash, verifyInclusion, type Hash } from './merkle.ts';
import type { VerifierKey } from './vkey.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF_BYTES = 1024 * 1024;
/** Longest audit path in a tree of at most 2^63 leaves. */
const MAX_HASHES = 63;

/** A proof that stands alone: entry `index` is in the tree of the checkpoint. https://c2sp.org/tlog-proof */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The checkpoint's bytes, cosignatures included. */
  readonly checkpoint: Uint8Array;
  /** Opaque and never authenticated. */
  readonly extra?: Uint8Array;
}

export function formatProof({ index, hashes, checkpoint, extra }: TlogProof): Uint8Array {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\n'), 'utf8'), checkpoint]);
}

/** Reads a `.tlog-proof` file. Throws `evidence-invalid` where it is malformed; `where` names it. */
export function parseProof(bytes: Uint8Array, where: string): TlogProof {
  if (bytes.length > MAX_PROOF_BYTES) throw malformed(where, `more than ${MAX_PROOF_BYTES} bytes`);
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\n\n');
  if (end < 0) throw malformed(where, 'no empty line before the checkpoint');
  const [header, ...lines] = Buffer.from(bytes.subarray(0, end)).toString('utf8').split('\n');
  if (header !== HEADER) throw malformed(where, `the first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') === true ? decode(lines.shift()?.slice(6), where) : undefined;
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw malformed(where, 'no line with the index');
  if (lines.length > MAX_HASHES) throw malformed(where, `more than ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => decode(line, where));
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw malformed(where, 'a hash is not 32 bytes');
  const proof = { index: Number(index), hashes, checkpoint: bytes.subarray(end + 2) };
  return extra === undefined ? proof : { ...proof, extra };
}

/**
 * Checks offline that the entry is in the log: the checkpoint bears a valid signature of one of the log's keys, and the
 * hashes lead from the entry to its root. Returns the checkpoint; throws `evidence-invalid` or `ledger-corrupt`.
 */
export function verifyProof(
  proof: TlogProof,
  entry: Uint8Array,
  logKeys: readonly VerifierKey[],
  where: string,
): Checkpoint {
  const checkpoint = verifyCheckpoint(proof.checkpoint, logKeys, where);
  if (!verifyInclusion(proof.index, checkpoint.size, leafHash(entry), proof.hashes, checkpoint.root))
    throw malformed(
      where,
      `the hashes do not lead from entry ${proof.index} to the root of ${checkpoint.size} entries`,
    );
  return checkpoint;
}

function decode(text: string | undefined, where: string): Uint8Array {
  const bytes = strictBase64(text ?? '');
  if (bytes === undefined) throw malformed(where, 'a line is not base64');
  return bytes;
}

function malformed(where: string, what: string): LaunchgateError {
  return new LaunchgateError('evidence-invalid', `${where}: not a valid inclusion proof: ${what}`, {
    next: 'Write the proof again with: launchgate ledger prove.',
  });
}
