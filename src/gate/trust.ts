import type { Digest } from '../model/digest.ts';
import { PREDICATE, type LedgerEntry, type VerifiedEvidence } from '../model/evidence.ts';
import { personsOf, unauthorised } from './authority.ts';
import { unknownSigner, type KeyRing, type VerifyWith } from './keys.ts';
import { PolicyChain, policyInForce, type ChangeOutcome, type PolicyVersion } from './policy-chain.ts';
import { HUMAN_PREDICATES, predicateMistake } from './predicates.ts';

/** Evidence with the persons and workloads that stood behind its signatures when it was logged. */
export interface TrustedEvidence extends VerifiedEvidence {
  readonly persons: readonly string[];
  readonly workloads: readonly string[];
}

/** An entry that counts for nothing, and why. */
export interface RejectedEntry {
  readonly index: number;
  readonly digest: Digest;
  readonly predicateType: string;
  /** What it claims to be about, so that a requirement can name the refused evidence; unverified. */
  readonly control?: string;
  readonly subject?: string;
  readonly because: string;
}

/** What the log proves, read from a pinned policy root. */
export interface Trust {
  readonly root: Digest;
  /** In force at the end of what was read. */
  readonly policy: PolicyVersion;
  readonly versions: readonly PolicyVersion[];
  /** The keys as they stand at the end of what was read. */
  readonly keys: Pick<KeyRing, 'ownerOf' | 'revokedAt' | 'notAfter'>;
  /** How many entries were read; the next one gets this index. */
  readonly size: number;
  /** The sequencer's time of the last of them. */
  readonly latest?: string;
  readonly evidence: readonly TrustedEvidence[];
  readonly rejected: readonly RejectedEntry[];
  /** Changes of policy and keys that wait for more owners. */
  readonly pending: readonly RejectedEntry[];
}

/**
 * Walks the log in order. A policy or key change needs the owners of the version in force; any other statement needs a
 * signature by a key valid at its index whose holder may sign that predicate for that environment. Nothing is judged by
 * a time that a statement claims. Throws `policy-invalid` when the pinned root is not in the log.
 */
export function walkLedger(entries: readonly LedgerEntry[], root: Digest, verifyWith: VerifyWith): Trust {
  const chain = new PolicyChain(root, verifyWith);
  const evidence: TrustedEvidence[] = [];
  const rejected: RejectedEntry[] = [];
  const pending: RejectedEntry[] = [];
  for (const entry of entries) {
    const outcome = changeOf(chain, entry) ?? judge(chain, entry, verifyWith);
    if ('digest' in outcome) evidence.push(outcome);
    else if (outcome.kind === 'pending') pending.push(rejection(entry, outcome.because));
    else if (outcome.kind === 'refused') rejected.push(rejection(entry, outcome.because));
  }
  const policy = policyInForce(chain, root);
  const late = evidence.filter((one) => one.signers.some((key) => isPastEnd(chain.ring, key, one.index)));
  for (const one of late)
    rejected.push(rejection(one, 'the policy in force ended one of its keys before this log index'));
  const kept = late.length === 0 ? evidence : evidence.filter((one) => !late.includes(one));
  const { versions, ring: keys } = chain;
  const latest = entries.at(-1)?.sequencedAt;
  return {
    root,
    policy,
    versions,
    keys,
    size: entries.length,
    ...(latest === undefined ? {} : { latest }),
    evidence: kept,
    rejected,
    pending,
  };
}

function changeOf(chain: PolicyChain, entry: LedgerEntry): ChangeOutcome | undefined {
  switch (entry.statement.predicateType) {
    case PREDICATE.policy:
      return chain.offerPolicy(entry);
    case PREDICATE.key:
      return chain.offerKey(entry);
    default:
      return undefined;
  }
}

function judge(chain: PolicyChain, entry: LedgerEntry, verifyWith: VerifyWith): TrustedEvidence | ChangeOutcome {
  const refuse = (because: string): ChangeOutcome => ({ kind: 'refused', because });
  const version = chain.current;
  if (version === undefined) return refuse('no policy was in force at this place of the log');
  const { predicateType, predicate } = entry.statement;
  const mistake = predicateMistake(predicateType, predicate);
  if (mistake !== undefined) return refuse(`its predicate is malformed: ${mistake}`);
  const signers = chain.ring.signersOf(entry.envelope, entry.index, verifyWith);
  if (signers.length === 0) return refuse(unknownSigner(entry.envelope, chain.ring));
  const holders = signers.map((key) => ({ key, owner: chain.ring.ownerOf(key) ?? '' }));
  const owners = holders.map(({ owner }) => owner);
  // A key that an entry of its own enrolled outlasts the version that knew its holder.
  const persons = personsOf(owners).filter((person) => version.policy.people.some(({ id }) => id === person));
  const workloads = owners.filter((owner) => owner.startsWith('workload/'));
  if (HUMAN_PREDICATES.has(predicateType)) {
    if (persons.length === 0) return refuse(`${owners.join(', ')} is no person; only persons can do this`);
  } else if (!isOwnersBaseline(version, predicateType, persons)) {
    const because = unauthorised(version.policy, entry.statement, holders);
    if (because !== undefined) return refuse(because);
  }
  return { ...entry, signers, persons, workloads };
}

/** Owners may lay down a baseline together; whether they were enough is counted where baselines are read. */
function isOwnersBaseline({ policy }: PolicyVersion, predicateType: string, persons: readonly string[]): boolean {
  return predicateType === PREDICATE.baseline && persons.some((person) => policy.owners.persons.includes(person));
}

/** Why nothing counts that a key signs from now on, where it did count once. */
export function whyEnded({ keys, size }: Pick<Trust, 'keys' | 'size'>, id: Digest): string | undefined {
  const revoked = keys.revokedAt(id);
  if (revoked !== undefined) return `it was revoked at log index ${revoked}`;
  const end = keys.notAfter(id);
  return end !== undefined && size > end ? `the policy ended it at log index ${end}` : undefined;
}

function isPastEnd(ring: KeyRing, key: Digest, index: number): boolean {
  return index > (ring.notAfter(key) ?? Infinity);
}

function rejection(entry: LedgerEntry, because: string): RejectedEntry {
  const claimed = entry.statement.predicate as { control?: unknown; subject?: unknown } | null | undefined;
  const { index, digest } = entry;
  return {
    index,
    digest,
    predicateType: entry.statement.predicateType,
    ...(typeof claimed?.control === 'string' ? { control: claimed.control } : {}),
    ...(typeof claimed?.subject === 'string' ? { subject: claimed.subject } : {}),
    because,
  };
}
