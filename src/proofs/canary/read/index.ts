import { cursor, workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { DeliveryPlan } from '../types.ts';
import { argoPlan } from './argo.ts';
import { flaggerCanary } from '../../disruption/read/index.ts';
import { flaggerPlan } from './flagger.ts';

/** How new versions of a workload come to its users: by an Argo Rollout, by Flagger, or all at once. */
export function readDelivery(view: PlatformView, workload: Workload): DeliveryPlan {
  const canary = flaggerCanary(view, workload);
  if (canary !== undefined) return flaggerPlan(view, workload, canary);
  if (workload.kind === 'Rollout') return argoPlan(view, workload);
  const history = cursor(workload.object).get('spec', 'revisionHistoryLimit');
  return {
    id: workloadName(workload),
    by: 'none',
    stages: [],
    replicas: 1,
    maxSurge: 0,
    routed: false,
    marks: [],
    history: history.at(history.integer() ?? 10),
    abortsHanging: false,
    missing: [],
    origin: workload.object.origin,
  };
}

/** Whether somebody delivers this workload in steps, whatever they are worth. */
export function isProgressive(view: PlatformView, workload: Workload): boolean {
  return workload.kind === 'Rollout' || flaggerCanary(view, workload) !== undefined;
}
