import { hash } from 'node:crypto';
import { LaunchgateError } from '../model/errors.ts';
import { strictBase64, toBase64 } from './base64.ts';
import { PUBLIC_KEY_BYTES, verifyEd25519 } from './ed25519.ts';
import { isKeyName, type SignedNote } from './note.ts';

/** Signature types of https://c2sp.org/signed-note. */
const TYPE_BYTES = { ed25519: 0x01, 'cosignature-v1': 0x04, 'ml-dsa-44': 0x06 } as const;
export type KeyAlgorithm = keyof typeof TYPE_BYTES;
const KEY_BYTES: Record<KeyAlgorithm, number> = {
  ed25519: PUBLIC_KEY_BYTES,
  'cosignature-v1': PUBLIC_KEY_BYTES,
  'ml-dsa-44': 1312,
};

/** A key that verifies notes: a log's, a witness's, or one for an algorithm that is kept but not judged here yet. */
export interface VerifierKey {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly publicKey: Uint8Array;
  /** First four bytes of `SHA256(name ‖ 0x0A ‖ type ‖ key)`, as hex: a hint, never a decision. */
  readonly keyId: string;
}

/** `valid`, `invalid` (the key's line does not verify), `absent` (no line of this key), `unsupported` algorithm. */
export type NoteVerdict = 'valid' | 'invalid' | 'absent' | 'unsupported';

export function verifierKey(name: string, algorithm: KeyAlgorithm, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw invalid(`${JSON.stringify(name)} is no key name: it is empty, or has spaces or a +`);
  if (publicKey.length !== KEY_BYTES[algorithm])
    throw invalid(`an ${algorithm} key has ${KEY_BYTES[algorithm]} bytes, not ${publicKey.length}`);
  const typed = Buffer.concat([Uint8Array.of(TYPE_BYTES[algorithm]), publicKey]);
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  return { name, algorithm, publicKey, keyId };
}

/** `name+hex8(keyID)+base64(type ‖ key)`. */
export function formatVkey({ name, algorithm, publicKey, keyId }: VerifierKey): string {
  return `${name}+${keyId}+${toBase64(Buffer.concat([Uint8Array.of(TYPE_BYTES[algorithm]), publicKey]))}`;
}

/** Reads a vkey. Throws `key-invalid` where its form, its type or its key ID is wrong. */
export function parseVkey(text: string): VerifierKey {
  const [name = '', keyId = '', ...rest] = text.trim().split('+');
  const bytes = strictBase64(rest.join('+'));
  if (bytes === undefined || bytes.length === 0) throw invalid('expected name+keyID+base64');
  const found = Object.entries(TYPE_BYTES).find(([, type]) => type === bytes[0]);
  if (found === undefined) throw invalid(`signature type ${bytes[0]} is not known`);
  const key = verifierKey(name, found[0] as KeyAlgorithm, bytes.subarray(1));
  if (key.keyId !== keyId) throw invalid(`its key ID is ${keyId}, but the key makes ${key.keyId}`);
  return key;
}

/** Judges the lines of a note that bear the key's name and ID; all of them must verify. Lines of other keys are ignored. */
export function verifyNote(note: SignedNote, key: VerifierKey): NoteVerdict {
  const own = note.signatures.filter((line) => line.name === key.name && line.keyId === key.keyId);
  if (own.length === 0) return 'absent';
  if (key.algorithm !== 'ed25519') return 'unsupported';
  const text = Buffer.from(note.text, 'utf8');
  return own.every((line) => verifyEd25519(key.publicKey, text, line.signature)) ? 'valid' : 'invalid';
}

function invalid(what: string): LaunchgateError {
  return new LaunchgateError('key-invalid', `not a verifier key: ${what}`, {
    next: 'Copy the vkey line again from: launchgate ledger checkpoint.',
  });
}
