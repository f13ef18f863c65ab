import type { AcceptableEvidence } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { PREDICATE, type AttachmentPredicate } from '../../model/evidence.ts';
import { fail, inconclusive, pass, type Result } from '../../model/result.ts';
import type { Params } from './check.ts';

/** Facts an attachment must carry to be the record of an approved run. */
const FACTS = ['run', 'environment', 'startedBy', 'approvedBy'] as const;

/**
 * A recorded run with its approval: an attachment with the facts `run`, `environment`, `startedBy`, `approvedBy` (logins, several
 * with commas between). The newest counts.
 */
export function accept(evidence: readonly AcceptableEvidence[], params: Params, at: Date): Result {
  const newest = evidence
    .filter(({ predicateType }) => predicateType === PREDICATE.attachment)
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (newest === undefined) return inconclusive('no run with its approval is recorded');
  if (at.getTime() - newest.at.getTime() > seconds(params.recordedWithin) * 1000)
    return inconclusive(`the recorded run of ${newest.at.toISOString()} is older than ${params.recordedWithin}`);
  const facts = (newest.predicate as AttachmentPredicate).facts ?? {};
  const missing = FACTS.filter((name) => String(facts[name] ?? '').trim() === '');
  if (missing.length > 0)
    return inconclusive(`the record of ${newest.at.toISOString()} lacks the facts ${missing.join(', ')}`);
  return judge(facts, params);
}

function judge(facts: Readonly<Record<string, unknown>>, { approvers, selfApproval }: Params): Result {
  const run = String(facts['run']);
  const startedBy = String(facts['startedBy']).trim();
  const approvedBy = String(facts['approvedBy'])
    .split(',')
    .map((login) => login.trim())
    .filter(Boolean);
  const valid = approvedBy.filter((login) => selfApproval || login.toLowerCase() !== startedBy.toLowerCase());
  if (valid.length === 0) return refused(`run ${run} was approved by ${startedBy}, who started it`);
  if (approvers.length > 0 && !valid.some((login) => approvers.includes(login)))
    return refused(`run ${run} was approved by ${valid.join(', ')}, and none of them is designated`);
  return pass(
    `run ${run} to ${String(facts['environment'])}, started by ${startedBy}, was approved by ${valid.join(', ')}`,
  );
}

function refused(message: string): Result {
  return fail({ message, severity: 'high', remediation: 'Record a run that a designated second person approved.' });
}
