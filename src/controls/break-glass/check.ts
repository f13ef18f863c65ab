import type { Query, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { fail, failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';
import { documentsIn, judgeDocuments, type NamedDocument } from '../../proofs/documents/index.ts';

export interface EmergencyAccess {
  readonly declared?: NonNullable<Spec['breakGlass']>;
  /** Documents that the access path names. */
  readonly procedure: readonly NamedDocument[];
  /** People the spec knows, of whom the quorum must come. */
  readonly people: number;
}

export interface Params {
  readonly quorum: number;
  readonly longest: string;
  readonly minWords: number;
  readonly trustedHosts: readonly string[];
}

export function emergencyAccess(): Query<EmergencyAccess> {
  return (view) => {
    const declared = view.spec.breakGlass;
    return {
      ...(declared === undefined ? {} : { declared }),
      procedure: declared === undefined ? [] : documentsIn(view, declared.access),
      people: view.spec.people.length,
    };
  };
}

export function check(_subject: Subject, { declared, procedure, people }: EmergencyAccess, params: Params): Result {
  if (declared === undefined)
    return fail(
      finding(
        'nothing says how people get emergency access: it is improvised, or it stands open',
        'high',
        'Describe it under breakGlass: access, quorum, expiresAfter, audit.',
      ),
    );
  const documents = judgeDocuments(procedure, { what: 'the break-glass procedure', ...params });
  const findings = [
    ...judgeQuorum(declared.quorum, people, params),
    ...judgeExpiry(declared.expiresAfter, params),
    ...(procedure.length === 0 ? [noProcedure(declared.access)] : []),
    ...documents.findings,
  ];
  const [open] = documents.open;
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(
    findings,
    `${declared.quorum} people grant it, it ends after ${declared.expiresAfter}, recorded in ${declared.audit}`,
    { quorum: declared.quorum, expiresAfter: declared.expiresAfter, people },
  );
}

/** Whoever asks does not count towards the quorum, so one person more is needed. */
function judgeQuorum(quorum: number, people: number, params: Params): Finding[] {
  const low =
    quorum < params.quorum
      ? [
          finding(
            `${quorum} ${quorum === 1 ? 'person grants' : 'people grant'} emergency access, and ${params.quorum} must agree`,
            'high',
            `Ask for the agreement of ${params.quorum} people other than the one who needs it.`,
          ),
        ]
      : [];
  if (people === 0 || people > quorum) return low;
  return [
    ...low,
    finding(
      `the quorum is ${quorum} and the spec knows ${people} people, so nobody who asks can find ${quorum} others`,
      'high',
      'Add people who may grant it.',
    ),
  ];
}

function judgeExpiry(expiresAfter: string, { longest }: Params): Finding[] {
  if (seconds(expiresAfter) === 0)
    return [
      finding('a grant of emergency access never expires', 'high', `Let it end by itself after ${longest} at most.`),
    ];
  if (seconds(expiresAfter) <= seconds(longest)) return [];
  return [
    finding(
      `a grant of emergency access lives for ${expiresAfter}, and ${longest} is the longest that is allowed`,
      'medium',
      `Let it end by itself after ${longest} at most.`,
    ),
  ];
}

function noProcedure(access: string): Finding {
  return finding(
    `the access path, ${JSON.stringify(access)}, names no procedure that somebody could follow at night`,
    'medium',
    'Write the procedure and name its file in breakGlass.access.',
  );
}

function finding(message: string, severity: Finding['severity'], remediation: string): Finding {
  return { message, severity, remediation };
}
