import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { AuditLogs, LogSource } from './query.ts';

export interface Params {
  readonly minRetention: string;
  readonly shieldAdvanced: boolean;
}

const DAY = 86_400;

const SWITCH_ON: Readonly<Record<LogSource['log'], string>> = {
  'access log': 'Switch access logs on, to a bucket that the edge cannot delete from.',
  'WAF log': 'Add an aws_wafv2_web_acl_logging_configuration for the ACL.',
  'flow log': 'Add an aws_flow_log for the network.',
};

export function check(_subject: Subject, input: AuditLogs, params: Params): Result {
  if (input.sources.length === 0)
    return inconclusive('the repository shows no load balancer, web ACL or network whose logs could be judged');
  const findings = [
    ...input.sources.filter(({ on }) => !on).map(silent),
    ...shortLived(input, params),
    ...(params.shieldAdvanced ? input.unshielded.map(unshielded) : []),
    ...(input.declared && input.shippedBy.length === 0 ? [notShipped()] : []),
  ];
  if (findings.length === 0 && input.shippedBy.length === 0)
    return inconclusive('the logs are on; where they are shipped to is not in the repository');
  const names = input.sources.map(({ name, log }) => `${log} of ${name}`).join(', ');
  return failOr(findings, `${names}; shipped by ${input.shippedBy.join(', ')}`, {
    sources: input.sources.length,
    unshielded: input.unshielded.length,
  });
}

function silent({ name, log, origin }: LogSource): Finding {
  return {
    message: `${name} writes no ${log}`,
    severity: 'medium',
    fromAbsence: true,
    origin,
    remediation: SWITCH_ON[log],
  };
}

/** Log groups that forget before the declared retention, or the least one. */
function shortLived({ groups, retention }: AuditLogs, { minRetention }: Params): Finding[] {
  const wanted = retention ?? minRetention;
  const days = seconds(wanted) / DAY;
  return groups
    .filter((group) => group.days < days)
    .map(({ name, days: kept, origin }) => ({
      message: `${name} keeps its lines for ${kept} days, less than ${wanted}`,
      severity: 'medium',
      origin,
      remediation: 'Raise retention_in_days, or ship the group to where it is kept.',
    }));
}

function unshielded({ name, origin }: AuditLogs['unshielded'][number]): Finding {
  return {
    message: `${name} is public without Shield Advanced`,
    severity: 'medium',
    fromAbsence: true,
    origin,
    remediation: 'Add an aws_shield_protection for it.',
  };
}

function notShipped(): Finding {
  return {
    message: 'nothing ships the logs of the edge out of their account, and the spec declares no export',
    severity: 'medium',
    fromAbsence: true,
    remediation: 'Subscribe the log groups to the SIEM, or declare audit.export.',
  };
}
