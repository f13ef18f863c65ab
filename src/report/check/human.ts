import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { HumanOptions, ReportContext } from '../context.ts';
import { untoldOf } from '../left-open.ts';
import { checkVerdict, counted, sortRows } from '../order.ts';
import { pageOf, type Page } from '../text/page.ts';
import type { Tone } from '../text/style.ts';
import { visible } from '../text/visible.ts';
import { breakLines, weaknessLines } from './human-findings.ts';
import { leftOpenLines, openSubjects, unknownLines, unreadLines } from './human-untold.ts';
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

function summaryLine(report: CheckReport): [label: string, text: string] {
  const { verdict, counts } = checkSummary(report);
  return [verdict, counts];
}
