/** Pods that an operator makes and drains alike, and the budget that it puts over them. */
import type { Cursor } from '../../../../model/cursor.ts';
import type { KubeObject } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Budget } from '../../types.ts';
import { present } from '../present.ts';

/** Pods that are drained alike. */
export interface Group {
  /** Which pods of the object, where it makes several groups. */
  readonly part?: string;
  readonly replicas: { readonly count: number; readonly setBy: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  /** Fewest of them with which the store goes on, where they vote. */
  readonly quorum?: number;
  /** Why it cannot be told whether a pod may go. */
  readonly unclear?: string;
  /** What decides whether a pod may go. */
  readonly at?: Origin;
}

/** Why it cannot be told how many pods an object has, or which budget is over them. */
export interface Untold {
  readonly because: string;
  readonly at: Origin;
}

/** Reads an object of an operator into the groups of pods that it makes of it. */
export type Reader = (object: KubeObject, spec: Cursor, view: PlatformView) => Group[] | Untold;

/** A budget whose bounds the object states. */
export function boundsOf(at: Cursor, operator: string): Budget {
  return madeBy(operator, {
    minAvailable: at.get('minAvailable').integerOrString(),
    maxUnavailable: at.get('maxUnavailable').integerOrString(),
    unhealthyPodEvictionPolicy: at.get('unhealthyPodEvictionPolicy').string(),
    remedy: 'Set maxUnavailable: 1 in it.',
  });
}

/** A budget that the operator makes by itself. */
export function madeBy(operator: string, bound: { [K in keyof Omit<Budget, 'id'>]?: Budget[K] | undefined }): Budget {
  return present<Budget>({ ...bound, id: `the PodDisruptionBudget that ${operator} makes` } as Budget);
}

export function countAt(at: Cursor, unset: number, setBy: string): Group['replicas'] {
  const count = at.integer();
  return count === undefined ? { count: unset, setBy: `the default of ${unset}` } : { count, setBy };
}

export function placeOf(at: Cursor): { at?: Origin } {
  return at.exists ? { at: at.origin } : {};
}
