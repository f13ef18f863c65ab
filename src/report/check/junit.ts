import type { CheckReport, CheckRow } from '../../model/report.ts';
import { junitXml, type TestCase } from '../junit/xml.ts';
import { compareText, placeOf, whyUntold, worstFirst } from '../order.ts';

/**
 * The report as JUnit XML: a suite for each control, a test for each subject. What could not be told is an `error`; only
 * what somebody set aside (an inline comment, a baseline) or what has no subject here is `skipped`.
 */
export function renderCheckJunit(report: CheckReport): string {
  const judged = [
    ...Map.groupBy([...report.findings].sort(worstFirst), (row) => `${row.control}\n${row.subject}`).values(),
  ]
    .flatMap(caseOf)
    .sort((a, b) => compareText(a.suite, b.suite) || compareText(a.name, b.name));
  const unread = report.unread.map((gap): TestCase => ({
    suite: 'could-not-read',
    name: gap.path,
    problem: { kind: 'error', message: gap.reason, type: 'unread', body: gap.fix },
  }));
  return junitXml('launchgate check', [...untold(report), ...judged, ...unread, ...withoutSubject(report)]);
}

/** Skipped tests and passes alone would be green. */
function untold(report: CheckReport): TestCase[] {
  const message = whyUntold(report);
  if (message === undefined) return [];
  return [{ suite: 'could-not-tell', name: 'anything', problem: { kind: 'error', type: 'inconclusive', message } }];
}

/** One test for all rows of a control about a subject; the gravest of them decides. */
function caseOf(rows: readonly CheckRow[]): TestCase[] {
  const [first] = rows;
  if (first === undefined) return [];
  const test = { suite: first.control, name: first.subject };
  const open = rows.filter((row) => row.ignored === undefined && row.known !== true);
  const failures = open.filter((row) => row.outcome === 'fail');
  const unknown = open.filter((row) => row.outcome === 'inconclusive' || row.outcome === 'error');
  const problems = failures.length > 0 ? failures : unknown;
  const [worst] = problems;
  if (worst !== undefined) {
    const kind = failures.length > 0 ? 'failure' : 'error';
    const type = kind === 'failure' ? worst.severity : worst.outcome;
    const body = problems
      .map((row) => describe(row, row === worst))
      .join('\n\n')
      .trim();
    return [{ ...test, problem: { kind, type, message: worst.message, ...(body === '' ? {} : { body }) } }];
  }
  if (open.length === 0) return [{ ...test, problem: { kind: 'skipped', message: setAside(first) } }];
  return [{ ...test, output: first.witness?.summary ?? first.message }];
}

/** Readers show the message of a problem above its body: there it is not said again. */
function describe(row: CheckRow, isSaid: boolean): string {
  return [
    placeOf(row),
    isSaid ? '' : row.message,
    ...(row.counterExample ?? []).map((step, index) => `  ${index + 1}. ${step.action} -> ${step.state}`),
    row.remediation ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function setAside(row: CheckRow): string {
  return row.ignored === undefined
    ? 'Known from the baseline.'
    : `Ignored until ${row.ignored.until}: ${row.ignored.reason}`;
}

function withoutSubject(report: CheckReport): TestCase[] {
  return report.withoutSubject.map((control) => ({
    suite: control,
    name: 'any subject',
    problem: { kind: 'skipped', message: 'Nothing here to judge, which is no pass.' },
  }));
}
