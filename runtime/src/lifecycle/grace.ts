/**
 * The arithmetic of leaving: Kubernetes starts the grace period before preStop runs, and kills when it is over
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow).
 */

/** All in milliseconds. */
export interface GraceTimes {
  readonly preStop?: number;
  readonly propagationDelay: number;
  readonly drainWindow: number;
  readonly hookWindow?: number;
  readonly gracePeriod: number;
}

export interface GraceAnswer {
  readonly holds: boolean;
  /** Milliseconds that leaving may take at most; the grace period has to be longer. */
  readonly needed: number;
  /** The sum with its parts, and what to do where it does not hold. */
  readonly message: string;
}

export function checkGrace(times: GraceTimes): GraceAnswer {
  const { preStop = 0, propagationDelay, drainWindow, hookWindow = 0, gracePeriod } = times;
  const needed = preStop + propagationDelay + drainWindow + hookWindow;
  const holds = needed < gracePeriod;
  const sum = `preStop ${seconds(preStop)} + propagation delay ${seconds(propagationDelay)} + drain window ${seconds(drainWindow)} + hooks ${seconds(hookWindow)} = ${seconds(needed)}`;
  const message = holds
    ? `${sum} fits into the grace period of ${seconds(gracePeriod)}`
    : `${sum}, but the grace period is ${seconds(gracePeriod)}: the process is killed before it is done. Set terminationGracePeriodSeconds to ${Math.floor(needed / 1_000) + 1} or more, or shorten the drain window`;
  return { holds, needed, message };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`;
}
