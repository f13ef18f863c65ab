import type { CheckRow } from '../../model/report.ts';
import type { Step } from '../../model/result.ts';
import { controlMeta, type ReportContext } from '../context.ts';
import { byControl, placeOf } from '../order.ts';
import type { Page } from '../text/page.ts';
import { visible } from '../text/visible.ts';
import { displayWidth } from '../text/width.ts';
import { fixLines, titleLines } from './human-parts.ts';

/** What breaks for certain: each with its place and the steps that lead to it. */
export function breakLines(page: Page, rows: readonly CheckRow[]): string[] {
  const indent = page.width < 60 ? 2 : 12;
  return byControl(rows).flatMap(([, group]) =>
    page.few(indent, group, (row) => [
      '',
      ...titleLines(page, row.severity, row.severity, row.control, row.subject),
      ...page.path(indent, placeOf(row)),
      ...page.text(indent, row.message),
      ...stepLines(page, indent, row.counterExample ?? []),
      ...fixLines(page, indent, row.remediation),
    ]),
  );
}

/** What is wrong besides, control by control; advice that is the same for all of one is given once. */
export function weaknessLines(page: Page, context: ReportContext, rows: readonly CheckRow[]): string[] {
  return byControl(rows).flatMap(([control, group]) => {
    const severity = group[0]?.severity ?? 'low';
    const advice = new Set(group.map((row) => row.remediation));
    const shared = advice.size === 1 ? [...advice][0] : undefined;
    return [
      '',
      ...titleLines(page, severity, severity, control, controlMeta(context, control).title),
      ...page.few(4, group, (row) => [
        ...subjectLines(page, row),
        ...page.text(6, row.message),
        ...(page.verbose || row === group[0] ? stepLines(page, 6, row.counterExample ?? []) : []),
        ...(shared === undefined ? fixLines(page, 6, row.remediation) : []),
      ]),
      ...fixLines(page, 4, shared),
    ];
  });
}

function subjectLines(page: Page, row: CheckRow): string[] {
  const place = visible(placeOf(row));
  const subject = visible(row.subject);
  if (displayWidth(subject) + displayWidth(place) + 6 > page.width) {
    return [...page.text(4, subject, 'strong'), ...page.path(6, place)];
  }
  return [`    ${page.paint('strong', subject)}  ${page.paint('path', place)}`.trimEnd()];
}

/** The steps in two aligned columns where the terminal is wide enough, else the state below its step. */
function stepLines(page: Page, indent: number, steps: readonly Step[]): string[] {
  const rows = steps.map((step, index) => [`${index + 1}`, step.action, `→ ${step.state}`]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => displayWidth(visible(row[column] ?? '')))));
  if (indent + 6 + widths.reduce((sum, width) => sum + width, 0) <= page.width) {
    return page.columns(indent + 2, rows, ['quiet', undefined, 'quiet']);
  }
  return steps.flatMap((step, index) => [
    ...page.labelled(indent + 2, `${index + 1}`, step.action, 'quiet'),
    ...page.labelled(indent + 5, '→', step.state, 'quiet'),
  ]);
}
