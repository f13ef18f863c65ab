import type { Query, Subject } from '../../model/control.ts';
import { environmentOf, type EnvironmentVariable } from '../../model/env.ts';
import { workloadName } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView, Service } from '../../model/platform.ts';
import { isLongRunning, runsForEver, workloadsOf } from '../../model/subjects.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { alertRules } from '../../proofs/alerting/rules.ts';
import { documentsIn, type NamedDocument } from '../../proofs/documents/index.ts';

/** Names under which programs are told; those of others are declared by setting these as well. */
export const STALENESS = ['ADMIN_DENYLIST_MAX_STALENESS', 'DENYLIST_MAX_STALENESS'] as const;
export const FAIL_MODE = ['ADMIN_DENYLIST_FAIL_MODE', 'DENYLIST_FAIL_MODE', 'DENYLIST_WHEN_STALE'] as const;

export type Setting = EnvironmentVariable & { readonly workload: string };

export interface Revocation {
  /** What runs it; each must be told. */
  readonly workloads: readonly string[];
  readonly staleness: readonly Setting[];
  readonly failMode: readonly Setting[];
  /** Containers that take in a whole Secret, in which the variables may be. */
  readonly opaque: readonly Setting[];
  readonly adminRoutes: readonly string[];
  readonly alerts: readonly { readonly name: string; readonly expr: string; readonly origin: Origin }[];
  readonly runbooks: readonly { readonly for: string; readonly documents: readonly NamedDocument[] }[];
  readonly provisional: boolean;
}

const ADMIN_PATH = /(?:^|[/.])admin(?:[/.*]|$)/i;

/** Services with an admin route or host, and those that run for ever and are told of the deny-list, or of which nobody can tell. */
export function adminServices(view: PlatformView): Subject[] {
  const isTold = ({ unknown, workloads }: Service): boolean =>
    unknown !== undefined ||
    workloads.some((workload) =>
      environmentOf(view, workload).some(({ name }) => isOne(name, [...STALENESS, ...FAIL_MODE])),
    );
  return view
    .services()
    .filter((service) => adminRoutesOf(service.spec).length > 0 || (runsForEver(service) && isTold(service)))
    .map(({ name }) => ({ kind: 'service', name }));
}

export function revocation(subject: Subject): Query<Revocation> {
  return (view) => {
    const workloads = workloadsOf(view, subject).filter(isLongRunning);
    const settings = workloads.flatMap((workload) =>
      environmentOf(view, workload).map((setting) => ({ ...setting, workload: workloadName(workload) })),
    );
    const service = view.service(subject.name);
    return {
      workloads: workloads.map(workloadName),
      staleness: settings.filter(({ name }) => isOne(name, STALENESS)),
      failMode: settings.filter(({ name }) => isOne(name, FAIL_MODE)),
      opaque: settings.filter(({ name }) => name === '*'),
      adminRoutes: service === undefined ? [] : adminRoutesOf(service.spec),
      alerts: [
        ...alertRules(view),
        ...grafanaAlerts(view).map(({ name, words, origin }) => ({ name, expr: words, origin })),
      ]
        .filter(({ expr }) => /denylist|deny_list|revocation/.test(expr))
        .map(({ name, expr, origin }) => ({ name, expr, origin })),
      runbooks: view.spec.runbooks
        .filter((runbook) => /revo/i.test(runbook.for))
        .map((runbook) => ({ for: runbook.for, documents: documentsIn(view, runbook.path) })),
      provisional: view.provisional,
    };
  };
}

function adminRoutesOf(spec: {
  readonly routes?: readonly { readonly path: string; readonly host?: string | undefined }[] | undefined;
}): string[] {
  return (spec.routes ?? [])
    .filter(({ path, host }) => ADMIN_PATH.test(path) || /^admin[.-]/i.test(host ?? ''))
    .map(({ path, host }) => `${host ?? ''}${path}`);
}

function isOne(name: string, names: readonly string[]): boolean {
  return names.includes(name);
}
