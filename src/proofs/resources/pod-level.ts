import { effective } from './effective.ts';
import type { Amounts, WorkloadResources } from './types.ts';

/**
 * What the pod as a whole has for its containers: what it says (KEP-2837), and of requests what its limits make them where no container
 * asks (`SetDefaults_Pod`). Empty where the pod says nothing of its own.
 */
export function ofPod({ pod, containers, limitRange }: WorkloadResources, kind: 'requests' | 'limits'): Amounts {
  if (pod === undefined || kind === 'limits') return pod?.limits ?? {};
  const asked = new Set(containers.flatMap((one) => Object.keys(effective(one, limitRange).requests)));
  const derived = Object.entries(pod.limits).filter(([resource]) => !asked.has(resource));
  return { ...Object.fromEntries(derived), ...pod.requests };
}
