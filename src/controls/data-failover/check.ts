import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Failover } from './facts.ts';

export function check(_subject: Subject, { name, facts, managed }: Failover): Result {
  const findings = facts
    .filter(({ answer }) => answer === 'no')
    .map(({ id, because, remediation, origin }): Finding => ({
      message: id === name ? `${id} ${because}` : `store ${name}: ${id} ${because}`,
      severity: 'high',
      origin,
      remediation: remediation ?? 'Run it in two zones, with something that promotes a replica.',
    }));
  if (findings.length === 0) {
    const open = facts.find(({ answer }) => answer === 'unknown');
    if (open !== undefined) return inconclusive(`${open.id} ${open.because}`, open.origin);
    if (facts.length === 0)
      return inconclusive(
        managed === undefined
          ? `nothing here is known to be store ${name}`
          : `store ${name} is managed by ${managed}, and nothing here describes how that fails over`,
      );
  }
  return failOr(findings, facts.map(({ id, because }) => `${id} ${because}`).join('; '), { parts: facts.length });
}
