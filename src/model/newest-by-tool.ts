import type { AcceptableEvidence } from './control.ts';
import type { Digest } from './digest.ts';
import type { ScanPredicate } from './evidence.ts';

/** Most tests that a report names: the least digests of their names. */
export const TEST_SAMPLE = 16;

/**
 * The newest report of each tool about each thing, and of each of its suites of tests and sets of rules, newest first: what one of them found
 * does not vanish because another that found nothing ran after it. What names no tool counts as of one, and what is about no image as about
 * the commit. A run may be split: a part that is run again takes the place of its own earlier report, and parts that were cut otherwise take the
 * place of those whose tests they hold together.
 */
export function newestByTool(reports: readonly AcceptableEvidence[]): AcceptableEvidence[] {
  const newestFirst = reports.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return newestFirst.filter((one, at) => {
    const newer = newestFirst.slice(0, at);
    return aboutOf(one).some((thing) => {
      const about = newer.filter((other) => aboutOf(other).includes(thing)).map(scanOf);
      return !about.some((other) => replaces(other, scanOf(one))) && !isDividedAmong(scanOf(one), about);
    });
  });
}

/**
 * A report that names nothing gives way to any later one of its tool. Of the same kind are those that say so themselves; else those where most
 * of what the older one names is in the newer one, since tests and rules come and go.
 */
function replaces(later: Partial<ScanPredicate>, earlier: Partial<ScanPredicate>): boolean {
  if (toolOf(later) !== toolOf(earlier)) return false;
  // A part that had no test to run is a part all the same.
  if (earlier.shard !== undefined && namesIn(earlier) === undefined) return isSameShard(later, earlier);
  if (namesIn(earlier)?.length === 0) return true;
  if (later.format !== earlier.format) return false;
  if (earlier.categories !== undefined && later.categories !== undefined)
    return earlier.categories.every((category) => later.categories?.includes(category));
  const [named, known] = [namesIn(later), namesIn(earlier)];
  return known === undefined || known.filter((name) => named?.includes(name)).length * 2 >= known.length;
}

function isSameShard({ shard: one }: Partial<ScanPredicate>, { shard: other }: Partial<ScanPredicate>): boolean {
  return one !== undefined && one.index === other?.index && one.of === other.of;
}

/**
 * Whether later reports of tests hold together what an earlier one holds: of its sample none is missing that they would have to name, and they name
 * half of it at least. Samples are the least digests, so one names every test it has up to its greatest.
 */
function isDividedAmong(earlier: Partial<ScanPredicate>, later: readonly Partial<ScanPredicate>[]): boolean {
  const { tests = [], format } = earlier;
  const samples = later
    .filter((one) => one.format === format && toolOf(one) === toolOf(earlier))
    .flatMap((one) => (one.tests === undefined ? [] : [one.tests]));
  if (tests.length === 0 || samples.length < 2) return false;
  const named = tests.filter((test) => samples.some((sample) => sample.includes(test)));
  const gone = tests.filter((test) => !named.includes(test) && samples.every((sample) => isWithin(test, sample)));
  return gone.length === 0 && named.length * 2 >= tests.length;
}

/** Whether a sample would name a test if its report had it. */
function isWithin(test: string, sample: readonly string[]): boolean {
  return sample.length < TEST_SAMPLE || test <= (sample.at(-1) ?? '');
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
