import type { CheckReport, CheckRow } from '../../model/report.ts';
import { checkVerdict, counted, SEVERITIES, sortRows, type CheckVerdict } from '../order.ts';

const VERDICT: Readonly<Record<CheckVerdict, string>> = {
  breaks: 'Does not hold',
  unknown: 'Could not tell',
  holds: 'Holds',
};

/** The verdict in words, and the counts behind it: the same sentence in every format. */
export function checkSummary(report: CheckReport): { readonly verdict: string; readonly counts: string } {
  const rows = sortRows(report);
  const failed = [...rows.breaks, ...rows.weaknesses];
  const bySeverity = SEVERITIES.map((severity) => ({
    severity,
    count: failed.filter((row) => row.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const parts = [
    failed.length === 0
      ? ''
      : `${counted(failed.length, 'finding')} (${bySeverity.map(({ severity, count }) => `${count} ${severity}`).join(', ')})`,
    rows.unknown.length === 0 ? '' : unknownCount(rows.unknown),
    report.unread.length === 0 ? '' : `${counted(report.unread.length, 'source')} not read`,
    rows.passes.length === 0 ? 'nothing proven to hold' : `${rows.passes.length} proven to hold`,
    rows.ignored.length === 0 ? '' : `${rows.ignored.length} ignored`,
    rows.known.length === 0 ? '' : `${rows.known.length} known`,
  ];
  return { verdict: VERDICT[checkVerdict(report)], counts: parts.filter((part) => part !== '').join(', ') };
}

/** All that is unknown, and how much of it is so only for what could not be read. */
function unknownCount(unknown: readonly CheckRow[]): string {
  const behind = unknown.filter((row) => row.unread === true).length;
  return `${unknown.length} unknown${behind === 0 ? '' : ` (${behind} for what was not read)`}`;
}

/** What to run next: the explanation of the worst finding, and a spec where there is none. */
export function nextCommands(report: CheckReport): string[] {
  const { breaks, weaknesses, unknown } = sortRows(report);
  const worst = [...breaks, ...weaknesses, ...unknown][0];
  const commands = [
    ...(worst === undefined ? [] : [`launchgate controls ${worst.control}`]),
    ...(report.platform.provisional ? ['launchgate init'] : []),
  ];
  return commands.length === 0 ? ['launchgate gate public-launch'] : commands;
}
