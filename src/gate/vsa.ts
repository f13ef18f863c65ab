import { canonicalJson } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type Statement } from '../model/evidence.ts';
import type { Candidate, Decision } from '../model/report.ts';
import { VSA_ENVIRONMENT } from './authority.ts';
import { isOpen } from './half-state.ts';

/** Extension fields of the summary. SLSA asks that a field of one's own be a URI. */
export const VSA_FIELD = {
  gate: 'https://launchgate.dev/vsa/gate',
  environment: VSA_ENVIRONMENT,
  candidate: 'https://launchgate.dev/vsa/candidate',
  policy: 'https://launchgate.dev/vsa/policy',
  choices: 'https://launchgate.dev/vsa/choices',
  ledger: 'https://launchgate.dev/vsa/ledger',
  seal: 'https://launchgate.dev/vsa/seal',
  closed: 'https://launchgate.dev/vsa/closed',
  exceptions: 'https://launchgate.dev/vsa/exceptions',
  breakGlass: 'https://launchgate.dev/vsa/break-glass',
} as const;

/** Most subjects of a statement in the ledger, and the most statements that a summary lists one by one. */
const MOST_SUBJECTS = 128;
const MOST_ATTESTATIONS = 10_000;

/** Who verifies, for the summary's `verifier`. */
export interface Verifier {
  readonly id: string;
  readonly version: string;
}

/**
 * The decision as a SLSA Verification Summary, https://slsa.dev/spec/v1.1/verification_summary. Says nothing of a replay:
 * the same inputs give the same bytes. It has no expiry; whoever consumes it bounds `timeVerified`.
 */
export function summaryStatement(decision: Decision, verifier: Verifier): Statement {
  const { candidate, policy } = decision;
  const passed = decision.verdict === 'GO';
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: artifactsOf(candidate),
    predicateType: PREDICATE.verificationSummary,
    predicate: {
      verifier: { id: verifier.id, version: { launchgate: verifier.version } },
      timeVerified: decision.at,
      resourceUri: `urn:launchgate:${decision.environment}:${hex(candidate.digest)}`,
      policy: { uri: `urn:launchgate:policy:${policy.version}`, digest: { sha256: hex(policy.digest) } },
      ...attestationsOf(decision),
      verificationResult: passed ? 'PASSED' : 'FAILED',
      verifiedLevels: passed ? [levelOf(decision.gate)] : ['FAILED'],
      [VSA_FIELD.gate]: decision.gate,
      [VSA_FIELD.environment]: decision.environment,
      [VSA_FIELD.candidate]: candidate.digest,
      [VSA_FIELD.policy]: policy,
      ...(decision.choices === undefined ? {} : { [VSA_FIELD.choices]: decision.choices }),
      [VSA_FIELD.ledger]: decision.ledger,
      [VSA_FIELD.seal]: decision.seal,
      [VSA_FIELD.closed]: closedOf(decision),
      [VSA_FIELD.exceptions]: exceptionsOf(decision),
      ...(decision.breakGlass === undefined ? {} : { [VSA_FIELD.breakGlass]: decision.breakGlass }),
    },
  };
}

/** The bytes to sign. Throws `refused` for a replay, which is printed and never signed. */
export function signableSummary(decision: Decision, verifier: Verifier): string {
  if (decision.replay) {
    throw new LaunchgateError('refused', `the decision of ${decision.at} is a replay, and a replay is never signed`, {
      next: 'Decide now, without --at, to get a decision that can be signed.',
    });
  }
  return summaryBytes(decision, verifier);
}

/** The summary in canonical form: what a replay is compared with. */
export function summaryBytes(decision: Decision, verifier: Verifier): string {
  return canonicalJson(summaryStatement(decision, verifier));
}

/** `public-launch` -> `LAUNCHGATE_PUBLIC_LAUNCH`. Levels that begin with SLSA_ are not ours to give. */
export function levelOf(gate: string): string {
  return `LAUNCHGATE_${gate.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}

/**
 * What the summary is about: pinned images, commits, and the candidate itself. Tags are not digests
 * and are left out; images beyond the most that a statement may name can be verified by the candidate only.
 */
function artifactsOf(candidate: Candidate): Statement['subject'] {
  const images = candidate.images.flatMap(({ reference, digest }) =>
    digest === undefined ? [] : [{ name: reference, digest: { sha256: hex(digest) } }],
  );
  const commits = candidate.commits.map(({ repository, commit }) => ({
    name: repository,
    digest: { gitCommit: commit },
  }));
  const itself = { name: 'candidate', digest: { sha256: hex(candidate.digest) } };
  return [itself, ...commits, ...images].slice(0, MOST_SUBJECTS);
}

/** All statements it rests on, or none where they are too many to list: the ledger's root commits to them all the same. */
function attestationsOf({ inputs = [] }: Decision): { inputAttestations?: unknown[] } {
  if (inputs.length === 0 || inputs.length > MOST_ATTESTATIONS) return {};
  return {
    inputAttestations: inputs.map((digest) => ({
      uri: `urn:launchgate:evidence:${hex(digest)}`,
      digest: { sha256: hex(digest) },
    })),
  };
}

/** Why it is closed, counted by control and state, without the people's words: payloads may be shown to others. */
function closedOf({ requirements, blocks }: Decision): Record<string, unknown> {
  const closed = requirements.filter(({ state }) => !isOpen(state));
  const counted = Map.groupBy(closed, ({ control, state }) => `${control} ${state}`);
  return {
    requirements: [...counted].map(([key, states]) => ({ requirement: key, subjects: states.length })),
    blocks: [...new Set(blocks.map(({ code }) => code))],
  };
}

/** What persons took out, and until when the first of it holds: a decision that rests on it holds no longer. */
function exceptionsOf({ requirements, waivers }: Decision): Record<string, unknown> {
  const excluded = requirements.filter(({ state }) => state === 'excluded');
  const ends = requirements.flatMap(({ state, expires }) =>
    EXCEPTED.has(state) && expires !== undefined ? [expires] : [],
  );
  const [until] = ends.toSorted();
  return {
    waived: waivers.map(({ control, subject, approver, expires }) => ({ control, subject, approver, expires })),
    excluded: [...new Set(excluded.map(({ control }) => control))],
    ...(until === undefined ? {} : { until }),
  };
}

const EXCEPTED: ReadonlySet<string> = new Set(['waived', 'excluded']);

function hex(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
