import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope, Signer, Statement } from '../model/evidence.ts';
import { anyBase64, toBase64 } from './base64.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { verifyEd25519 } from './ed25519.ts';
import { checkEnvelope, subjectDigests } from './shapes.ts';
import { MAX_PAYLOAD_BYTES, parseStatement } from './statement.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Base64 makes four characters of three bytes; the rest is room for the signatures. */
export const MAX_ENVELOPE_BYTES = Math.ceil((MAX_PAYLOAD_BYTES * 4) / 3) + 64 * 1024;

/** An envelope whose base64 has been decoded, so that whoever asks several things of it decodes it once. */
export interface OpenEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: Uint8Array }[];
}

/** Pre-authentication encoding of DSSE 1.0.2: `DSSEv1 LEN(type) type LEN(body) body`, lengths in bytes. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  const encoding = Buffer.allocUnsafe(Buffer.byteLength(head) + payload.length);
  encoding.set(payload, encoding.write(head));
  return encoding;
}

/** Signs a statement's canonical JSON with every signer, in their order. */
export async function signStatement(statement: Statement, signers: readonly Signer[]): Promise<Envelope> {
  const payload = Buffer.from(canonicalJson(statement), 'utf8');
  const parsed = parseStatement(payload, 'the new statement');
  if (signers.length === 0) throw new LaunchgateError('usage', 'a statement needs at least one signer');
  const message = pae(PAYLOAD_TYPE, payload);
  const claim = claimOf(parsed, message);
  const made = await Promise.all(signers.map((signer) => signer.sign(message)));
  const signatures = signers.map(({ keyId }, at) =>
    Object.freeze({ keyid: keyId, sig: toBase64(made[at] as Uint8Array) }),
  );
  const envelope = { payload: toBase64(payload), payloadType: PAYLOAD_TYPE, signatures: Object.freeze(signatures) };
  claims.set(Object.freeze(envelope), claim);
  return envelope;
}

/** What an envelope says that its leaf repeats: the same whoever signed it. */
export interface Claim {
  /** SHA-256 of the DSSE pre-authentication encoding: names what was signed. */
  readonly pae: Digest;
  readonly predicateType: string;
  /** Digests of the statement's subjects as `algorithm:value`, sorted, each once. */
  readonly subjects: readonly string[];
}

function claimOf(statement: Statement, signed: Uint8Array): Claim {
  return { pae: sha256(signed), predicateType: statement.predicateType, subjects: subjectDigests(statement) };
}

/** The claims of envelopes that were signed here and may be logged next. They are frozen, so a claim stays true. */
const claims = new WeakMap<Envelope, Claim>();

/** The stored form of an envelope, and its claim. Throws `evidence-invalid` where it holds no statement. */
export function storable(envelope: Envelope, where: string): { bytes: Uint8Array; claim: Claim } {
  const known = claims.get(envelope);
  if (known !== undefined) return { bytes: Buffer.from(JSON.stringify(envelope), 'utf8'), claim: known };
  const open = openEnvelope(envelope, where);
  return { bytes: storedForm(open), claim: claimIn(open, signedBytes(open), where) };
}

/** The claim of an envelope whose signed bytes are these. Throws `evidence-invalid` where it holds no statement. */
export function claimIn(open: OpenEnvelope, signed: Uint8Array, where: string): Claim {
  return claimOf(statementIn(open, where), signed);
}

/** Reads an envelope from a file's bytes. Throws `evidence-invalid`, naming `where` and the member that is wrong. */
export function decodeEnvelope(bytes: Uint8Array, where: string): Envelope {
  const envelope = parseEnvelope(bytes, where);
  openEnvelope(envelope, where);
  return envelope;
}

/** As `decodeEnvelope`, and opens it. */
export function readEnvelope(bytes: Uint8Array, where: string): OpenEnvelope {
  return openEnvelope(parseEnvelope(bytes, where), where);
}

function parseEnvelope(bytes: Uint8Array, where: string): Envelope {
  const json = parseBoundedJson(bytes, { bytes: MAX_ENVELOPE_BYTES, depth: Infinity });
  const checked = json.ok ? checkEnvelope(json.value) : json;
  if (checked.ok) return checked.value;
  throw invalid(where, checked.reason);
}

/** Decodes the base64 of an envelope. Throws `evidence-invalid`, naming `where` and the member that is none. */
function openEnvelope({ payload, payloadType, signatures }: Envelope, where: string): OpenEnvelope {
  return {
    payload: decode(payload, where, 'payload'),
    payloadType,
    signatures: signatures.map(({ keyid, sig }, at) => {
      const bytes = decode(sig, where, `signatures.${at}.sig`);
      return keyid === undefined ? { sig: bytes } : { keyid, sig: bytes };
    }),
  };
}

/** The one form in which an envelope is stored: canonical JSON (its members are written in sorted order), padded standard base64. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return storedForm(openEnvelope(envelope, 'envelope'));
}

function storedForm({ payload, payloadType, signatures }: OpenEnvelope): Uint8Array {
  const canonical = {
    payload: toBase64(payload),
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })),
  };
  return Buffer.from(JSON.stringify(canonical), 'utf8');
}

/** The digest of the stored form, which is the envelope's name everywhere. */
export function envelopeDigest(envelope: Envelope): Digest {
  return sha256(encodeEnvelope(envelope));
}

/** The bytes that its signatures sign. */
export function signedBytes({ payloadType, payload }: OpenEnvelope): Uint8Array {
  return pae(payloadType, payload);
}

/** True when one of its signatures is this key's. `keyid` plays no part. */
export function verifyWith(envelope: Envelope, publicKey: Uint8Array): boolean {
  const open = openEnvelope(envelope, 'envelope');
  const message = signedBytes(open);
  return open.signatures.some(({ sig }) => verifyEd25519(publicKey, message, sig));
}

/** The statement in the very payload that the signatures cover. Throws `evidence-invalid` for other payload types. */
export function statementOf(envelope: Envelope, where: string): Statement {
  return statementIn(openEnvelope(envelope, where), where);
}

function statementIn({ payloadType, payload }: OpenEnvelope, where: string): Statement {
  if (payloadType !== PAYLOAD_TYPE)
    throw invalid(where, `payloadType: expected ${PAYLOAD_TYPE}, found ${JSON.stringify(payloadType)}`);
  return parseStatement(payload, where);
}

function decode(text: string, where: string, member: string): Uint8Array {
  const bytes = anyBase64(text);
  if (bytes === undefined) throw invalid(where, `${member}: expected base64`);
  return bytes;
}

function invalid(where: string, what: string): LaunchgateError {
  return new LaunchgateError('evidence-invalid', `${where}: not a DSSE envelope: ${what}`, {
    next: 'Offer an envelope with payload, payloadType and signatures.',
  });
}
