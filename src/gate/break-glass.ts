import type { Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { rolesOf, type GateDefinition, type Policy } from '../model/policy.ts';
import type { Candidate } from '../model/report.ts';
import { actsOf, type Act } from './acts.ts';
import type { BreakGlass } from './predicates.ts';
import type { TrustedEvidence } from './trust.ts';

/** An emergency passage that is open now. The decision stays FAILED; the summary says who opened it and until when. */
export interface OpenGlass {
  readonly reason: string;
  readonly persons: readonly string[];
  readonly expires: string;
  readonly evidence: readonly Digest[];
}

/** The break-glass in force for this gate and candidate, and why others are not. */
export function breakGlassInForce(
  evidence: readonly TrustedEvidence[],
  policy: Policy,
  gate: Pick<GateDefinition, 'name' | 'environment'>,
  candidate: Pick<Candidate, 'digest'>,
  at: Date,
): { readonly open?: OpenGlass; readonly refused: readonly string[] } {
  const refused: string[] = [];
  let open: OpenGlass | undefined;
  for (const act of actsOf<BreakGlass>(evidence, PREDICATE.breakGlass)) {
    if (act.predicate.gate !== gate.name || act.predicate.environment !== gate.environment) continue;
    const persons = act.signatures.map(({ person }) => person).filter((person) => mayBreakGlass(person, policy));
    const because = fault(act, persons, policy, candidate, at);
    if (because !== undefined) refused.push(`break-glass refused: ${because}`);
    else open = { reason: act.predicate.reason, persons, expires: act.predicate.expires, evidence: act.evidence };
  }
  return open === undefined ? { refused } : { open, refused };
}

/** Whether a person is one of those whose signatures the quorum counts. */
export function mayBreakGlass(person: string, policy: Policy): boolean {
  return rolesOf(policy, person).some((role) => policy.breakGlass.approvers.includes(role));
}

function fault(
  { predicate, signatures }: Act<BreakGlass>,
  persons: readonly string[],
  { breakGlass: { quorum, maxHours }, maxClockSkew }: Policy,
  candidate: Pick<Candidate, 'digest'>,
  at: Date,
): string | undefined {
  if (predicate.candidate !== candidate.digest) return `it is for another candidate, ${predicate.candidate}`;
  const opened = signatures[0]?.at ?? Number.NaN;
  const until = Date.parse(predicate.expires);
  if (!(opened <= at.getTime() + seconds(maxClockSkew) * 1000)) return 'it was opened in the future';
  if (!(until - opened <= maxHours * 3_600_000)) return `it asks for more than ${maxHours} hours`;
  if (at.getTime() >= until) return `it expired at ${predicate.expires}`;
  if (persons.length < quorum) return `${persons.length} of ${quorum} persons signed it`;
  return undefined;
}
