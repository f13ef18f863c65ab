import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Archiving } from './input.ts';

export function check(_subject: Subject, { name, facts, within }: Archiving): Result {
  const findings = facts
    .filter(({ answer }) => answer === 'no')
    .map(({ id, because, origin }): Finding => ({
      message: `store ${name} says that it is backed up continuously, and ${id} ${because}`,
      severity: 'high',
      origin,
      remediation: 'Archive the log all the time, or declare the schedule that backups really have.',
    }));
  if (findings.length === 0 && facts.length === 0)
    return inconclusive(
      `store ${name} says that it is backed up continuously, and nothing here shows how its log is kept`,
    );
  const where = within === undefined ? name : `${name}, which lies in ${within},`;
  return failOr(findings, `${where} keeps its log: ${facts.map(({ id, because }) => `${id} ${because}`).join('; ')}`, {
    facts: facts.length,
  });
}
