import { PREDICATE } from '../model/evidence.ts';
import type { GateDefinition, Policy } from '../model/policy.ts';
import type { TrustedEvidence } from './trust.ts';
import { VSA_FIELD } from './vsa.ts';

/** Who wrote or committed what a candidate brings, and since which commits that was counted. */
export interface Authorship {
  /** Addresses; absent where nobody can tell. */
  readonly authors?: readonly string[];
  /** Commits whose history was reviewed before; empty where all of the candidate's history is new to its gate. */
  readonly reviewed: readonly string[];
}

/**
 * The commits whose history others have looked at: those that an earlier GO of this gate was about, and those that the policy's owners
 * answer for. What came after them is what a candidate brings, however many commits that is.
 */
export function reviewedCommits(
  evidence: readonly TrustedEvidence[],
  policy: Policy,
  gate: Pick<GateDefinition, 'name' | 'environment'>,
): string[] {
  const commits = new Set(policy.reviewedCommits);
  for (const { statement } of evidence) {
    if (statement.predicateType !== PREDICATE.verificationSummary || !isGo(statement.predicate, gate)) continue;
    for (const { digest } of statement.subject) {
      const commit = digest['gitCommit'];
      if (commit !== undefined && COMMIT.test(commit)) commits.add(commit);
    }
  }
  return [...commits];
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function isGo(predicate: unknown, { name, environment }: Pick<GateDefinition, 'name' | 'environment'>): boolean {
  const said = predicate as Readonly<Record<string, unknown>> | null;
  return (
    said?.['verificationResult'] === 'PASSED' &&
    said[VSA_FIELD.gate] === name &&
    said[VSA_FIELD.environment] === environment
  );
}
