import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDocuments } from '../../proofs/documents/index.ts';
import type { Refresh } from '../../proofs/secrets/index.ts';
import type { Rotation } from './input.ts';

export interface Params {
  readonly longest: string;
  readonly longestByKind: Readonly<Record<string, string>>;
  readonly lifetimeFor: readonly string[];
  readonly minWords: number;
  readonly trustedHosts: readonly string[];
  readonly inUseWithin: string;
  readonly refusedWithin: string;
  readonly loadPath: string;
}

type Schedule = NonNullable<Rotation['rotation']>;

export function check({ name }: Subject, input: Rotation, params: Params): Result {
  const stuck = input.refreshes
    .filter(({ within }) => within === 'never')
    .map((refresh) => neverArrives(refresh, input.declared));
  if (!input.declared && stuck.length === 0)
    return inconclusive(`nothing says how often ${name} rotates: the spec lists no credential for it`);
  if (!input.declared) return failOr(stuck, '');
  const documents = judgeDocuments(input.sop, { what: `the SOP of ${name}`, ...params });
  const findings = [...judgeSchedule(name, input, params), ...stuck, ...judgeSop(name, input), ...documents.findings];
  const open = documents.open[0] ?? unreadable(input.refreshes);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const { every = '', overlap = '' } = input.rotation ?? {};
  return failOr(findings, `rotated every ${every}, two versions valid for ${overlap}, by ${input.sopText ?? ''}`, {
    every,
    overlap,
    arrivals: input.refreshes.length,
  });
}

function judgeSchedule(name: string, input: Rotation, params: Params): Finding[] {
  const { rotation, kind = 'other' } = input;
  if (rotation === undefined)
    return [
      finding(
        `${name} has no rotation: nothing says how often it is replaced`,
        'high',
        `State rotation.every (${params.longest} at most) and rotation.overlap for the credential.`,
      ),
    ];
  const longest = params.longestByKind[kind] ?? params.longest;
  const tooRare =
    seconds(rotation.every) > seconds(longest)
      ? [
          finding(
            `${name} rotates every ${rotation.every}, and ${longest} is the longest that is allowed`,
            'high',
            `Rotate it every ${longest} or more often.`,
          ),
        ]
      : [];
  return [
    ...tooRare,
    ...judgeOverlap(name, rotation),
    ...judgeLifetime(name, rotation, params.lifetimeFor.includes(kind)),
    ...input.refreshes.flatMap((refresh) => arrivesTooLate(refresh, rotation)),
  ];
}

/** Without an overlap every client breaks at the moment of the change; with one of the whole period the old version never goes. */
function judgeOverlap(name: string, { every, overlap }: Schedule): Finding[] {
  if (overlap === undefined || seconds(overlap) === 0)
    return [
      finding(
        `${name} has no overlap: the old version ends before every client can hold the new one`,
        'medium',
        'State rotation.overlap, the time for which both versions are accepted.',
      ),
    ];
  if (seconds(overlap) < seconds(every)) return [];
  return [
    finding(
      `${name} keeps its old version for ${overlap}, and it rotates every ${every}: the old one is never refused`,
      'medium',
      'Make the overlap shorter than the cadence.',
    ),
  ];
}

/** What was signed just before a rotation is presented until its lifetime is over. */
function judgeLifetime(name: string, { overlap, ttl }: Schedule, required: boolean): Finding[] {
  if (ttl === undefined)
    return required
      ? [finding(`${name} signs tokens of unstated lifetime`, 'medium', 'State rotation.ttl, the lifetime of a token.')]
      : [];
  if (overlap === undefined || seconds(ttl) <= seconds(overlap)) return [];
  return [
    finding(
      `${name} is accepted for ${overlap} after a rotation, and what it signed lives for ${ttl}: valid tokens are refused`,
      'high',
      `Make the overlap ${ttl} or longer, or the lifetime shorter.`,
    ),
  ];
}

function arrivesTooLate({ object, within, origin }: Refresh, { overlap }: Schedule): Finding[] {
  if (typeof within !== 'number' || overlap === undefined || seconds(overlap) === 0 || within < seconds(overlap))
    return [];
  return [
    {
      message: `${object} looks for a new version every ${formatDuration(within)}, and the old one is refused ${overlap} after a rotation`,
      severity: 'high',
      origin,
      remediation: `Refresh well within the overlap of ${overlap}, or make the overlap longer.`,
    },
  ];
}

function neverArrives({ object, origin }: Refresh, declared: boolean): Finding {
  return {
    message: `${object} reads the store once: a rotated value never arrives in the cluster`,
    severity: declared ? 'high' : 'medium',
    origin,
    remediation: 'Refresh it periodically, well within the overlap of two versions.',
  };
}

function judgeSop(name: string, { sop, sopText }: Rotation): Finding[] {
  if (sopText === undefined)
    return [finding(`${name} has no SOP for its rotation`, 'medium', 'Write one and name its file under sop.')];
  if (sop.length > 0) return [];
  return [
    finding(
      `the SOP of ${name}, ${JSON.stringify(sopText)}, names no document`,
      'medium',
      'Give the path of a file in this repository, or an address.',
    ),
  ];
}

function unreadable(refreshes: readonly Refresh[]): string | undefined {
  const open = refreshes.find(({ within }) => within === undefined);
  return open && `how often ${open.object} reads the store cannot be told from its value`;
}

function finding(message: string, severity: Finding['severity'], remediation: string): Finding {
  return { message, severity, remediation };
}
