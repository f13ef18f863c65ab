import { z } from 'zod';
import { canonicalJson, type Digest } from '../model/digest.ts';
import type { LedgerEntry } from '../model/evidence.ts';
import { LaunchgateError } from '../model/errors.ts';
import { policyDigest, policySchema, type Policy } from '../model/policy.ts';
import { keyMistake } from '../model/policy-rules.ts';
import { personsOf } from './authority.ts';
import { KeyRing, unknownSigner, type VerifyWith } from './keys.ts';
import { keyPredicateSchema, policyPredicateSchema, type KeyPredicate } from './predicates.ts';

/** A policy in force, from the entry at which its quorum was reached. */
export interface PolicyVersion {
  readonly policy: Policy;
  readonly digest: Digest;
  readonly index: number;
  readonly since: string;
}

/** What became of a change to policy or keys. A pending one waits for more owners; their signatures add up over entries. */
export type ChangeOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'pending'; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string };

const ACCEPTED: ChangeOutcome = { kind: 'accepted' };

/**
 * The policy and the keys as the log builds them up. Version 1 is trusted because its digest is pinned; every later one,
 * and every new key, because a quorum of persons of the version in force signed it with keys valid at that place.
 */
export class PolicyChain {
  readonly ring = new KeyRing();
  readonly versions: PolicyVersion[] = [];
  /** What the owners put into force and this release cannot read; everything after it would go by rules that no longer hold. */
  unreadable: { readonly version: number; readonly because: string } | undefined;
  readonly #root: Digest;
  readonly #verifyWith: VerifyWith;
  readonly #approvals = new Map<string, Set<Digest>>();

  constructor(root: Digest, verifyWith: VerifyWith) {
    this.#root = root;
    this.#verifyWith = verifyWith;
  }

  get current(): PolicyVersion | undefined {
    return this.versions.at(-1);
  }

  /** Takes a policy statement in. */
  offerPolicy(entry: LedgerEntry): ChangeOutcome {
    const parsed = policyPredicateSchema.safeParse(entry.statement.predicate);
    if (!parsed.success) return refused('it is not a policy statement');
    const digest = digestOf(parsed.data.policy);
    if (digest === undefined) return refused('its policy holds what canonical JSON cannot: a number beyond all bounds');
    if (this.versions.some((version) => version.digest === digest)) return ACCEPTED;
    const fault = this.#strangersFault(entry, digest);
    if (fault !== undefined) return refused(fault);
    const policy = readPolicy(parsed.data.policy);
    const current = this.current;
    if (typeof policy === 'string') return this.#refuseUnread(entry, parsed.data, digest, policy);
    if (current === undefined) return this.#enact({ policy, digest, index: entry.index, since: entry.sequencedAt });
    if (policy.version !== current.policy.version + 1 || policy.previous !== current.digest) {
      return refused(`version ${policy.version} does not follow version ${current.policy.version} (${current.digest})`);
    }
    const stolen = policy.keys.find(({ id, owner }) => (this.ring.ownerOf(id) ?? owner) !== owner);
    if (stolen !== undefined) return refused(`key ${stolen.id} already belongs to ${this.ring.ownerOf(stolen.id)}`);
    const quorum = this.#quorum(entry, current, digest);
    return quorum ?? this.#enact({ policy, digest, index: entry.index, since: entry.sequencedAt });
  }

  /** Why nobody may have proposed it who could. Asked before the document is read, which may be made to take long. */
  #strangersFault({ envelope, index }: LedgerEntry, digest: Digest): string | undefined {
    if (this.current === undefined)
      return digest === this.#root ? undefined : `its digest ${digest} is not the pinned policy root ${this.#root}`;
    const isKnown = this.ring.signersOf(envelope, index, this.#verifyWith).length > 0;
    return isKnown ? undefined : unknownSigner(envelope, this.ring);
  }

  /** Of somebody's making it is refused; in force by the owners' will it must not be passed over. */
  #refuseUnread(
    entry: LedgerEntry,
    { version, policy }: { readonly version: number; readonly policy?: unknown },
    digest: Digest,
    because: string,
  ): ChangeOutcome {
    const { current } = this;
    const follows =
      current === undefined ||
      (version === current.policy.version + 1 &&
        (policy as { previous?: unknown } | null)?.previous === current.digest &&
        this.#quorum(entry, current, digest) === undefined);
    if (follows) this.unreadable ??= { version, because };
    return refused(because);
  }

  /** Takes a key addition or revocation in. */
  offerKey(entry: LedgerEntry): ChangeOutcome {
    const current = this.current;
    if (current === undefined) return refused('no policy is in force at this place of the log');
    const parsed = keyPredicateSchema.safeParse(entry.statement.predicate);
    if (!parsed.success) return refused('it is not a key statement');
    return parsed.data.action === 'add'
      ? this.#addKey(entry, current, parsed.data)
      : this.#revokeKey(entry, current, parsed.data.key);
  }

  #addKey(entry: LedgerEntry, current: PolicyVersion, change: Extract<KeyPredicate, { action: 'add' }>): ChangeOutcome {
    const { people } = current.policy;
    const mistake = keyMistake(change.key, (person) => people.some(({ id }) => id === person));
    if (mistake !== undefined) return refused(mistake);
    if (this.ring.revokedAt(change.key.id) !== undefined) {
      return refused(`key ${change.key.id} was revoked at log index ${this.ring.revokedAt(change.key.id)}`);
    }
    const quorum = this.#quorum(entry, current, `${current.digest} ${canonicalJson(change)}`);
    if (quorum !== undefined) return quorum;
    return this.ring.add(change.key) ? ACCEPTED : refused(`key ${change.key.id} already belongs to somebody else`);
  }

  /** One owner is enough to revoke, and so is the holder: the mistake it can make is to close the gate. */
  #revokeKey(entry: LedgerEntry, current: PolicyVersion, id: Digest): ChangeOutcome {
    const signers = this.ring.signersOf(entry.envelope, entry.index, this.#verifyWith);
    if (signers.length === 0) return refused(unknownSigner(entry.envelope, this.ring));
    const holders = signers.map((key) => this.ring.ownerOf(key) ?? '');
    const isOwner = personsOf(holders).some((person) => current.policy.owners.persons.includes(person));
    if (!isOwner && !holders.includes(this.ring.ownerOf(id) ?? 'nobody')) {
      return refused(`${holders.join(', ')} may not revoke ${id}: neither its holder nor an owner of the policy`);
    }
    this.ring.revoke(id, entry.index);
    return ACCEPTED;
  }

  /** `undefined` once enough owners have signed the same proposal under the version in force. */
  #quorum(entry: LedgerEntry, current: PolicyVersion, proposal: string): ChangeOutcome | undefined {
    const signers = this.ring.signersOf(entry.envelope, entry.index, this.#verifyWith);
    if (signers.length === 0) return refused(unknownSigner(entry.envelope, this.ring));
    const key = `${current.digest} ${proposal}`;
    const approvals = this.#approvals.get(key) ?? new Set();
    for (const signer of signers) approvals.add(signer);
    this.#approvals.set(key, approvals);
    const { persons, quorum } = current.policy.owners;
    const signed = personsOf([...approvals].flatMap((id) => this.ring.ownerOf(id) ?? [])).filter((id) =>
      persons.includes(id),
    );
    if (signed.length >= quorum) return undefined;
    const because = `signed by ${signed.length} of the ${quorum} owners that version ${current.policy.version} asks for`;
    return signed.length === 0 ? refused(because) : { kind: 'pending', because };
  }

  #enact(version: PolicyVersion): ChangeOutcome {
    const listed = new Set(version.policy.keys.map(({ id }) => id));
    for (const { id } of this.current?.policy.keys ?? []) if (!listed.has(id)) this.ring.drop(id);
    for (const key of version.policy.keys) this.ring.add(key);
    this.versions.push(version);
    return ACCEPTED;
  }
}

/** The version that was in force at a place of the log: what was done there is judged by the rules and roles of then. */
export function policyAt(versions: readonly PolicyVersion[], index: number): Policy | undefined {
  return versions.findLast((version) => version.index <= index)?.policy;
}

/** The policy in force; throws when the pinned root was not found, which is never the same as "no rules". */
export function policyInForce(chain: PolicyChain, root: Digest): PolicyVersion {
  if (chain.unreadable !== undefined)
    throw new LaunchgateError(
      'policy-invalid',
      `the owners put policy version ${chain.unreadable.version} into force, and this release cannot read it: ${chain.unreadable.because}`,
      { next: 'Use the release of Launchgate that the owners use, or a newer one.' },
    );
  const current = chain.current;
  if (current !== undefined) return current;
  throw new LaunchgateError('policy-invalid', `the ledger holds no policy with the pinned root ${root}`, {
    next: 'Append the first policy with "launchgate policy propose", or pin the root of the policy that the ledger holds.',
  });
}

/** `undefined` where the document has no canonical form: `1e999` is read as Infinity. */
function digestOf(document: unknown): Digest | undefined {
  try {
    return policyDigest(document);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function readPolicy(document: unknown): Policy | string {
  const parsed = policySchema.safeParse(document);
  return parsed.success ? parsed.data : z.prettifyError(parsed.error).replaceAll('\n', ' ');
}

function refused(because: string): ChangeOutcome {
  return { kind: 'refused', because };
}
