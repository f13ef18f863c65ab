import type { AcceptableEvidence } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { PREDICATE, type ScanPredicate } from '../../model/evidence.ts';
import { fail, inconclusive, pass, type Result } from '../../model/result.ts';
import type { Params } from './check.ts';

/** The newest JUnit report: fresh, with tests that ran, and none that failed. A report without tests says nothing. */
export function accept(evidence: readonly AcceptableEvidence[], params: Params, at: Date): Result {
  const reports = evidence.filter(
    ({ predicateType, predicate }) =>
      predicateType === PREDICATE.scan && (predicate as ScanPredicate).format === 'junit',
  );
  const newest = reports.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (newest === undefined) return inconclusive('no JUnit report of the integration tests was given');
  if (at.getTime() - newest.at.getTime() > seconds(params.reportWithin) * 1000)
    return inconclusive(`the report of ${newest.at.toISOString()} is older than ${params.reportWithin}`);
  const { scope: ran, failed, skipped = 0 } = newest.predicate as ScanPredicate;
  if (failed === undefined) return inconclusive('the report does not say how many tests failed');
  if (ran < params.minTests)
    return inconclusive(`${ran} tests ran, ${skipped} were skipped, and at least ${params.minTests} must run`);
  if (failed > 0)
    return fail({
      message: `${failed} of ${ran} integration tests failed`,
      severity: 'high',
      remediation: 'Mend what fails and record the report of the next run.',
    });
  return pass(`${ran} integration tests passed on ${newest.at.toISOString()}`, { ran, skipped });
}
