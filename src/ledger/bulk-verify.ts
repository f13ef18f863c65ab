import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verifyEd25519 } from './ed25519.ts';

/** True when the signature is the key's over the data. A key or signature of a wrong length is simply not valid. */
export type Verify = (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => boolean;

interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean;
}

/**
 * Verifies many signatures: by libsodium, twice as fast as OpenSSL, where its optional package is installed; what libsodium refuses,
 * OpenSSL is asked again. The two differ only over signatures that the holder of the key alone can make, with a component of small order
 * (RFC 8032 §5.1.7 leaves open whether the cofactor counts): a gate, which asks OpenSSL, refuses those; fsck may call them sound.
 */
export async function bulkVerify(): Promise<Verify> {
  const sodium = await loadSodium();
  if (sodium === undefined) return verifyEd25519;
  return (publicKey, data, signature) =>
    (publicKey.length === PUBLIC_KEY_BYTES &&
      signature.length === SIGNATURE_BYTES &&
      sodium.crypto_sign_verify_detached(signature, data, publicKey)) ||
    verifyEd25519(publicKey, data, signature);
}

/** `undefined` where the package is not installed, or has no binary for this platform. */
async function loadSodium(): Promise<Sodium | undefined> {
  try {
    const { default: sodium } = (await import('sodium-native' as string)) as { default: Sodium };
    return sodium;
  } catch {
    return undefined;
  }
}
