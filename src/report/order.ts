import { nothingDeploys, sawNothing, type CheckReport, type CheckRow } from '../model/report.ts';
import type { Severity } from '../model/result.ts';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The rows of a report by what a reader does with them; every list is worst first. */
export interface SortedRows {
  /** Failures that break at launch, or come with the steps that show the break. */
  readonly breaks: readonly CheckRow[];
  /** The other failures. */
  readonly weaknesses: readonly CheckRow[];
  readonly unknown: readonly CheckRow[];
  readonly passes: readonly CheckRow[];
  /** Failures and unknowns that an inline comment silences. */
  readonly ignored: readonly CheckRow[];
  /** Failures and unknowns that a baseline already held. */
  readonly known: readonly CheckRow[];
}

/** What a report says in one word. Nothing judged, or anything unread, is never `holds`. */
export type CheckVerdict = 'breaks' | 'unknown' | 'holds';

export function sortRows(report: CheckReport): SortedRows {
  const rows = [...report.findings].sort(worstFirst);
  const judged = rows.filter((row) => row.ignored === undefined && row.known !== true);
  const failed = judged.filter((row) => row.outcome === 'fail');
  return {
    breaks: failed.filter(isProvenBreak),
    weaknesses: failed.filter((row) => !isProvenBreak(row)),
    unknown: judged.filter((row) => row.outcome === 'inconclusive' || row.outcome === 'error'),
    passes: judged.filter((row) => row.outcome === 'pass'),
    ignored: rows.filter((row) => row.ignored !== undefined),
    known: rows.filter((row) => row.ignored === undefined && row.known === true),
  };
}

export function checkVerdict(report: CheckReport): CheckVerdict {
  const { breaks, weaknesses, unknown, passes } = sortRows(report);
  if (breaks.length + weaknesses.length > 0) return 'breaks';
  const isOpen = unknown.length > 0 || report.unread.length > 0 || passes.length === 0 || nothingDeploys(report);
  return isOpen ? 'unknown' : 'holds';
}

/**
 * Why a report tells nothing though no row and no source of it says so, as a sentence: formats that list only what is wrong would be empty, and look
 * clean. `undefined` where there is something to list, or nothing is wrong but what is known or ignored.
 */
export function whyUntold(report: CheckReport): string | undefined {
  if (checkVerdict(report) !== 'unknown' || sortRows(report).unknown.length + report.unread.length > 0)
    return undefined;
  if (sawNothing(report)) return 'Nothing was judged: this is no clean result.';
  if (!nothingDeploys(report)) return undefined;
  return 'Nothing that deploys was found: what holds says little, and this is no clean result.';
}

/** Rows of one control side by side, controls in the order of their first row. */
export function byControl(rows: readonly CheckRow[]): [string, CheckRow[]][] {
  return [...Map.groupBy(rows, (row) => row.control)];
}

export function worstFirst(a: CheckRow, b: CheckRow): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    stepCount(b) - stepCount(a) ||
    compareText(a.control, b.control) ||
    compareText(a.subject, b.subject) ||
    compareText(a.location?.path ?? '', b.location?.path ?? '') ||
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    compareText(a.message, b.message)
  );
}

/** Order by code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `path:line:column`, as editors and terminals open it; empty when the row has no place. */
export function placeOf(row: Pick<CheckRow, 'location'>): string {
  return row.location === undefined ? '' : `${row.location.path}:${row.location.line}:${row.location.column}`;
}

/** `1 finding`, `3 findings`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function isProvenBreak(row: CheckRow): boolean {
  return row.severity === 'critical' || (row.severity === 'high' && stepCount(row) > 0);
}

function stepCount(row: CheckRow): number {
  return Number((row.counterExample ?? []).length > 0);
}
