import type { AcceptableEvidence } from './control.ts';
import type { ScanPredicate } from './evidence.ts';

/** Into more parts nobody splits a run of tests. */
export const MOST_SHARDS = 1000;

/**
 * Which parts of a split run are not among the newest reports, in words; `undefined` where none is missing that a report speaks of. Suites of one runner
 * that are split alike are told apart by number alone: each part must be there as often as any other.
 */
export function missingShards(reports: readonly AcceptableEvidence[]): string | undefined {
  const runs = Map.groupBy(reports.map(scanOf).filter(isPart), ({ tool, shard }) => `${shard.of} of ${tool.name}`);
  for (const [first, ...rest] of runs.values()) {
    if (first === undefined) continue;
    const { of } = first.shard;
    const counts = Array.from(
      { length: of },
      (_, at) => [first, ...rest].filter(({ shard }) => shard.index === at + 1).length,
    );
    const most = Math.max(...counts);
    const missing = counts.flatMap((count, at) => (count < most ? [at + 1] : []));
    if (missing.length > 0) return inWords(missing, of, first.tool.name);
  }
  return undefined;
}

function inWords(missing: readonly number[], of: number, tool: string): string {
  const named = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return missing.length === 1
    ? `shard ${named} of ${of} of ${tool} is missing`
    : `shards ${named}${more} of ${of} of ${tool} are missing`;
}

type Part = ScanPredicate & { readonly shard: NonNullable<ScanPredicate['shard']> };

function isPart(scan: Partial<ScanPredicate>): scan is Part {
  return scan.shard !== undefined && scan.tool !== undefined;
}

function scanOf({ predicate }: AcceptableEvidence): Partial<ScanPredicate> {
  return predicate ?? {};
}
