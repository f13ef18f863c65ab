/**
 * Signing keys that rotate without a token that nobody can verify: a key is published for a while before it signs, and stays
 * published for a while after. The secret holds PKCS#8 PEM: the first key signs, further ones are only published.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { pemBlocks } from '../shared/pem.ts';
import { guarded, SecretError, type Secret } from './secret.ts';
import type { SecretSource } from './source.ts';

export type SigningAlgorithm = 'EdDSA' | 'ES256' | 'RS256';

export interface SigningKeysOptions {
  readonly secret: SecretSource;
  readonly alg: SigningAlgorithm;
  /** At least as long as verifiers cache the key set, in ms. */
  readonly publishMs: number;
  /** At least as long as a token lives, in ms. */
  readonly overlapMs: number;
  readonly onAlarm?: (error: SecretError) => void;
  /** Milliseconds since the epoch, for tests. */
  readonly now?: () => number;
}

export interface Signer {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly key: KeyObject;
}

export interface SigningKeys {
  signer(): Signer;
  /** RFC 7517 key set of all keys that verifiers need now, for `/.well-known/jwks.json`. */
  jwks(): { readonly keys: readonly Record<string, string>[] };
  close(): void;
}

interface Entry extends Signer {
  readonly jwk: Record<string, string>;
  readonly publishedAt: number;
  /** When it left the secret, or another key began to sign. */
  goneAt: number | undefined;
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  OKP: ['crv', 'kty', 'x'],
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
};
const KINDS: Readonly<Record<SigningAlgorithm, (key: KeyObject) => boolean>> = {
  EdDSA: (key) => key.asymmetricKeyType === 'ed25519',
  ES256: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
  RS256: (key) => key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
};

/** Throws `SecretError` if the secret holds no usable key now; a later one that is not usable alarms, and the keys stay. */
export function signingKeys({
  secret,
  alg,
  publishMs,
  overlapMs,
  onAlarm,
  now = () => performance.now(),
}: SigningKeysOptions): SigningKeys {
  let order = parse(secret.current, alg);
  // Keys that were there at the start count as published: a restart must not stop signing.
  const entries = new Map(
    order.map((key) => [key.kid, { ...key, publishedAt: Number.NEGATIVE_INFINITY, goneAt: undefined } as Entry]),
  );
  let signing = order[0]?.kid ?? '';

  function settle(): void {
    const wanted = order[0]?.kid ?? signing;
    const due = (entries.get(wanted)?.publishedAt ?? Number.POSITIVE_INFINITY) + publishMs;
    if (wanted !== signing && due <= now()) {
      const before = entries.get(signing);
      if (before !== undefined) before.goneAt = now();
      signing = wanted;
    }
    const listed = new Set([signing, ...order.map(({ kid }) => kid)]);
    for (const [kid, entry] of entries) {
      if (listed.has(kid)) entry.goneAt = undefined;
      else if (now() - (entry.goneAt ??= now()) >= overlapMs) entries.delete(kid);
    }
  }
  const unsubscribe = secret.subscribe((next) => {
    try {
      order = parse(next, alg);
      for (const key of order)
        if (!entries.has(key.kid)) entries.set(key.kid, { ...key, publishedAt: now(), goneAt: undefined });
      settle();
    } catch (error) {
      guarded(() => onAlarm?.(error as SecretError));
    }
  });
  return {
    signer() {
      settle();
      const entry = entries.get(signing);
      if (entry === undefined) throw new SecretError(`${secret.name}: the signing key is gone`);
      return { kid: entry.kid, alg: entry.alg, key: entry.key };
    },
    jwks() {
      settle();
      return { keys: [...entries.values()].map(({ jwk }) => jwk) };
    },
    close: unsubscribe,
  };
}

function parse(secret: Secret, alg: SigningAlgorithm): (Signer & { jwk: Record<string, string> })[] {
  const blocks = pemBlocks(secret.reveal(), 'PRIVATE KEY');
  if (blocks === undefined)
    throw new SecretError(`${secret.name} holds a private key that is cut off, damaged or not in PKCS#8 PEM`);
  if (blocks.length === 0 || blocks.length > 4)
    throw new SecretError(`${secret.name} needs 1 to 4 private keys as PKCS#8 PEM, not ${blocks.length}`);
  return blocks.map((pem) => {
    const key = readKey(secret, pem);
    if (!KINDS[alg](key)) throw new SecretError(`${secret.name} holds a key that ${alg} cannot use`);
    const jwk = publicJwk(key);
    const kid = thumbprint(jwk);
    return { kid, alg, key, jwk: { ...jwk, kid, alg, use: 'sig' } };
  });
}

function readKey(secret: Secret, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SecretError(`${secret.name} holds a private key that cannot be read`);
  }
}

function publicJwk(key: KeyObject): Record<string, string> {
  const jwk = createPublicKey(key).export({ format: 'jwk' }) as Record<string, string>;
  return Object.fromEntries((MEMBERS[jwk['kty'] ?? ''] ?? []).map((member) => [member, jwk[member] ?? '']));
}

/** RFC 7638: SHA-256 of the required members in lexicographic order. */
function thumbprint(jwk: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
}
