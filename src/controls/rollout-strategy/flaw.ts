import type { Patch } from '../../model/control.ts';
import { oncePer } from '../../model/once.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import { assessDisruption } from '../../proofs/disruption/index.ts';
import type { Rolled } from './input.ts';

export interface Params {
  readonly history: number;
  readonly deadlineSeconds: number;
  readonly surgeOnly: boolean;
}

/** Something wrong with a rollout, and the change that mends it where a machine can know it. */
export interface Flaw {
  readonly finding: Finding;
  readonly patches?: readonly Patch[];
}

/** A rollout asks no budget. */
export const assessRollout = oncePer((workload: Rolled['workload']) => assessDisruption({ workload, budgets: [] }));

/** What is asked for where a claim cannot be mounted by old and new pods at once. */
export const CLAIM_EACH = 'Keep the state in a store, or use a StatefulSet whose replicas have a claim each.';

/** A flaw of the workload, at its head unless it has a place of its own. */
export function flaw(
  { workload }: Rolled,
  severity: Severity,
  message: string,
  remediation: string,
  patches?: readonly Patch[],
  origin: Origin | undefined = workload.origin,
): Flaw {
  return {
    finding: { message, severity, remediation, ...(origin !== undefined && { origin }) },
    ...(patches !== undefined && patches.length > 0 && { patches }),
  };
}

/** A place in the workload; where nothing is written there, what is around it is shown. */
export function within({ workload }: Rolled, ...keys: readonly string[]): Origin | undefined {
  return workload.origin === undefined ? undefined : below(workload.origin, ...keys);
}
