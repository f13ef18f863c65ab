import type { AcceptableEvidence } from './control.ts';
import type { ScanPredicate } from './evidence.ts';

/**
 * The newest report of each tool and of each of its suites of tests, newest first: what one of them found does not vanish because another that
 * found nothing ran after it. What names no tool counts as of one, and a report that lists no test gives way to any later one of its tool. Runs are of
 * one suite where most of what the older one lists is in the newer one: tests come and go.
 */
export function newestByTool(reports: readonly AcceptableEvidence[]): AcceptableEvidence[] {
  const newestFirst = reports.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return newestFirst.filter(
    (one, at) => !newestFirst.slice(0, at).some((later) => replaces(scanOf(later), scanOf(one))),
  );
}

function replaces(later: Partial<ScanPredicate>, earlier: Partial<ScanPredicate>): boolean {
  if (later.tool?.name !== earlier.tool?.name) return false;
  const { tests } = earlier;
  return tests === undefined || tests.filter((test) => later.tests?.includes(test)).length * 2 >= tests.length;
}

function scanOf({ predicate }: AcceptableEvidence): Partial<ScanPredicate> {
  return predicate ?? {};
}
