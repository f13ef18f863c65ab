import type { Query, Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, pass, type Finding, type Result } from '../../model/result.ts';
import { longestPause } from '../../model/schedule.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { configurationsOf, unreadModuleOfStore } from '../../proofs/topology/index.ts';
import { backupMeans, type BackupMeans } from './means.ts';
import { undeclaredDatabase, undeclaredDatabases } from './undeclared.ts';

interface Backup {
  readonly store: Pick<StoreSpec, 'name' | 'kind' | 'rpo' | 'backup' | 'ephemeral' | 'managed'>;
  readonly declared: boolean;
  readonly means: readonly BackupMeans[];
  /** The module, whose sources are not here, that it may lie in. */
  readonly module?: { readonly address: string; readonly source: string; readonly origin: Origin };
  /** Plans of AWS Backup beside a database that no store of the spec is. */
  readonly plans?: readonly string[];
}

interface Params {
  readonly minRetention: string;
  readonly requireOffsite: boolean;
}

export function allStores(view: PlatformView): Subject[] {
  const declared = view.spec.stores.map(({ name }): Subject => ({ kind: 'store', name }));
  return [...declared, ...undeclaredDatabases(view)];
}

export function backup(subject: Subject): Query<Backup> {
  return (view) => {
    const undeclared = view.store(subject.name) === undefined ? undeclaredDatabase(view, subject.name) : undefined;
    if (undeclared !== undefined) {
      const { address: name, means, plans, module } = undeclared;
      const store = { name, kind: 'other' } as const;
      return { store, declared: false, means, plans, ...(module !== undefined && { module: placeOf(module) }) };
    }
    const store = view.store(subject.name) ?? { name: subject.name, kind: 'other' as const };
    const { name, kind, rpo, backup: policy, ephemeral, managed } = store;
    const module = unreadModuleOfStore(configurationsOf(view), store);
    return {
      store: { name, kind, rpo, backup: policy, ephemeral, managed },
      declared: !view.provisional,
      means: backupMeans(view, store),
      ...(module !== undefined && { module: placeOf(module) }),
    };
  };
}

function placeOf({ address, source, origin }: NonNullable<Backup['module']>): NonNullable<Backup['module']> {
  return { address, source, origin };
}

export function check(_subject: Subject, input: Backup, params: Params): Result {
  const { store, means, declared, plans } = input;
  if (store.ephemeral !== undefined)
    return pass(`store ${store.name} is declared to hold nothing that must survive: ${store.ephemeral}`, {
      ephemeral: true,
    });
  if (plans !== undefined && plans.length > 0)
    return inconclusive(
      `${plans.join(', ')} may back ${store.name} up, and which resources it selects is not worked out`,
    );
  if (plans !== undefined && means.length === 0 && input.module !== undefined)
    return inconclusive(inModule(store.name, input.module), input.module.origin);
  if (plans !== undefined && means.length === 0)
    return inconclusive(`for how long ${store.name} keeps backups is not known before it is applied`);
  if (!declared && means.length === 0) return failOr([nothingDoesIt(store.name)], '');
  const findings = [...(declared ? policyFindings(input, params) : []), ...meansFindings(input, params)];
  if (findings.length === 0 && !declared && store.kind === 'config')
    return inconclusive('what must survive of the configuration is not declared');
  if (findings.length === 0 && means.length === 0 && input.module !== undefined)
    return inconclusive(inModule(store.name, input.module), input.module.origin);
  const active = means.filter(({ suspended }) => !suspended).map(({ name }) => name);
  const by = active.join(', ') || store.backup?.by || 'what the spec declares';
  const kept = Math.min(...means.map(({ retention }) => retention?.value ?? 0));
  return failOr(
    findings,
    plans === undefined
      ? `store ${store.name} is backed up by ${by}`
      : `${store.name} keeps its backups for ${formatDuration(kept)}`,
    { means: active.length },
  );
}

function inModule(store: string, { address, source }: NonNullable<Backup['module']>): string {
  const where = store.endsWith(address)
    ? `the source ${source} of ${address}`
    : `store ${store} lies in ${address}, whose source ${source}`;
  return `${where} is not here: what it keeps cannot be told without a plan in JSON`;
}

function nothingDoesIt(name: string): Finding {
  return {
    message: `nothing in the repository backs up store ${name}`,
    severity: 'high',
    fromAbsence: true,
    remediation:
      'Schedule a backup of it, or declare the store with what backs it up, or as ephemeral with the reason.',
  };
}

/** What the spec says must be complete and consistent in itself. */
function policyFindings({ store, means }: Backup, params: Params): Finding[] {
  const policy = store.backup;
  const problem = (message: string, remediation: string, severity: Finding['severity'] = 'high'): Finding => ({
    message: `store ${store.name} ${message}`,
    severity,
    remediation,
  });
  if (policy === undefined)
    return [
      problem(
        'declares no backup',
        'Declare schedule, retention, encryption, access and off-site copy under the store.',
      ),
    ];
  const findings: Finding[] = [];
  const pause = longestPause(policy.schedule);
  if (pause === undefined)
    findings.push(
      problem(
        `has the schedule ${JSON.stringify(policy.schedule)}, which never runs`,
        'Write a cron expression, @daily, @every 6h or continuous.',
      ),
    );
  if (store.rpo === undefined)
    findings.push(
      problem(
        'declares no RPO, so no schedule can be judged',
        'Declare the largest loss that is accepted as rpo.',
        'medium',
      ),
    );
  else if (pause !== undefined && pause > seconds(store.rpo))
    findings.push(
      problem(
        `may lose ${formatDuration(pause)} between two backups, and its RPO is ${store.rpo}`,
        'Back up more often, archive continuously, or accept the larger RPO.',
      ),
    );
  if (seconds(policy.retention) < seconds(params.minRetention))
    findings.push(
      problem(
        `keeps backups for ${policy.retention}, less than ${params.minRetention}`,
        'Keep them longer than it takes to notice a slow corruption.',
        'medium',
      ),
    );
  if (!policy.encrypted)
    findings.push(problem('keeps its backups unencrypted', 'Encrypt them under a key that is not stored beside them.'));
  if (params.requireOffsite && policy.offsite === undefined)
    findings.push(problem('keeps no copy off site', 'Copy backups to another zone or region, and name it as offsite.'));
  if (policy.access === undefined || policy.access.length === 0)
    findings.push(
      problem('does not say who may read and delete its backups', 'Name the roles under access.', 'medium'),
    );
  if (means.length === 0 && store.managed === undefined)
    findings.push({
      ...nothingDoesIt(store.name),
      message: `store ${store.name} declares a backup${policy.by === undefined ? '' : ` by ${policy.by}`}, and nothing in the repository performs it`,
    });
  return findings;
}

/** What performs it must run, often enough, and do what the spec says. */
function meansFindings({ store, means }: Backup, params: Params): Finding[] {
  const declared = store.backup === undefined ? 0 : seconds(store.backup.retention);
  return means.flatMap((mean) => {
    const found = (message: string, remediation: string, origin = mean.origin): Finding => ({
      message: `${mean.name} ${message}`,
      severity: 'high',
      origin,
      remediation,
    });
    if (mean.suspended) return [found('is suspended, so nothing is backed up', 'Resume it.')];
    if (mean.broken !== undefined)
      return [found(`fails whenever it runs: ${mean.broken}`, 'Say in the cluster where its backups are kept.')];
    if (mean.leavesOut !== undefined)
      return [found(`leaves out ${mean.leavesOut}`, 'Let a schedule back that up as well.')];
    const findings: Finding[] = [];
    const pause = mean.schedule === undefined ? undefined : longestPause(mean.schedule.value);
    if (mean.misread !== undefined) {
      const { because, severity, remediation } = mean.misread;
      findings.push({ ...found(because, remediation, mean.schedule?.origin), severity });
    } else if (mean.schedule !== undefined && pause === undefined)
      findings.push(
        found(
          `has the schedule ${JSON.stringify(mean.schedule.value)}, which never runs`,
          'Write a cron expression that runs.',
          mean.schedule.origin,
        ),
      );
    const continuous = store.backup?.schedule === 'continuous';
    if (pause !== undefined && store.rpo !== undefined && !continuous && pause > seconds(store.rpo))
      findings.push(
        found(
          `runs every ${formatDuration(pause)}, and the RPO of store ${store.name} is ${store.rpo}`,
          'Run it more often, or archive continuously.',
          mean.schedule?.origin,
        ),
      );
    if (continuous && mean.pauses === true)
      findings.push(
        found(
          'archives nothing between its daily backups, and the spec says continuous',
          'Switch on recovery to a point in time, or declare the schedule that holds.',
          mean.schedule?.origin,
        ),
      );
    if (mean.retention?.value === 0)
      findings.push(
        found(
          'keeps no backups at all',
          mean.remedy ?? 'Set how long it keeps backups to the days that they must last.',
          mean.retention.origin,
        ),
      );
    else if (mean.retention !== undefined && mean.retention.value < seconds(params.minRetention))
      findings.push(
        found(
          `keeps backups for ${formatDuration(mean.retention.value)}, less than ${params.minRetention}`,
          mean.remedy ?? 'Keep them longer.',
          mean.retention.origin,
        ),
      );
    else if (mean.retention !== undefined && mean.retention.value < declared)
      findings.push(
        found(
          `keeps backups for ${formatDuration(mean.retention.value)}, and the spec says ${store.backup?.retention ?? ''}`,
          'Keep them as long as the spec says, or correct the spec.',
          mean.retention.origin,
        ),
      );
    if (mean.encrypted?.value === false)
      findings.push(
        found(
          'is not encrypted at rest, and neither are its snapshots',
          'Encrypt the store under a managed key.',
          mean.encrypted.origin,
        ),
      );
    return findings;
  });
}
