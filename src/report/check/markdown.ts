import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { Step } from '../../model/result.ts';
import { docsLink, type ReportContext } from '../context.ts';
import { controlsLeftOpen, untoldOf, type Untold } from '../left-open.ts';
import { foldedTable, withinLimit, type Part } from '../markdown/budget.ts';
import { mdCode, mdText } from '../markdown/escape.ts';
import { counted, placeOf, sortRows, whyUntold } from '../order.ts';
import { checkSummary } from './summary.ts';

/** The report as a pull-request comment. Its first line is a marker by which a bot finds its own comment again. */
export function renderCheckMarkdown(report: CheckReport, context: ReportContext): string {
  const { verdict, counts } = checkSummary(report);
  const { name, environment, provisional } = report.platform;
  const rows = sortRows(report);
  const start = [
    `<!-- launchgate check ${environment.replaceAll(/[^a-z0-9.-]/gi, '-').replaceAll(/-{2,}/g, '-')} -->`,
    `### Launchgate: ${verdict.toLowerCase()}`,
    '',
    `**${mdText(counts)}** · ${mdText(name)}, ${mdText(environment)}${provisional ? ', judged by discovery without a spec' : ''}`,
  ].join('\n');
  const untold = untoldOf(rows.unknown);
  const parts = [
    untoldPart(report),
    breaksPart(rows.breaks, context),
    weaknessPart(rows.weaknesses),
    unreadPart(report, context),
    unknownPart(untold.own),
    leftOpenPart(untold),
    setAsidePart([...rows.ignored, ...rows.known]),
    passPart(rows.passes),
  ];
  return withinLimit(start, parts, '');
}

/** Why nothing could be told, where no row says it: the rest of the comment would be silent about it. */
function untoldPart(report: CheckReport): Part {
  const why = whyUntold(report);
  const reasons = [
    ...report.assumptions,
    ...report.withoutSubject.map((control) => `${control} found nothing here to judge`),
  ];
  return {
    of: 'reasons',
    head: ['', '#### What could not be told', ''],
    items: why === undefined ? [] : [why, ...reasons].map((reason) => `- ${mdText(reason)}`),
    tail: [],
  };
}

function breaksPart(rows: readonly CheckRow[], context: ReportContext): Part {
  return {
    of: 'breaks',
    head: ['', '#### What breaks', ''],
    items: rows.map((row) => breakItem(row, context)),
    tail: [],
  };
}

function breakItem(row: CheckRow, context: ReportContext): string {
  const link = docsLink(context, row.control);
  const control = link === undefined ? mdCode(row.control) : `[${mdText(row.control)}](${link})`;
  const where = row.location === undefined ? '' : ` at ${mdCode(placeOf(row))}`;
  const fix = row.remediation === undefined ? '' : `<br>**Fix:** ${mdText(row.remediation)}`;
  return [
    `- **${row.severity}** ${control} ${mdCode(row.subject)}${where}<br>${mdText(row.message)}${fix}`,
    ...stepLines(row.counterExample ?? []),
  ].join('\n');
}

function stepLines(steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  return [
    '',
    `  <details><summary>${counted(steps.length, 'step')} to the break</summary>`,
    '',
    ...steps.map((step, index) => `  ${index + 1}. ${mdText(step.action)} → ${mdText(step.state)}`),
    '',
    '  </details>',
    '',
  ];
}

function weaknessPart(rows: readonly CheckRow[]): Part {
  return foldedTable(
    'findings',
    counted(rows.length, 'more finding'),
    ['Severity', 'Control', 'Subject', 'Where', 'What', 'Fix'],
    rows.map((row) => [
      row.severity,
      mdCode(row.control),
      mdCode(row.subject),
      mdCode(placeOf(row)),
      mdText(row.message),
      mdText(row.remediation ?? ''),
    ]),
  );
}

function unknownPart(rows: readonly CheckRow[]): Part {
  return foldedTable(
    'unknowns',
    `${rows.length} could not be told`,
    ['Control', 'Subject', 'Why'],
    rows.map((row) => [mdCode(row.control), mdCode(row.subject), mdText(row.message)]),
  );
}

/** What could not be read, told once with how much it leaves open. */
function unreadPart(report: CheckReport, context: ReportContext): Part {
  const leavesOpen = controlsLeftOpen(report, context);
  return foldedTable(
    'unread sources',
    `${report.unread.length} could not be read`,
    ['Source', 'Why', 'Mend it by', 'Leaves open'],
    report.unread.map((gap) => [
      mdCode(gap.line === undefined ? gap.path : `${gap.path}:${gap.line}`),
      mdText(gap.reason),
      mdText(gap.fix),
      openControls(leavesOpen([gap])),
    ]),
  );
}

function openControls({ length }: readonly string[]): string {
  return length === 0 ? '' : counted(length, 'control');
}

function leftOpenPart({ leftOpen }: Untold): Part {
  return foldedTable(
    'subjects left open',
    `${counted(leftOpen.size, 'subject')} left open by what could not be read`,
    ['Subject', 'Controls'],
    [...leftOpen].map(([subject, rows]) => [mdCode(subject), rows.map(({ control }) => mdCode(control)).join(', ')]),
  );
}

function setAsidePart(rows: readonly CheckRow[]): Part {
  return foldedTable(
    'ignored findings',
    `${rows.length} ignored or known from the baseline`,
    ['Control', 'Subject', 'What', 'Why'],
    rows.map((row) => [
      mdCode(row.control),
      mdCode(row.subject),
      mdText(row.message),
      row.ignored === undefined ? 'baseline' : mdText(`until ${row.ignored.until}: ${row.ignored.reason}`),
    ]),
  );
}

function passPart(rows: readonly CheckRow[]): Part {
  return foldedTable(
    'passes',
    `${rows.length} proven to hold`,
    ['Control', 'Subject', 'Witness'],
    rows.map((row) => [mdCode(row.control), mdCode(row.subject), mdText(row.witness?.summary ?? row.message)]),
  );
}
