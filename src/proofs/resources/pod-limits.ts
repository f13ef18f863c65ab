import { formatQuantity, parseQuantity } from '../../model/quantity.ts';
import { effective, outside } from './effective.ts';
import { podAmount } from './pod-amount.ts';
import type { Amounts, WorkloadResources } from './types.ts';

/**
 * Why a LimitRange refuses the pods of a workload as a whole; `undefined` where it takes them. A resource counts where any container
 * has it (`PodRequests` and `PodLimits` of plugin/pkg/admission/limitranger).
 */
export function podRefusal(workload: WorkloadResources): string | undefined {
  const items = workload.limitRange.filter(({ type }) => type === 'Pod');
  if (items.length === 0) return undefined;
  const filled = { requests: ofAll(workload, 'requests'), limits: ofAll(workload, 'limits') };
  return items.flatMap((item) => outside(filled, item) ?? [])[0];
}

function ofAll(workload: WorkloadResources, kind: 'requests' | 'limits'): Amounts {
  const own = workload.containers.flatMap((one) => Object.keys(effective(one, workload.limitRange)[kind]));
  const names = new Set([...own, ...Object.keys(workload.pod?.[kind] ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, written(podAmount(workload, `${kind}.${name}`), name)]));
}

/** As people write it where that loses nothing. */
function written(amount: bigint, resource: string): string {
  const readable = formatQuantity(amount, resource);
  return parseQuantity(readable) === amount ? readable : `${amount}n`;
}
