import type { AcceptableEvidence } from '../model/control.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE, type ScanPredicate } from '../model/evidence.ts';
import { newestByTool } from '../model/newest-by-tool.ts';
import { fail, inconclusive, pass, type Result } from '../model/result.ts';
import { missingShards } from '../model/shards.ts';
import type { CustomControlSpec } from '../model/spec.ts';

/**
 * Judges a control of the user's own by the newest evidence of the kind it names, no older than it allows. A document or a sign-off counts by
 * being there, signed by somebody who may; a report counts by what it says, the newest of each tool, and one that looked at nothing says nothing.
 */
export function acceptCustom(
  { accept, title }: CustomControlSpec,
  evidence: readonly AcceptableEvidence[],
  at: Date,
): Result {
  const reports = newestByTool(evidence.filter((one) => fits(one, accept.predicate)));
  const [newest] = reports;
  if (newest === undefined) return inconclusive(`no ${accept.predicate} was given`);
  const age = (at.getTime() - newest.at.getTime()) / 1000;
  if (age > seconds(accept.maxAge))
    return inconclusive(`the newest ${accept.predicate} is older than ${accept.maxAge}`);
  const results = reports.flatMap((one) => judgedByContent(one, title) ?? []);
  const missing = missingShards(reports);
  if (missing !== undefined && !results.some(({ outcome }) => outcome === 'fail')) return inconclusive(missing);
  const [first] = results;
  if (first !== undefined)
    return (
      results.find(({ outcome }) => outcome === 'fail') ?? results.find(({ outcome }) => outcome !== 'pass') ?? first
    );
  return pass(`${accept.predicate} ${newest.digest} of ${newest.at.toISOString()}`, { evidence: newest.digest });
}

function judgedByContent(one: AcceptableEvidence, title: string): Result | undefined {
  if (one.predicateType === PREDICATE.testResult) return judgeResult(one, title);
  return one.predicateType === PREDICATE.scan ? judgeReport(one, title) : undefined;
}

/** A JUnit report is the form in which most test results come; every other report is a scan. */
function fits(
  { predicateType, predicate }: AcceptableEvidence,
  wanted: CustomControlSpec['accept']['predicate'],
): boolean {
  const isTests = predicateType === PREDICATE.scan && (predicate as ScanPredicate).format === 'junit';
  switch (wanted) {
    case 'sign-off':
      return predicateType === PREDICATE.signOff;
    case 'attachment':
      return predicateType === PREDICATE.attachment;
    case 'test-result':
      return predicateType === PREDICATE.testResult || isTests;
    case 'scan':
      return predicateType === PREDICATE.scan && !isTests;
  }
}

function judgeResult({ predicate, digest }: AcceptableEvidence, title: string): Result {
  const result = (predicate as { result?: unknown } | null)?.result;
  if (result === 'PASSED') return pass(`test result ${digest}`, { evidence: digest });
  if (result === 'FAILED') return failed(`${title}: test result ${digest} says FAILED`);
  return inconclusive(`test result ${digest} says ${String(result)}`);
}

function judgeReport({ predicate, digest }: AcceptableEvidence, title: string): Result {
  const report = predicate as ScanPredicate;
  const { critical, high } = report.counts;
  if (report.incomplete !== undefined && (report.failed ?? 0) + critical + high === 0)
    return inconclusive(`the report of ${report.tool.name} is not whole: ${report.incomplete}`);
  const isWhole = report.incomplete === undefined;
  if (isWhole && report.scope === 0 && (report.skipped ?? 0) > 0)
    return inconclusive(`all ${report.skipped} tests were skipped`);
  if (isWhole && report.scope === 0) return inconclusive(`the report of ${report.tool.name} looked at nothing`);
  if ((report.failed ?? 0) > 0)
    return failed(`${title}: ${report.failed}${isWhole ? ` of ${report.scope}` : ''} tests failed`);
  if (critical + high > 0)
    return failed(`${title}: ${report.tool.name} reports ${critical} critical and ${high} high findings`);
  return pass(`${report.tool.name} over ${report.scope}: nothing critical or high, nothing failed`, {
    evidence: digest,
    scope: report.scope,
  });
}

function failed(message: string): Result {
  return fail({ message, severity: 'high', remediation: 'Mend what it reports, and offer a new report.' });
}
