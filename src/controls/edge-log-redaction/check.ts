import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { EdgeLog, EdgeLogs } from './query.ts';

export interface Params {
  readonly headers: readonly string[];
  readonly queries: boolean;
}

export function check(_subject: Subject, { logs }: EdgeLogs, params: Params): Result {
  if (logs.length === 0) return inconclusive('the repository does not show what the edge logs');
  const names = logs.map(({ name }) => name.replace(/,$/, ''));
  return failOr(
    logs.flatMap((log) => logFindings(log, params)),
    `${names.join('; ')}: no auth headers, no cookies${params.queries ? ', no queries' : ''}`,
    { logs: logs.length },
  );
}

function logFindings({ name, headers, query, origin }: EdgeLog, params: Params): Finding[] {
  const leaked = headers.includes('*')
    ? ['every request header']
    : headers.filter((header) => params.headers.includes(header));
  return [
    ...(leaked.length === 0
      ? []
      : [
          {
            message: `${name} holds ${[...new Set(leaked)].join(', ')}`,
            severity: 'critical' as const,
            origin,
            remediation: 'Leave these headers out of the log, or redact them where it is written.',
          },
        ]),
    ...(query === undefined || !params.queries
      ? []
      : [
          {
            message: `${name} holds queries (${query}), in which tickets and tokens travel`,
            severity: 'high' as const,
            origin,
            remediation: 'Log the path without the query ($uri for nginx), or redact the query.',
          },
        ]),
  ];
}
