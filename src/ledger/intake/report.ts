import { sha256 } from '../../model/digest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { EvidenceScope, ScanPredicate } from '../../model/evidence.ts';
import type { Severity } from '../../model/result.ts';
import { TEST_SAMPLE } from '../../model/newest-by-tool.ts';

/** What a report says, less the control and environment it is offered for. */
export type ScanPart = Omit<ScanPredicate, keyof EvidenceScope>;

/** A report from another tool, reduced to what can be judged. All of its members belong into the predicate. */
export interface Report extends ScanPart {
  /** Commits that it says were looked at, 40 or 64 hex digits: subjects of the statement. */
  readonly commits: readonly string[];
  /** When it was made, as it says itself, RFC 3339: an old report is not made fresh by offering it again. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** One finding of a report; `because` where the report itself sets it aside. */
export interface ReportedItem {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location?: string;
  readonly because?: string;
}

export interface IntakeLimits {
  readonly bytes: number;
  readonly depth: number;
  /** Most results, components or tests in one report. */
  readonly entries: number;
  /** Most findings that a statement lists; all are counted. */
  readonly listed: number;
}

export const INTAKE_LIMITS: IntakeLimits = { bytes: 64 * 1024 * 1024, depth: 100, entries: 500_000, listed: 5000 };

const LONGEST_TEXT = 500;
/** Of either list: two of them and the rest stay below the largest payload of a statement, 8 MiB. */
const LISTED_BYTES = 3 * 1024 * 1024;
const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Counts and lists findings, worst first. Those set aside are listed apart and counted nowhere. */
export function tally(
  found: readonly ReportedItem[],
  limits: IntakeLimits,
): Pick<ScanPart, 'counts' | 'items' | 'suppressed'> {
  const sorted = ORDER.flatMap((severity) => found.filter((item) => item.severity === severity)).map(short);
  const open = sorted.filter((item) => item.because === undefined);
  const suppressed = sorted.flatMap((item) => (item.because === undefined ? [] : [{ ...item, because: item.because }]));
  const count = (severity: Severity) => open.filter((item) => item.severity === severity).length;
  return {
    counts: { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') },
    items: fitting(open, limits.listed),
    ...(suppressed.length === 0 ? {} : { suppressed: fitting(suppressed, limits.listed) }),
  };
}

/** As many of a list's first members as a statement has room for. */
function fitting<T>(list: readonly T[], most: number): T[] {
  let room = LISTED_BYTES;
  const end = list.findIndex((item, at) => at >= most || (room -= Buffer.byteLength(JSON.stringify(item))) < 0);
  return list.slice(0, end === -1 ? list.length : end);
}

function short({ id, severity, message, location, because }: ReportedItem): ReportedItem {
  return {
    id: cut(id) || 'unnamed',
    severity,
    message: cut(message),
    ...(location === undefined ? {} : { location: cut(location) }),
    ...(because === undefined ? {} : { because: cut(because) }),
  };
}

/** Text for a person: one line, bounded, well-formed. */
export function cut(text: string): string {
  const line = text
    .slice(0, LONGEST_TEXT * 4)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toWellFormed();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT - 1).toWellFormed()}…` : line;
}

/** Why a report is not whole, as a member of its own. */
export function notWhole(reason: string | undefined): { incomplete?: string } {
  return reason === undefined ? {} : { incomplete: cut(reason) };
}

/** The name and version of a tool, as a report gives them. */
export function toolNamed(name: string | undefined, version: string | undefined): ScanPart['tool'] {
  const named = { name: cut(name ?? '') || 'unknown' };
  return version === undefined || version === '' ? named : { ...named, version: cut(version) };
}

/** Hexadecimal digits of each digest. */
const DIGITS = 16;

/** The least digests of names: reports that list mostly the same names have mostly the same (MinHash, Broder 1997). */
export function sampleOf(names: Iterable<string>): string[] {
  const digests = [...names].map((name) => sha256(name).slice('sha256:'.length, 'sha256:'.length + DIGITS));
  return [...new Set(digests)].sort().slice(0, TEST_SAMPLE);
}

export function digestOfReport(bytes: Uint8Array): ScanPart['report'] {
  return sha256(bytes);
}

/** An instant as the report gives it, in UTC; `undefined` where it is none. */
export function instant(text: string | undefined): string | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** `format` with its article: `a JUnit report`. */
export function malformed(where: string, format: string, what: string): LaunchgateError {
  return new LaunchgateError('evidence-invalid', `${where}: not ${format}: ${what}`, {
    next: 'Offer the file as the tool wrote it.',
  });
}
