import type { AcceptableEvidence } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { inconclusive, pass, type Result } from '../../model/result.ts';
import type { Params } from './check.ts';

/** A recorded dry run of the runbooks, as an attachment, no older than allowed. */
export function accept(evidence: readonly AcceptableEvidence[], { dryRunWithin }: Params, at: Date): Result {
  const records = evidence.filter(({ predicateType }) => predicateType === PREDICATE.attachment);
  const newest = records.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (newest === undefined) return inconclusive('no dry run of the runbooks is recorded');
  if (at.getTime() - newest.at.getTime() > seconds(dryRunWithin) * 1000)
    return inconclusive(`the last recorded dry run, of ${newest.at.toISOString()}, is older than ${dryRunWithin}`);
  return pass(`dry run of ${newest.at.toISOString()}`, { evidence: newest.digest });
}
