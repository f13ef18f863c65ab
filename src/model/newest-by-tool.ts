import type { AcceptableEvidence } from './control.ts';
import type { ScanPredicate } from './evidence.ts';

/**
 * The newest report of each tool, newest first: what one tool found does not vanish because another one that found nothing ran after it. What
 * names no tool counts as of one.
 */
export function newestByTool(reports: readonly AcceptableEvidence[]): AcceptableEvidence[] {
  const newest = new Map<string | undefined, AcceptableEvidence>();
  for (const one of reports.toSorted((a, b) => b.at.getTime() - a.at.getTime())) {
    const tool = (one.predicate as Partial<ScanPredicate> | null)?.tool?.name;
    if (!newest.has(tool)) newest.set(tool, one);
  }
  return [...newest.values()];
}
