import type { DrillReport, DrillResult } from '../../model/drill/report.ts';
import type { RunRecord } from '../../model/drill/record.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import { foldedTable, withinLimit, type Part } from '../markdown/budget.ts';
import { mdCode, mdText } from '../markdown/escape.ts';
import { drillCounts, evidenceText, lasting, OUTCOME_WORDS } from './summary.ts';

/** The report as a comment or a page of a runbook: what failed first, then every drill with its numbers, folded. */
export function renderDrillMarkdown(report: DrillReport): string {
  const start = [
    `### ${mdText(OUTCOME_WORDS[report.outcome])}: ${mdText(drillCounts(report))}`,
    '',
    mdText(evidenceText(report)),
    '',
    `Target ${mdCode(report.target.identity)}, ${mdText(report.startedAt)} to ${mdText(report.finishedAt)}.`,
  ].join('\n');
  const order = [...report.drills].sort((a, b) => rank(a) - rank(b));
  return withinLimit(
    start,
    [drillsPart(order), leftPart(order), ...order.flatMap(({ runs }) => runs.map(runPart))],
    '',
  );
}

function rank({ outcome }: DrillResult): number {
  return ['fail', 'error', 'inconclusive', 'pass'].indexOf(outcome);
}

function drillsPart(drills: readonly DrillResult[]): Part {
  return {
    of: 'drills',
    head: ['', '| Outcome | Drill | What | Because |', '| --- | --- | --- | --- |'],
    items: drills.map(
      ({ outcome, drill, title, because }) =>
        `| ${mdText(OUTCOME_WORDS[outcome])} | ${mdCode(drill)} | ${mdText(title)} | ${mdText(because ?? '')} |`,
    ),
    tail: [],
  };
}

function leftPart(drills: readonly DrillResult[]): Part {
  const left = drills.flatMap(({ drill, verdicts, runs }) =>
    verdicts
      .filter(({ subject }) => !runs.some(({ subjects }) => subjects.includes(subject)))
      .map(({ subject, because }) => [mdCode(drill), mdCode(subject), mdText(because ?? '')]),
  );
  return foldedTable('subjects', `Not drilled (${left.length})`, ['Drill', 'Subject', 'Because'], left);
}

function runPart(run: RunRecord): Part {
  return foldedTable(
    'measurements',
    `${run.control}: ${run.name}, ${OUTCOME_WORDS[run.outcome]}, ${lasting(run.durationMs)}`,
    ['Measured', 'Value', 'Wanted', 'Predicted', 'Met'],
    run.observations.map((one) => [
      mdText(one.name),
      mdText(measureText(one.value, one.unit)),
      mdText(boundsText(one, one.unit)),
      one.predicted === undefined ? '' : mdText(measureText(one.predicted, one.unit)),
      one.met ? 'yes' : `**no**${one.detail === undefined ? '' : ` ${mdText(one.detail)}`}`,
    ]),
  );
}
