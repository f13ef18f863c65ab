import type { Subject } from '../../model/control.ts';
import { parseDuration } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDocuments } from '../../proofs/documents/index.ts';
import { FAIL_MODE, STALENESS, type Revocation, type Setting } from './query.ts';

export interface Params {
  readonly maxStaleness: string;
  readonly tokenLifetime: string;
  readonly closed: readonly string[];
  readonly staleMetric: string;
  readonly runbook: string;
  readonly minWords: number;
}

export function check({ name }: Subject, input: Revocation, params: Params): Result {
  if (input.workloads.length === 0) return inconclusive('the service has no workload to look at');
  const findings = [
    ...input.workloads.flatMap((workload) => [
      ...judgeStaleness(workload, input, params),
      ...judgeFailMode(workload, input, params),
    ]),
    ...judgeAlert(input, params),
  ];
  const runbook = judgeRunbook(input, params);
  const unknown = [...input.staleness, ...input.failMode].find((setting) => valueOf(setting) === undefined);
  const all = [...findings, ...runbook.findings];
  if (all.length === 0 && unknown !== undefined)
    return inconclusive(
      `${unknown.name} of ${unknown.workload} comes from a place that is not in the repository`,
      unknown.origin,
    );
  const hidden = input.workloads.find((workload) => untold(workload, input) && hiddenIn(workload, input));
  if (all.length === 0 && hidden !== undefined)
    return inconclusive(
      `${hidden} takes in a whole Secret; whether it sets ${STALENESS[0]} and ${FAIL_MODE[0]} cannot be told`,
    );
  if (all.length === 0 && runbook.open[0] !== undefined) return inconclusive(runbook.open[0]);
  const bounds = [...new Set(input.staleness.flatMap((setting) => valueOf(setting) ?? []))].join(', ');
  return failOr(
    all,
    `${name} refuses admin requests once its deny-list is older than ${bounds}; ${alertsOn(input, params).join(', ')} tells of it, and the runbook for ${params.runbook} is there`,
    { workloads: input.workloads.length, adminRoutes: input.adminRoutes.length },
  );
}

function judgeStaleness(workload: string, input: Revocation, params: Params): Finding[] {
  const own = input.staleness.filter((setting) => setting.workload === workload);
  if (own.length === 0)
    return unset(
      workload,
      STALENESS[0],
      input,
      `Set ${STALENESS[0]} to ${params.maxStaleness} or less, and check the deny-list on every admin route.`,
    );
  return own.flatMap((setting) => {
    const value = valueOf(setting);
    if (value === undefined) return [];
    const seconds = parseDuration(value);
    const bound = secondsOf(params.maxStaleness);
    const lifetime = secondsOf(params.tokenLifetime);
    if (seconds === undefined || seconds <= 0)
      return [
        found(
          setting,
          `is ${JSON.stringify(value)}, which is no time that a list may be old`,
          'Write a duration such as 10s.',
        ),
      ];
    if (seconds >= lifetime)
      return [
        found(
          setting,
          `is ${value}: tokens live ${params.tokenLifetime}, so the list shortens nothing`,
          `Set it to ${params.maxStaleness} or less.`,
        ),
      ];
    if (seconds > bound)
      return [
        found(
          setting,
          `is ${value}, longer than the ${params.maxStaleness} within which a revocation must hold`,
          `Set it to ${params.maxStaleness} or less.`,
        ),
      ];
    return [];
  });
}

function judgeFailMode(workload: string, input: Revocation, { closed }: Params): Finding[] {
  const own = input.failMode.filter((setting) => setting.workload === workload);
  const wanted = closed.join(' or ');
  if (own.length === 0) return unset(workload, FAIL_MODE[0], input, `Set ${FAIL_MODE[0]} to ${wanted}.`);
  return own.flatMap((setting) => {
    const value = valueOf(setting);
    if (value === undefined || closed.includes(value.trim().toLowerCase())) return [];
    return [
      found(
        setting,
        `is ${JSON.stringify(value)}: while the deny-list cannot be read, a revoked admin token is let in`,
        `Set it to ${wanted}: who takes the list away must not gain by it.`,
      ),
    ];
  });
}

function unset(workload: string, variable: string, input: Revocation, remediation: string): Finding[] {
  if (hiddenIn(workload, input)) return [];
  const message = `${workload} serves admin requests and does not set ${variable}`;
  return [{ message, severity: 'critical', fromAbsence: true, remediation }];
}

/** Where a whole Secret is taken in, its keys are not known: then nothing is surely unset. */
function hiddenIn(workload: string, { opaque }: Revocation): boolean {
  return opaque.some((setting) => setting.workload === workload);
}

function untold(workload: string, { staleness, failMode }: Revocation): boolean {
  return [staleness, failMode].some((settings) => settings.every((setting) => setting.workload !== workload));
}

function alertsOn({ alerts }: Revocation, { staleMetric }: Params): string[] {
  const metric = new RegExp(`\\b${escaped(staleMetric)}\\b`);
  return alerts.filter(({ expr }) => metric.test(expr)).map(({ name }) => name);
}

function judgeAlert(input: Revocation, params: Params): Finding[] {
  const { staleMetric } = params;
  if (alertsOn(input, params).length > 0) return [];
  return [
    {
      message: `no alert reads ${staleMetric}: admin requests would be refused, and nobody told why`,
      severity: 'high',
      fromAbsence: true,
      remediation: `Alert on max(time() - ${staleMetric}) beyond the bound.`,
    },
  ];
}

function judgeRunbook(
  { runbooks, provisional }: Revocation,
  params: Params,
): { findings: readonly Finding[]; open: readonly string[] } {
  const runbook = runbooks.find((one) => one.for === params.runbook);
  if (runbook === undefined && provisional)
    return { findings: [], open: ['without a spec nobody says where the runbook is'] };
  if (runbook === undefined || runbook.documents.length === 0) {
    const message = `there is no runbook for ${params.runbook}: at the moment it is needed nobody looks for the command`;
    const remediation = `Write one, with the commands, and list it under runbooks with "for: ${params.runbook}".`;
    return { findings: [{ message, severity: 'high', fromAbsence: true, remediation }], open: [] };
  }
  return judgeDocuments(runbook.documents, {
    what: `the runbook for ${params.runbook}`,
    minWords: params.minWords,
    trustedHosts: [],
  });
}

/** Undefined where it stands in a Secret, in a ConfigMap that is not here, or in a field of the pod. */
function valueOf({ source }: Setting): string | undefined {
  return source.from === 'literal' || source.from === 'configMap' ? source.value : undefined;
}

function found(setting: Setting, message: string, remediation: string): Finding {
  const where = `${setting.name} in container ${setting.container} of ${setting.workload}`;
  return { message: `${where} ${message}`, severity: 'critical', origin: setting.origin, remediation };
}

function secondsOf(duration: string): number {
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new RangeError(`${duration} is no duration`);
  return seconds;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
