import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { Step } from '../../model/result.ts';
import { controlMeta, type HumanOptions, type ReportContext } from '../context.ts';
import { controlsLeftOpen, untoldOf, type Untold } from '../left-open.ts';
import { byControl, checkVerdict, counted, placeOf, sortRows } from '../order.ts';
import { pageOf, type Page } from '../text/page.ts';
import type { Tone } from '../text/style.ts';
import { visible } from '../text/visible.ts';
import { displayWidth } from '../text/width.ts';
import { checkSummary, nextCommands } from './summary.ts';

const VERDICT_TONE = { breaks: 'critical', unknown: 'unknown', holds: 'pass' } as const satisfies Record<string, Tone>;

/**
 * The report for a terminal: what breaks first, with the place and the steps that lead to it; then what is wrong besides,
 * what could not be told and why, what was assumed; last, where the eye lands, the sum of it and the next command.
 */
export function renderCheckHuman(report: CheckReport, context: ReportContext, options: HumanOptions): string {
  const page = pageOf(options);
  const rows = sortRows(report);
  const untold = untoldOf(rows.unknown);
  const lines = [
    ...headLines(page, report),
    ...page.section('What breaks', rows.breaks.length, breakLines(page, rows.breaks)),
    ...page.section(
      rows.breaks.length === 0 ? 'What is wrong' : 'What is wrong besides',
      rows.weaknesses.length,
      weaknessLines(page, context, rows.weaknesses),
    ),
    ...page.section('What could not be told', untold.own.length, unknownLines(page, untold.own, openSubjects(report))),
    ...page.section('What could not be read', report.unread.length, unreadLines(page, report, context)),
    ...page.section('What that leaves open', untold.leftOpen.size, leftOpenLines(page, untold)),
    ...page.section('What was assumed', undefined, assumptionLines(page, report)),
    ...(page.verbose ? verboseSections(page, report) : []),
    '',
    ...page.labelled(0, ...summaryLine(report), VERDICT_TONE[checkVerdict(report)]),
    ...(options.next ?? nextCommands(report)).map(
      (command, index) => `${page.paint('quiet', index === 0 ? 'Next' : '    ')}  ${visible(command)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(page: Page, report: CheckReport): string[] {
  const { name, environment, provisional } = report.platform;
  const origin = provisional ? 'no launchgate.yaml: judged by discovery' : 'by launchgate.yaml';
  return [
    page.paint('strong', visible(`${name}, ${environment}`)),
    ...page.text(0, `${counted(report.deployables.length, 'deployable')}, ${origin}`, 'quiet'),
  ];
}

function breakLines(page: Page, rows: readonly CheckRow[]): string[] {
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

/** Severity or outcome in a column of its own, then what it is about; on a narrow terminal one below the other. */
function titleLines(page: Page, tone: Tone, label: string, name: string, detail: string): string[] {
  const [strong, quiet] = [visible(name), visible(detail)];
  if (12 + displayWidth(strong) + 2 + displayWidth(quiet) > page.width) {
    return [`  ${page.paint(tone, label)}`, ...page.text(2, `${strong} ${quiet}`, 'strong')];
  }
  const gap = ' '.repeat(10 - label.length);
  return [`  ${page.paint(tone, label)}${gap}${page.paint('strong', strong)}  ${quiet}`];
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

function weaknessLines(page: Page, context: ReportContext, rows: readonly CheckRow[]): string[] {
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

/** That nobody can tell what runs a service is said once of it; everything else control by control. */
function unknownLines(page: Page, rows: readonly CheckRow[], open: ReadonlySet<string>): string[] {
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
function openSubjects({ unread }: CheckReport): ReadonlySet<string> {
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
function unreadLines(page: Page, report: CheckReport, context: ReportContext): string[] {
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
function leftOpenLines(page: Page, { leftOpen }: Untold): string[] {
  return page.few(2, [...leftOpen], ([subject, rows]) => [
    ...titleLines(page, 'unknown', 'unknown', subject, counted(rows.length, 'control')),
    ...(page.verbose ? page.text(4, rows.map(({ control }) => control).join(', '), 'quiet') : []),
  ]);
}

function assumptionLines(page: Page, report: CheckReport): string[] {
  const { leftOut, waiting, withoutSubject } = report;
  const named = (ids: readonly string[]): string => (page.verbose ? `: ${ids.join(', ')}` : '');
  return [
    ...page.few(2, report.assumptions, (assumption) => page.labelled(2, '-', assumption)),
    ...(leftOut.length === 0
      ? []
      : page.labelled(
          2,
          '-',
          `${counted(leftOut.length, 'file')} left out as not what runs${page.verbose ? ':' : '.'}`,
        )),
    ...(page.verbose
      ? leftOut.flatMap((file) => [...page.path(6, file.path), ...page.text(8, file.reason, 'quiet')])
      : []),
    ...(waiting.length === 0
      ? []
      : page.labelled(
          2,
          '-',
          `${counted(waiting.length, 'control')} about people and process: waiting for a launchgate.yaml${named(waiting)}.`,
        )),
    ...(withoutSubject.length === 0
      ? []
      : page.labelled(
          2,
          '-',
          `${counted(withoutSubject.length, 'control')} found nothing to judge here, which is no pass${named(withoutSubject)}.`,
        )),
  ];
}

function verboseSections(page: Page, report: CheckReport): string[] {
  const { passes, ignored, known } = sortRows(report);
  const list = (rows: readonly CheckRow[], tone: Tone, text: (row: CheckRow) => string): string[] =>
    rows.flatMap((row) => [
      ...page.columns(2, [[row.control, row.subject]], [tone, undefined]),
      ...page.text(4, text(row), 'quiet'),
      ...workings(row).flatMap((line) => page.text(6, line, 'quiet')),
    ]);
  return [
    ...page.section(
      'Ignored by a comment',
      ignored.length,
      list(ignored, 'quiet', (row) => `${row.message} Until ${row.ignored?.until ?? ''}: ${row.ignored?.reason ?? ''}`),
    ),
    ...page.section(
      'Known from the baseline',
      known.length,
      list(known, 'quiet', (row) => row.message),
    ),
    ...page.section(
      'What holds',
      passes.length,
      list(passes, 'pass', (row) => row.witness?.summary ?? row.message),
    ),
  ];
}

/** What a witness rests on where it was worked out: facts in words. Plain numbers stand in its summary. */
function workings({ witness }: CheckRow): string[] {
  return Object.entries(witness?.facts ?? {}).flatMap(([name, fact]) =>
    typeof fact === 'string' && fact.includes(' ') ? [`${name}: ${fact}`] : [],
  );
}

function fixLines(page: Page, indent: number, remediation: string | undefined): string[] {
  return remediation === undefined ? [] : page.labelled(indent, 'Fix', remediation, 'pass');
}

function summaryLine(report: CheckReport): [label: string, text: string] {
  const { verdict, counts } = checkSummary(report);
  return [verdict, counts];
}
