import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { fail, failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDocuments } from '../../proofs/documents/index.ts';
import type { Trail } from './input.ts';

interface Params {
  readonly shortest: string;
  readonly everybody: readonly string[];
  readonly correlationIds: readonly string[];
  readonly minWords: number;
  readonly trustedHosts: readonly string[];
}

type Declared = NonNullable<Trail['declared']>;

export function check(_subject: Subject, input: Trail, params: Params): Result {
  const { declared, procedure, exported, clusters } = input;
  if (declared === undefined)
    return fail(
      finding(
        'nothing says who may read the audit logs, how they are exported, or how long they are kept',
        'Describe it under audit: access, export, retention, procedure.',
      ),
    );
  const documents = [
    judgeDocuments(procedure, { what: 'the retrieval procedure', ...params }),
    judgeDocuments(exported, { what: 'the description of the export', ...params }),
  ];
  const findings = [
    ...judgeAccess(declared, params),
    ...judgeKeeping(declared, params),
    ...judgeProcedure(input, params),
    ...documents.flatMap((verdict) => verdict.findings),
    ...clusters.filter(({ audited }) => audited === false).map(unaudited),
  ];
  const unread = clusters.find(({ audited }) => audited === undefined);
  const [open = unread && `${unread.id} takes its log types from a value that is not written there`] =
    documents.flatMap((verdict) => verdict.open);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(
    findings,
    `read by ${declared.access.join(', ')}, exported to ${declared.export ?? ''}, kept ${declared.retention ?? ''}`,
    { readers: declared.access.length, retention: declared.retention ?? '', clusters: clusters.length },
  );
}

function judgeAccess({ access }: Declared, { everybody }: Params): Finding[] {
  return access
    .filter((reader) => everybody.includes(reader.toLowerCase()))
    .map((reader) => finding(`${reader} may read the audit logs`, 'Name the roles that need them.', 'high'));
}

function judgeKeeping({ export: destination, retention }: Declared, { shortest }: Params): Finding[] {
  const found: Finding[] = [];
  if (destination === undefined)
    found.push(
      finding(
        'nothing says how audit logs are exported',
        'State audit.export: the destination, and how it is checked.',
      ),
    );
  if (retention === undefined)
    found.push(finding('nothing says how long audit logs are kept', `State audit.retention, ${shortest} or longer.`));
  else if (seconds(retention) < seconds(shortest))
    found.push(
      finding(
        `audit logs are kept for ${retention}, and ${shortest} is the shortest that is allowed`,
        `Keep them for ${shortest} or longer.`,
      ),
    );
  return found;
}

function judgeProcedure({ declared, procedure, mentions }: Trail, { correlationIds }: Params): Finding[] {
  if (procedure.length === 0)
    return [
      finding(
        declared?.procedure === undefined
          ? 'no procedure says how audit logs are retrieved'
          : `the procedure, ${JSON.stringify(declared.procedure)}, names no document`,
        'Write how one incident is rebuilt from an id, and name the file under audit.procedure.',
      ),
    ];
  const [first] = procedure;
  if (first?.state !== 'present' || first.words === undefined) return [];
  if (correlationIds.some((id) => mentions.includes(id))) return [];
  return [
    {
      ...finding(
        `the retrieval procedure mentions none of ${correlationIds.join(', ')}: an incident cannot be followed from service to service`,
        'Show the queries that follow one id from the edge to the last service.',
      ),
      origin: { path: first.path, line: 1, column: 1 },
    },
  ];
}

function unaudited({ id, origin }: Trail['clusters'][number]): Finding {
  return {
    ...finding(`${id} writes no audit log of the Kubernetes API`, 'Add "audit" to enabled_cluster_log_types.', 'high'),
    origin,
  };
}

function finding(message: string, remediation: string, severity: Finding['severity'] = 'medium'): Finding {
  return { message, severity, remediation };
}
