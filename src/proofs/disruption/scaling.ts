import type { DisruptedWorkload, IntOrPercent } from './types.ts';

const PERCENT = /^(\d+)%$/;
const INT32_MAX = 2_147_483_647;

/** The number of a percentage such as `25%`; `undefined` for anything else. */
export function percentOf(value: IntOrPercent): number | undefined {
  if (typeof value === 'number') return undefined;
  const digits = PERCENT.exec(value)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A count out of `total`, as apimachinery `intstr.GetScaledValueFromIntOrPercent` does: a number stands for itself, a
 * percentage is rounded as told. The value must have passed {@link intOrPercentError}.
 */
export function scaled(value: IntOrPercent, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const share = ((percentOf(value) ?? 0) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** What the API server would say against the value (`ValidatePositiveIntOrPercent`); `undefined` when it takes it. */
export function intOrPercentError(value: IntOrPercent): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value > INT32_MAX) return `${value} is not a 32-bit whole number`;
    return value < 0 ? `${value} is negative` : undefined;
  }
  const percent = percentOf(value);
  if (percent === undefined) return `${JSON.stringify(value)} is neither a whole number nor a percentage such as 25%`;
  return percent > INT32_MAX ? `${value} is out of range` : undefined;
}

/** The numbers of replicas a workload can settle at. `max` absent: not bounded by what is known. */
export interface ReplicaRange {
  readonly min: number;
  readonly max?: number;
  /** In words: `spec.replicas`, `the default of 1`, `HorizontalPodAutoscaler shop/api`. */
  readonly setBy: string;
}

/**
 * The range an autoscaler or the manifest allows; `undefined` where nothing in the manifests decides it (a DaemonSet runs
 * on as many nodes as match). An HPA leaves a workload that stands at 0 replicas alone
 * (`HorizontalController.reconcileAutoscaler`); a ScaledObject does not.
 */
export function replicaRange(workload: DisruptedWorkload): ReplicaRange | undefined {
  if (workload.kind === 'DaemonSet') return undefined;
  if (workload.kind === 'Pod') return { min: 1, max: 1, setBy: 'a single pod' };
  const { autoscaler, replicas, setBy = 'spec.replicas' } = workload;
  if (autoscaler === undefined) {
    const count = replicas ?? 1;
    return { min: count, max: count, setBy: replicas === undefined ? 'the default of 1' : setBy };
  }
  if (autoscaler.kind === 'HorizontalPodAutoscaler' && replicas === 0 && autoscaler.min !== 0) {
    return { min: 0, max: 0, setBy: `spec.replicas of 0, which switches ${autoscaler.id} off` };
  }
  const min = autoscaler.min ?? (autoscaler.kind === 'ScaledObject' ? 0 : 1);
  const max = autoscaler.max ?? (autoscaler.kind === 'ScaledObject' ? 100 : undefined);
  return { min, ...(max !== undefined && { max }), setBy: autoscaler.id };
}
