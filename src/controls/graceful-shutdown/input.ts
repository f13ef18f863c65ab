import { parseDuration } from '../../model/duration.ts';
import type { Query, Subject } from '../../model/control.ts';
import type { At } from '../../model/origin.ts';
import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import type { PlatformView, Service } from '../../model/platform.ts';
import { isLongRunning, servicesAndStores, workloadsOf } from '../../model/subjects.ts';
import { rolloutLoss, type DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { readDisruption } from '../../proofs/disruption/read/index.ts';
import type { DrainInput } from '../../proofs/drain/index.ts';
import { readDrain } from '../../proofs/drain/read/index.ts';
import { publicRoutes } from '../../proofs/edge/index.ts';
import { exposedServices } from '../../proofs/edge/exposure.ts';
import { patience, probesOf, type Probes } from '../../proofs/probes/index.ts';

/** How one workload comes and goes. */
export interface Shutdown {
  readonly drain: DrainInput;
  /** The time for open work is stated nowhere, and the param stands in. */
  readonly assumed: boolean;
  /** The container that answers has a readiness probe. */
  readonly ready: boolean;
  /** A rollout takes ready pods away before their successors are ready. */
  readonly loss?: { readonly replicas: number; readonly pods: number };
  readonly workload: DisruptedWorkload;
  /** Longest start-up that its probes allow, in seconds, against the progress deadline. */
  readonly start?: { readonly seconds: number; readonly deadline: At<number> };
}

/** Services that run for ever, less what runs a store. Without a spec, those that the outside reaches. */
export function drainingServices(view: PlatformView): Subject[] {
  const drains = ({ workloads, unknown }: Service): boolean =>
    unknown !== undefined || workloads.some((workload) => isLongRunning(workload) && workload.kind !== 'DaemonSet');
  const subjects = servicesAndStores(view).filter((subject) => {
    const service = subject.kind === 'service' ? view.service(subject.name) : undefined;
    return service !== undefined && drains(service);
  });
  if (!view.provisional) return subjects;
  const reached = new Set([
    ...publicRoutes(view).flatMap(({ backends }) => backends.flatMap(({ workloads }) => workloads)),
    ...exposedServices(view).flatMap(({ workloads }) => workloads),
  ]);
  return subjects.filter(({ name }) => view.service(name)?.workloads.some((one) => reached.has(workloadName(one))));
}

export function shutdowns(subject: Subject): Query<Shutdown[]> {
  return (view) =>
    workloadsOf(view, subject)
      .filter((workload) => isLongRunning(workload) && workload.kind !== 'DaemonSet')
      .map((workload) => shutdown(view, subject.name, workload));
}

function shutdown(view: PlatformView, service: string, workload: Workload): Shutdown {
  const spec = view.service(service)?.spec;
  const stated = spec?.drainWindow ?? spec?.limits?.requestTimeout;
  const from = spec?.drainWindow === undefined ? 'requestTimeout' : 'drainWindow';
  const window = { seconds: parseDuration(stated ?? '') ?? 0, from: stated === undefined ? 'open requests' : from };
  const drain = readDrain(view, workload, window);
  const { input } = readDisruption(view, workload);
  const loss = rolloutLoss(input.workload);
  const start = startUp(workload);
  return {
    drain,
    assumed: stated === undefined && drain.receives,
    ready: hasReadiness(workload, drain.container.name),
    workload: input.workload,
    ...(loss !== undefined && { loss }),
    ...(start !== undefined && { start }),
  };
}

function hasReadiness(workload: Workload, name: string): boolean {
  return containers(workload).some((one) => one.name === name && one.at.get('readinessProbe').exists);
}

/** What a startup probe allows, the readiness probe's first answer and `minReadySeconds`, for a Deployment or Rollout. */
function startUp(workload: Workload): Shutdown['start'] {
  if (workload.kind !== 'Deployment' && workload.kind !== 'Rollout') return undefined;
  const spec = cursor(workload.object).get('spec');
  const budgets = containers(workload)
    .filter(({ role }) => role === 'main')
    .map(({ at }) => startBudget(probesOf(at)));
  const deadline = spec.get('progressDeadlineSeconds');
  const seconds = Math.max(0, ...budgets) + (spec.get('minReadySeconds').integer() ?? 0);
  return { seconds, deadline: deadline.at(deadline.integer() ?? 600) };
}

function startBudget({ startupProbe, readinessProbe }: Probes): number {
  const start = startupProbe === undefined ? 0 : startupProbe.initialDelaySeconds + patience(startupProbe);
  const answer = readinessProbe === undefined ? 0 : readinessProbe.initialDelaySeconds + readinessProbe.periodSeconds;
  return start + answer;
}
