import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope, Signer, Statement } from '../model/evidence.ts';
import { anyBase64, toBase64 } from './base64.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { verifyEd25519 } from './ed25519.ts';
import { checkEnvelope } from './shapes.ts';
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
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** Signs a statement's canonical JSON with every signer, in their order. */
export async function signStatement(statement: Statement, signers: readonly Signer[]): Promise<Envelope> {
  const payload = Buffer.from(canonicalJson(statement), 'utf8');
  parseStatement(payload, 'the new statement');
  if (signers.length === 0) throw new LaunchgateError('usage', 'a statement needs at least one signer');
  const message = pae(PAYLOAD_TYPE, payload);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ keyid: signer.keyId, sig: toBase64(await signer.sign(message)) })),
  );
  return { payload: toBase64(payload), payloadType: PAYLOAD_TYPE, signatures };
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
export function openEnvelope({ payload, payloadType, signatures }: Envelope, where: string): OpenEnvelope {
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

/** As `encodeEnvelope`. */
export function storedForm({ payload, payloadType, signatures }: OpenEnvelope): Uint8Array {
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

/** As `statementOf`. */
export function statementIn({ payloadType, payload }: OpenEnvelope, where: string): Statement {
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
