import type { AcceptableEvidence } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { PREDICATE, type ScanPredicate } from '../../model/evidence.ts';
import { newestByTool } from '../../model/newest-by-tool.ts';
import { fail, inconclusive, pass, type Result } from '../../model/result.ts';
import { missingShards } from '../../model/shards.ts';
import type { Params } from './check.ts';

/**
 * The newest JUnit report of each suite: fresh, with tests that ran, and none that failed. A report without tests says nothing. A suite whose report
 * has grown old counts no more once it passed; one that failed has not been mended by growing old.
 */
export function accept(evidence: readonly AcceptableEvidence[], params: Params, at: Date): Result {
  const reports = evidence.filter(
    ({ predicateType, predicate }) =>
      predicateType === PREDICATE.scan && (predicate as ScanPredicate).format === 'junit',
  );
  const newestOfEach = newestByTool(reports);
  const [newest] = newestOfEach;
  if (newest === undefined) return inconclusive('no JUnit report of the integration tests was given');
  const { fresh = [], old = [] } = Object.groupBy(newestOfEach, (one) =>
    at.getTime() - one.at.getTime() <= seconds(params.reportWithin) * 1000 ? 'fresh' : 'old',
  );
  if (fresh.length === 0)
    return inconclusive(`the report of ${newest.at.toISOString()} is older than ${params.reportWithin}`);
  const suites = fresh.map(({ predicate }) => predicate as ScanPredicate);
  const sum = (of: (suite: ScanPredicate) => number | undefined): number =>
    suites.reduce((total, suite) => total + (of(suite) ?? 0), 0);
  const [ran, failed, skipped] = [sum(({ scope }) => scope), sum((one) => one.failed), sum((one) => one.skipped)];
  const cut = suites.find(({ incomplete }) => incomplete !== undefined);
  if (failed > 0)
    return fail({
      message: `${failed}${cut === undefined ? ` of ${ran}` : ''} integration tests failed`,
      severity: 'high',
      remediation: 'Mend what fails and record the report of the next run.',
    });
  if (suites.some((one) => one.failed === undefined))
    return inconclusive('the report does not say how many tests failed');
  if (cut !== undefined) return inconclusive(`the report is not whole: ${cut.incomplete}`);
  const missing = missingShards(fresh);
  if (missing !== undefined) return inconclusive(missing);
  if (ran < params.minTests)
    return inconclusive(`${ran} tests ran, ${skipped} were skipped, and at least ${params.minTests} must run`);
  const open = old.find(({ predicate }) => !isGreen(predicate as ScanPredicate));
  if (open !== undefined)
    return inconclusive(
      `${(open.predicate as ScanPredicate).tool.name} did not pass on ${open.at.toISOString()}, and no report of its tests within ${params.reportWithin} says that it does now`,
    );
  const aged = old.length === 0 ? '' : `; ${old.length} that passed before are older than ${params.reportWithin}`;
  return pass(`${ran} integration tests passed on ${newest.at.toISOString()}${aged}`, {
    ran,
    skipped,
    aged: old.length,
  });
}

/** Whether a whole report has no failure in it. */
function isGreen({ failed, incomplete }: ScanPredicate): boolean {
  return failed === 0 && incomplete === undefined;
}
