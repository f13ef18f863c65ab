import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { controlsLeftOpen, type Untold } from '../left-open.ts';
import { byControl, counted, placeOf } from '../order.ts';
import type { Page } from '../text/page.ts';
import { fixLines, titleLines } from './human-parts.ts';

/** That nobody can tell what runs a service is said once of it; everything else control by control. */
export function unknownLines(page: Page, rows: readonly CheckRow[], open: ReadonlySet<string>): string[] {
  const hidden = rows.filter((row) => isHidden(row, open));
  const own = byControl(rows.filter((row) => !isHidden(row, open))).flatMap(([control, group]) =>
    page.few(4, group, (row) => [
      ...titleLines(page, 'unknown', row.outcome === 'error' ? 'error' : 'unknown', control, row.subject),
      ...page.path(4, placeOf(row)),
      ...page.text(4, row.message),
      ...fixLines(page, 4, row.remediation),
    ]),
  );
  return [
    ...own,
    ...[...Map.groupBy(hidden, ({ subject, message }) => `${subject}\n${message}`).values()].flatMap((group) =>
      hiddenLines(page, group),
    ),
  ];
}

/** Services and stores of which it could not be told what runs them. */
export function openSubjects({ unread }: CheckReport): ReadonlySet<string> {
  return new Set(unread.flatMap(({ subject }) => subject ?? []));
}

function isHidden({ outcome, subject }: CheckRow, open: ReadonlySet<string>): boolean {
  return outcome === 'inconclusive' && open.has(subject);
}

function hiddenLines(page: Page, group: readonly CheckRow[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const controls = group.length === 1 ? first.control : `${group.length} controls`;
  const names =
    page.verbose && group.length > 1 ? page.text(4, group.map(({ control }) => control).join(', '), 'quiet') : [];
  return [...titleLines(page, 'unknown', 'unknown', controls, first.subject), ...page.text(4, first.message), ...names];
}

/** Grouped by what mends it: one tool that is missing may hide many charts. Each group says which controls it leaves open. */
export function unreadLines(page: Page, report: CheckReport, context: ReportContext): string[] {
  const leavesOpen = controlsLeftOpen(report, context);
  return page.few(2, [...Map.groupBy(report.unread, (gap) => gap.fix)], ([fix, gaps]) => [
    ...page.text(2, fix, 'strong'),
    ...page.few(4, gaps, (gap) => [
      ...page.path(4, gap.line === undefined ? gap.path : `${gap.path}:${gap.line}:${gap.column ?? 1}`),
      ...page.text(6, gap.reason),
    ]),
    ...openControls(page, leavesOpen(gaps)),
  ]);
}

function openControls(page: Page, controls: readonly string[]): string[] {
  if (controls.length === 0) return [];
  const names = page.verbose ? `: ${controls.join(', ')}` : '';
  return page.text(4, `leaves ${counted(controls.length, 'control')} open${names}`, 'quiet');
}

/** What is there and cannot be told of, for what could not be read: the subjects, and how much of each. */
export function leftOpenLines(page: Page, { leftOpen }: Untold): string[] {
  return page.few(2, [...leftOpen], ([subject, rows]) => [
    ...titleLines(page, 'unknown', 'unknown', subject, counted(rows.length, 'control')),
    ...(page.verbose ? page.text(4, rows.map(({ control }) => control).join(', '), 'quiet') : []),
  ]);
}
