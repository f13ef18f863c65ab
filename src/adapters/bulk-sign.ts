import type { KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';

interface Sodium {
  sodium_malloc(bytes: number): Buffer;
  sodium_memzero(buffer: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, data: Uint8Array, secretKey: Uint8Array): void;
}

const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
const SECRET_KEY_BYTES = 64;
export const SIGNATURE_BYTES = 64;

/** Signs by libsodium at once, in this thread; `undefined` where it is not installed, or has no binary for this platform. */
export function bulkSign(privateKey: KeyObject): ((data: Uint8Array) => Uint8Array) | undefined {
  const sodium = loadSodium();
  if (sodium === undefined) return undefined;
  const secretKey = sodium.sodium_malloc(SECRET_KEY_BYTES);
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  // The seed ends the private key in the form without a public key. RFC 8410 §7.
  sodium.crypto_sign_seed_keypair(Buffer.alloc(PUBLIC_KEY_BYTES), secretKey, der.subarray(-SEED_BYTES));
  sodium.sodium_memzero(der);
  return (data) => {
    const signature = Buffer.alloc(SIGNATURE_BYTES);
    sodium.crypto_sign_detached(signature, data, secretKey);
    return signature;
  };
}

/** A script of the release may not import, but may require. */
function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)('sodium-native') as Sodium;
  } catch {
    return undefined;
  }
}
