import type { AcceptableEvidence } from '../../model/control.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';

/** What the gate has verified of a sign-off: the topics, and the persons who count with their roles. */
interface VerifiedSignOff {
  readonly topics: readonly string[];
  readonly signedBy: readonly { readonly person: string; readonly roles: readonly string[] }[];
}

interface Params {
  readonly matrix: Readonly<Record<string, readonly string[]>>;
}

/** Every topic needs each of its roles; persons count, not keys, and the author of the candidate is already left out by the gate. */
export function accept(evidence: readonly AcceptableEvidence[], { matrix }: Params): Result {
  const given = evidence
    .filter(({ predicateType }) => predicateType === PREDICATE.signOff)
    .map(({ predicate }) => predicate as VerifiedSignOff);
  if (given.length === 0) return inconclusive('nobody has signed off this candidate');
  const findings = Object.entries(matrix).flatMap(([topic, roles]) => {
    const held = new Set(
      given
        .filter(({ topics }) => topics.includes(topic))
        .flatMap(({ signedBy }) => signedBy.flatMap((signer) => signer.roles)),
    );
    return roles.filter((role) => !held.has(role)).map((role) => missing(topic, role));
  });
  const persons = new Set(given.flatMap(({ signedBy }) => signedBy.map(({ person }) => person)));
  return failOr(findings, `${Object.keys(matrix).join(', ')} signed off by ${[...persons].join(', ')}`, {
    persons: persons.size,
  });
}

function missing(topic: string, role: string): Finding {
  return {
    message: `${topic} is not signed off by a ${role}`,
    severity: 'high',
    remediation: `Have a ${role} run "launchgate sign-off --topic ${topic}" on this candidate.`,
  };
}
