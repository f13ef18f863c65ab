import { parseQuantity } from '../../model/quantity.ts';
import { amount, effective } from './effective.ts';
import { ofPod } from './pod-level.ts';
import type { WorkloadResources } from './types.ts';

/** Both ways in which a quota counts pods. */
export function isPods(resource: string): boolean {
  return resource === 'pods' || resource === 'count/pods';
}

/**
 * What one pod counts for, as the scheduler and the quota add it up (`resourcehelper.PodRequests`): the regular containers
 * and native sidecars together, or an init container with the sidecars before it, whichever is more; or what the pod says as a whole.
 */
export function podAmount(workload: WorkloadResources, resource: string): bigint {
  if (isPods(resource)) return parseQuantity('1') ?? 0n;
  const dot = resource.indexOf('.');
  const kind = resource.slice(0, dot) === 'limits' ? 'limits' : 'requests';
  const name = resource.slice(dot + 1);
  const whole = ofPod(workload, kind);
  if (whole[name] !== undefined) return amount(whole, name);
  let running = 0n;
  let peak = 0n;
  const ordered = [...workload.containers].sort((a, b) => Number(a.role === 'main') - Number(b.role === 'main'));
  for (const container of ordered) {
    const own = amount(effective(container, workload.limitRange)[kind], name);
    if (container.role !== 'init') running += own;
    const now = container.role === 'init' ? running + own : running;
    if (now > peak) peak = now;
  }
  return peak;
}
