import { nothingDeploys, sawNothing, type CheckReport } from '../model/report.ts';
import type { Severity } from '../model/result.ts';

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

/** The exit status of `check`: 1 for a failure, 2 for anything that could not be told, 0 only when all of it holds. */
export function exitStatus(report: CheckReport, failOn: Severity = 'low'): 0 | 1 | 2 {
  const judged = report.findings.filter((row) => row.ignored === undefined && row.known !== true);
  if (judged.some((row) => row.outcome === 'fail' && SEVERITY_RANK[row.severity] <= SEVERITY_RANK[failOn])) return 1;
  const untold = judged.some((row) => row.outcome === 'inconclusive' || row.outcome === 'error');
  return untold || report.unread.length > 0 || sawNothing(report) || nothingDeploys(report) ? 2 : 0;
}
