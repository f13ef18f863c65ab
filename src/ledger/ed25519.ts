import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** DER of SubjectPublicKeyInfo for Ed25519, up to the 32 bytes of the key. RFC 8410 §4. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const known = new Map<string, KeyObject>();
const MOST_KNOWN = 1024;

/** True when `signature` is the key's over `data`. A key or signature of a wrong length is simply not valid. */
export function verifyEd25519(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, data, keyObject(publicKey), signature);
  } catch {
    return false;
  }
}

/** Importing a key costs as much as verifying with it, so the last ones are kept. */
function keyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('latin1');
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}
