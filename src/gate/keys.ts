import type { Digest } from '../model/digest.ts';
import type { Envelope } from '../model/evidence.ts';
import type { PolicyKey } from '../model/policy.ts';

/** Whether any signature of the envelope verifies under a raw Ed25519 public key. The ledger supplies it. */
export type VerifyWith = (envelope: Envelope, publicKey: Uint8Array) => boolean;

interface EnrolledKey {
  readonly id: Digest;
  readonly publicKey: Uint8Array;
  /** `person/ID` or `workload/NAME`. */
  readonly owner: string;
}

/** More signatures than this on one envelope are an attack, not an approval. */
const MOST_SIGNATURES = 32;

/**
 * The keys that are valid at the place of the log where the walk stands. A revoked key never comes back, whatever a later
 * policy or key entry lists.
 */
export class KeyRing {
  readonly #keys = new Map<Digest, EnrolledKey>();
  readonly #revoked = new Map<Digest, number>();
  /** Outlives the key's place in the ring: a key that is taken out, or revoked on top, still ended where its owners said. */
  readonly #ends = new Map<Digest, number>();

  /** Enrols a key; false when it was revoked before, or is already held by somebody else. */
  add(key: PolicyKey): boolean {
    const held = this.#keys.get(key.id);
    if (this.#revoked.has(key.id) || (held !== undefined && held.owner !== key.owner)) return false;
    const { id, owner, notAfterIndex } = key;
    const publicKey = new Uint8Array(Buffer.from(key.publicKey, 'base64'));
    this.#keys.set(id, { id, publicKey, owner });
    if (notAfterIndex === undefined) this.#ends.delete(id);
    else this.#ends.set(id, notAfterIndex);
    return true;
  }

  revoke(id: Digest, index: number): void {
    if (!this.#revoked.has(id)) this.#revoked.set(id, index);
    this.#keys.delete(id);
  }

  /** Takes a key out that the next policy version no longer lists; a later version may list it again. */
  drop(id: Digest): void {
    this.#keys.delete(id);
  }

  /** The holder of a key that is enrolled here. */
  ownerOf(id: Digest): string | undefined {
    return this.#keys.get(id)?.owner;
  }

  revokedAt(id: Digest): number | undefined {
    return this.#revoked.get(id);
  }

  /** Last index at which signatures of a key count, by whoever listed it last; `undefined` when it has no end. */
  notAfter(id: Digest): number | undefined {
    return this.#ends.get(id);
  }

  /** The ids of the valid keys that signed an envelope at an index. `keyid` orders the attempts and decides nothing. */
  signersOf(envelope: Envelope, index: number, verifyWith: VerifyWith): Digest[] {
    const wanted = envelope.signatures.length;
    if (wanted === 0 || wanted > MOST_SIGNATURES) return [];
    const hinted = new Set(envelope.signatures.map(({ keyid }) => keyid));
    const signers: Digest[] = [];
    const valid = [...this.#keys.values()].filter(({ id }) => index <= (this.notAfter(id) ?? Infinity));
    for (const pass of [true, false]) {
      for (const key of valid) {
        if (signers.length === wanted) return signers;
        if (hinted.has(key.id) === pass && verifyWith(envelope, key.publicKey)) signers.push(key.id);
      }
    }
    return signers;
  }
}

/** Why nobody is known to have signed: the words for a rejection. */
export function unknownSigner(envelope: Envelope, ring: KeyRing): string {
  if (envelope.signatures.length === 0) return 'it carries no signature';
  if (envelope.signatures.length > MOST_SIGNATURES) return `it carries more than ${MOST_SIGNATURES} signatures`;
  for (const { keyid } of envelope.signatures) {
    const revoked = keyid === undefined ? undefined : ring.revokedAt(keyid as Digest);
    if (revoked !== undefined) return `its key ${keyid} was revoked at log index ${revoked}`;
  }
  const claimed = envelope.signatures.map(({ keyid }) => keyid ?? 'unnamed').join(', ');
  return `no key that was valid at this place of the log signed it (claimed: ${claimed})`;
}
