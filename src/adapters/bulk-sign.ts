import { sign, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

/** Makes the Ed25519 signature of a key over data, 64 bytes. */
export type Sign = (data: Uint8Array) => Promise<Uint8Array>;

interface Sodium {
  sodium_malloc(bytes: number): Buffer;
  sodium_memzero(buffer: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, data: Uint8Array, secretKey: Uint8Array): void;
}

const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
const SECRET_KEY_BYTES = 64;
const SIGNATURE_BYTES = 64;
/** Loading libsodium takes as long as OpenSSL takes for about as many signatures. */
const FEW = 128;

const signInPool = promisify(sign) as (algorithm: null, data: Uint8Array, key: KeyObject) => Promise<Buffer>;

/**
 * Signs with an Ed25519 key: a few times by OpenSSL on the thread pool; from then on by libsodium, which needs less than half of the
 * time, where its optional package is installed. Both make the same signatures, of which a key has one for each text (RFC 8032 §5.1.6).
 */
export function signingWith(privateKey: KeyObject): Sign {
  let asked = 0;
  let inBulk: Sign | undefined;
  return (data) => {
    if (inBulk !== undefined) return inBulk(data);
    asked += 1;
    if (asked === FEW) inBulk = bulkSign(privateKey);
    return signInPool(null, data, privateKey);
  };
}

/** Signs by libsodium at once, in this thread; `undefined` where it is not installed, or has no binary for this platform. */
export function bulkSign(privateKey: KeyObject): Sign | undefined {
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
    return Promise.resolve(signature);
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
