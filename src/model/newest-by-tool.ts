import type { AcceptableEvidence } from './control.ts';
import type { Digest } from './digest.ts';
import type { ScanPredicate } from './evidence.ts';

/**
 * The newest report of each tool about each thing, and of each of its suites of tests and sets of rules, newest first: what one of them found
 * does not vanish because another that found nothing ran after it. What names no tool counts as of one, and what is about no image as about
 * the commit.
 */
export function newestByTool(reports: readonly AcceptableEvidence[]): AcceptableEvidence[] {
  const newestFirst = reports.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return newestFirst.filter((one, at) => {
    const later = newestFirst.slice(0, at).filter((other) => replaces(scanOf(other), scanOf(one)));
    return aboutOf(one).some((thing) => !later.some((other) => aboutOf(other).includes(thing)));
  });
}

/**
 * A report that names nothing gives way to any later one of its tool. Of the same kind are those that say so themselves; else those where most
 * of what the older one names is in the newer one, since tests and rules come and go.
 */
function replaces(later: Partial<ScanPredicate>, earlier: Partial<ScanPredicate>): boolean {
  if (toolOf(later) !== toolOf(earlier)) return false;
  if (namesIn(earlier)?.length === 0) return true;
  if (later.format !== earlier.format) return false;
  if (earlier.categories !== undefined && later.categories !== undefined)
    return earlier.categories.every((category) => later.categories?.includes(category));
  const [named, known] = [namesIn(later), namesIn(earlier)];
  return known === undefined || known.filter((name) => named?.includes(name)).length * 2 >= known.length;
}

/** Scanners write their own name otherwise in each format: `Trivy` in SARIF, `trivy` in CycloneDX. */
function toolOf({ tool }: Partial<ScanPredicate>): string | undefined {
  return tool?.name.toLowerCase();
}

function namesIn({ tests, rules }: Partial<ScanPredicate>): readonly string[] | undefined {
  return tests ?? rules;
}

function aboutOf({ subjects }: AcceptableEvidence): readonly (Digest | 'commit')[] {
  return subjects.length === 0 ? ['commit'] : subjects;
}

function scanOf({ predicate }: AcceptableEvidence): Partial<ScanPredicate> {
  return predicate ?? {};
}
