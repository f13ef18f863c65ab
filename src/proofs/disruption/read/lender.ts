/** What lends a Rollout the template of its pods: whether it keeps pods of its own, and who borrows from whom. */
import { cursor, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';

export interface Lender {
  /** `Deployment shop/api`. */
  readonly name: string;
  readonly object: KubeObject;
  /** The Rollout takes its pods away in the end (`scaleDown`). */
  readonly isEmptied: boolean;
}

/** What a workload takes the template of its pods from; undefined where that is its own. */
export function lenderOf(workload: Workload): Lender | undefined {
  const object = workload.lender;
  if (object === undefined) return undefined;
  const scaleDown = cursor(workload.object).get('spec', 'workloadRef', 'scaleDown').string() ?? '';
  return {
    name: `${object.kind} ${workload.namespace}/${object.name}`,
    object,
    isEmptied: /^(?:onsuccess|progressively)$/.test(scaleDown),
  };
}

/** The Rollouts that take the template of their pods from a workload. */
export function borrowersOf(view: PlatformView, lender: Workload): Workload[] {
  return view.workloads().filter((workload) => workload.lender === lender.object);
}
