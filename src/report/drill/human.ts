import type { DrillReport, DrillResult, SubjectVerdict } from '../../model/drill/report.ts';
import type { ObservationRecord, RunRecord } from '../../model/drill/record.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import type { HumanOptions } from '../context.ts';
import { pageOf, type Page } from '../text/page.ts';
import { drillCounts, evidenceText, lasting, OUTCOME_TONES, OUTCOME_WORDS } from './summary.ts';

/** The report for a terminal: each drill with its measurements beside bounds and predictions, what it could not speak for, and the counts last. */
export function renderDrillHuman(report: DrillReport, options: HumanOptions): string {
  const page = pageOf(options);
  const lines = [
    ...report.drills.flatMap((drill) => ['', ...drillLines(page, drill)]),
    '',
    ...page.labelled(
      0,
      OUTCOME_WORDS[report.outcome].toUpperCase(),
      drillCounts(report),
      OUTCOME_TONES[report.outcome],
    ),
    ...page.text(0, evidenceText(report), 'quiet'),
    ...page.text(0, `Target ${report.target.identity}`, 'quiet'),
    ...(options.next ?? []).flatMap((command) => page.labelled(0, 'Next', command, 'quiet')),
  ];
  return `${lines.slice(1).join('\n')}\n`;
}

function drillLines(page: Page, drill: DrillResult): string[] {
  const silent = drill.runs.length === 0 ? drill.because : undefined;
  const others = drill.verdicts.filter(({ subject }) => !drill.runs.some((run) => run.subjects.includes(subject)));
  return [
    ...page.labelled(0, OUTCOME_WORDS[drill.outcome], `${drill.drill}: ${drill.title}`, OUTCOME_TONES[drill.outcome]),
    ...(silent === undefined ? [] : page.text(2, silent)),
    ...drill.runs.flatMap((run) => runLines(page, run)),
    ...(silent === undefined ? page.few(2, others, (verdict) => leftLines(page, verdict)) : []),
  ];
}

function runLines(page: Page, run: RunRecord): string[] {
  return [
    ...page.labelled(
      2,
      OUTCOME_WORDS[run.outcome],
      `${run.name}, ${lasting(run.durationMs)}`,
      OUTCOME_TONES[run.outcome],
    ),
    ...(run.because === undefined ? [] : page.text(4, run.because, OUTCOME_TONES[run.outcome])),
    ...page.columns(4, run.observations.map(observationRow), [undefined, 'strong', 'quiet', 'quiet', 'critical']),
    ...run.observations.flatMap(({ met, name, detail }) =>
      met || detail === undefined ? [] : page.labelled(4, name, detail, 'critical'),
    ),
    ...(page.verbose ? verboseLines(page, run) : []),
    ...run.faults.flatMap(({ undo, error }) =>
      error === undefined ? [] : page.text(4, `NOT UNDONE: ${undo}: ${error}`, 'critical'),
    ),
  ];
}

function observationRow(one: ObservationRecord): string[] {
  return [
    one.name,
    measureText(one.value, one.unit),
    boundsText(one, one.unit),
    one.predicted === undefined ? '' : `predicted ${measureText(one.predicted, one.unit)}`,
    one.met ? '' : 'missed',
  ];
}

function verboseLines(page: Page, run: RunRecord): string[] {
  return [
    ...page.text(4, run.blastRadius, 'quiet'),
    ...page.columns(
      4,
      [
        ...run.steps.map(({ startedMs, name, outcome, error }) => ({
          at: startedMs ?? run.durationMs,
          row: [stamp(startedMs), name, error === undefined ? outcome : `${outcome}: ${error}`],
        })),
        ...run.marks.map(({ atMs, what }) => ({ at: atMs, row: [stamp(atMs), what, ''] })),
      ]
        .sort((a, b) => a.at - b.at)
        .map(({ row }) => row),
      ['quiet', undefined, 'quiet'],
    ),
    ...run.predictions.flatMap(({ name, value, unit, because }) =>
      page.text(4, `Predicted ${name} ${measureText(value, unit)}: ${because}`, 'quiet'),
    ),
  ];
}

function leftLines(page: Page, { subject, outcome, because }: SubjectVerdict): string[] {
  return page.labelled(
    2,
    OUTCOME_WORDS[outcome],
    `${subject}: ${because ?? 'nothing was said of it'}`,
    OUTCOME_TONES[outcome],
  );
}

function stamp(atMs: number | undefined): string {
  return atMs === undefined ? '' : `${(atMs / 1000).toFixed(2).padStart(7)} s`;
}
