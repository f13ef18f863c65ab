import type { Query, Subject } from '../../model/control.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longRunningServices, workloadsOf } from '../../model/subjects.ts';
import type { DeliveryPlan } from '../../proofs/canary/index.ts';
import { isProgressive, readDelivery } from '../../proofs/canary/read/index.ts';

export interface Params {
  readonly steps: readonly number[];
  readonly quantile: number;
  readonly firstShare: number;
  readonly abortHanging: boolean;
  readonly prometheus: string;
  readonly errorQuery: string;
  readonly latencyQuery: string;
  readonly maxErrorRatio: number;
  readonly maxSeconds: number;
}

/** Software of others (kind system) and jobs are not released to users in steps. */
const OTHERS = ['system', 'job'];

/** Services of the spec that are released; without a spec, those that somebody already releases in steps. */
export function deliveredServices(view: PlatformView): Subject[] {
  return longRunningServices(view).filter(({ name }) => {
    const service = view.service(name);
    const workloads = service?.workloads.filter(isReleased) ?? [];
    if (view.provisional) return workloads.some((workload) => isProgressive(view, workload));
    const runs = workloads.length > 0 || service?.unknown !== undefined;
    return service?.declared === true && !OTHERS.includes(service.spec.kind ?? '') && runs;
  });
}

export function deliveries(subject: Subject): Query<DeliveryPlan[]> {
  return (view) =>
    releasedOf(view, subject)
      .filter((workload) => !view.provisional || isProgressive(view, workload))
      .map((workload) => readDelivery(view, workload));
}

function releasedOf(view: PlatformView, subject: Subject): Workload[] {
  return workloadsOf(view, subject).filter(isReleased);
}

function isReleased({ kind }: Workload): boolean {
  return kind === 'Deployment' || kind === 'Rollout';
}
