import type { DrillReport, DrillResult, SubjectVerdict } from '../../model/drill/report.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import { junitXml, type TestCase } from '../junit/xml.ts';
import { drillCounts } from './summary.ts';

/** The report as JUnit XML: a suite for each drill, a test for each subject. What could not be told is an error, never skipped. */
export function renderDrillJunit(report: DrillReport): string {
  return junitXml(`launchgate drill, ${report.target.environment}`, [
    ...report.drills.flatMap((drill) => casesOf(drill)),
    ...(report.drills.length === 0 ? [] : [overall(report)]),
  ]);
}

function casesOf(drill: DrillResult): TestCase[] {
  const measured = (subject: string): string =>
    drill.runs
      .filter(({ subjects }) => subjects.includes(subject))
      .flatMap((run) => run.observations.filter((one) => one.subject === undefined || one.subject === subject))
      .map((one) => {
        const bounds = boundsText(one, one.unit);
        return `${one.name}: ${measureText(one.value, one.unit)}${bounds === '' ? '' : ` (${bounds})`}`;
      })
      .join('\n');
  const verdicts: readonly SubjectVerdict[] =
    drill.verdicts.length > 0 ? drill.verdicts : [{ ...drill, subject: 'all' }];
  return verdicts.map((verdict) => verdictCase(drill.drill, verdict, measured(verdict.subject)));
}

function verdictCase(suite: string, { subject, outcome, because }: SubjectVerdict, measured: string): TestCase {
  const test = { suite, name: subject };
  if (outcome === 'pass') return { ...test, output: measured };
  const kind = outcome === 'fail' ? 'failure' : 'error';
  return { ...test, problem: { kind, type: outcome, message: because ?? outcome, body: measured } };
}

function overall(report: DrillReport): TestCase {
  const test = { suite: 'drills', name: `all on ${report.target.environment}` };
  if (report.outcome === 'pass') return { ...test, output: drillCounts(report) };
  const kind = report.outcome === 'fail' ? 'failure' : 'error';
  return { ...test, problem: { kind, type: report.outcome, message: drillCounts(report) } };
}
