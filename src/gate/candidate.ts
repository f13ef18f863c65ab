import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import type { Candidate } from '../model/report.ts';

/** Digest of a candidate: everything in it but the digest itself. */
export function candidateDigest({ digest: _digest, ...rest }: Candidate): Digest {
  return sha256(canonicalJson(rest));
}

/** A candidate with its digest; commits, images and authors sorted, so that the order of discovery does not count. */
export function makeCandidate(parts: Omit<Candidate, 'digest'>): Candidate {
  const sorted = {
    ...parts,
    commits: [...parts.commits].sort((a, b) => compare(a.repository, b.repository) || compare(a.commit, b.commit)),
    images: [...parts.images].sort((a, b) => compare(a.reference, b.reference)),
    ...(parts.authors === undefined ? {} : { authors: [...new Set(parts.authors)].sort(compare) }),
  };
  const unsealed = { ...sorted, digest: sha256('') };
  return { ...sorted, digest: candidateDigest(unsealed) };
}

interface CandidateFault {
  readonly code: string;
  readonly because: string;
  readonly next: string;
}

/** What makes a candidate unfit to be decided about in an environment; each blocks the decision as a whole. */
export function candidateFaults(
  candidate: Candidate,
  environment: string,
  unpinned: Omit<CandidateFault, 'code'> | undefined,
): CandidateFault[] {
  const faults: CandidateFault[] = [];
  if (!candidate.pinned || candidate.commits.length === 0) {
    faults.push({
      code: 'candidate-unpinned',
      because: `the candidate is unpinned: ${unpinned?.because ?? 'no git commit holds exactly what was read'}`,
      next: unpinned?.next ?? 'Commit the work tree and decide about that commit.',
    });
  }
  if (candidateDigest(candidate) !== candidate.digest) {
    faults.push({
      code: 'candidate-altered',
      because: `the candidate does not have the digest it claims, ${candidate.digest}`,
      next: 'Make the candidate file again with "launchgate gate".',
    });
  }
  if (candidate.environment !== environment) {
    faults.push({
      code: 'candidate-environment',
      because: `the candidate is for environment ${candidate.environment}, the gate decides for ${environment}`,
      next: `Decide about a candidate for ${environment}.`,
    });
  }
  return faults;
}

/** Digests that a scan or a sign-off of this candidate may be about: the candidate, its platform, images and commits. */
export function candidateArtifacts(candidate: Candidate): ReadonlySet<string> {
  const commits = candidate.commits.map(({ commit }) => commit);
  return new Set([candidate.digest, candidate.platform, ...imageDigests(candidate), ...commits]);
}

/** Digests of the candidate's images, as far as they are pinned. */
export function imageDigests(candidate: Candidate): ReadonlySet<string> {
  return new Set(candidate.images.flatMap(({ digest }) => (digest === undefined ? [] : [digest])));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
