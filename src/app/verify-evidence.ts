import { cosignaturesOf } from '../ledger/cosignature.ts';
import { envelopeDigest, statementOf, verifyWith } from '../ledger/envelope.ts';
import { decodeLeaf } from '../ledger/leaf.ts';
import { parseProof, verifyProof } from '../ledger/proof.ts';
import type { VerifierKey } from '../ledger/vkey.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope } from '../model/evidence.ts';

/** What the verifier expects of a piece of evidence. Nothing of it is read from the evidence. */
export interface ExpectedEvidence {
  /** Raw Ed25519 public keys, any one of which must have signed. */
  readonly signers: readonly Uint8Array[];
  readonly proof?: ExpectedProof;
}

/** A `.tlog-proof` file, the keys of the log that it must be of, and those of the witnesses that must all have seen its checkpoint. */
export interface ExpectedProof {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly logKeys: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
}

export type EvidenceVerification =
  | { readonly holds: true; readonly summary: string }
  | { readonly holds: false; readonly reasons: readonly [string, ...string[]] };

/** Checks a signed envelope offline: who signed it, and with a proof that the log holds it. Throws where a file is malformed. */
export function verifyEvidence(envelope: Envelope, where: string, expected: ExpectedEvidence): EvidenceVerification {
  const { predicateType } = statementOf(envelope, where);
  if (!expected.signers.some((key) => verifyWith(envelope, key)))
    return { holds: false, reasons: ['none of the expected signers signed it'] };
  const summary = `${predicateType}, signed by an expected key`;
  if (expected.proof === undefined)
    return { holds: true, summary: `${summary}; no proof that a log holds it was given` };
  const logged = inLog(envelope, expected.proof);
  return 'reason' in logged
    ? { holds: false, reasons: [logged.reason] }
    : { holds: true, summary: `${summary}; ${logged.where}` };
}

/** The entry travels in the proof as `extra`, which nobody authenticates: it counts because the hashes lead from it to the root. */
function inLog(
  envelope: Envelope,
  { bytes, name, logKeys, witnesses }: ExpectedProof,
): { readonly where: string } | { readonly reason: string } {
  const proof = parseProof(bytes, name);
  const leaf = proof.extra === undefined ? undefined : decodeLeaf(proof.extra);
  if (proof.extra === undefined || leaf === undefined) return { reason: `${name} does not carry an entry of a ledger` };
  if (leaf.envelope !== envelopeDigest(envelope))
    return { reason: `${name} proves another envelope, ${leaf.envelope}` };
  try {
    const { origin, size, note } = verifyProof(proof, proof.extra, logKeys, name);
    const seen = cosignaturesOf(note, witnesses);
    const unseen = witnesses.filter((one) => !seen.some(({ witness }) => witness === one));
    if (unseen.length > 0)
      return { reason: `no valid cosignature of its checkpoint by ${unseen.map((one) => one.name).join(', ')}` };
    const times = seen.map(({ witness, timestamp }) => `, seen by ${witness.name} ${momentOf(timestamp)}`).join('');
    return { where: `entry ${proof.index} of ${origin} at ${size} entries, sequenced ${leaf.time}${times}` };
  } catch (error) {
    if (error instanceof LaunchgateError) return { reason: error.message };
    throw error;
  }
}

/** A witness may have written down any number. */
function momentOf(timestamp: number): string {
  const time = new Date(timestamp * 1000);
  return Number.isNaN(time.getTime()) ? 'at a time that there is not' : time.toISOString();
}
