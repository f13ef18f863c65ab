/** Which part of the pods, or of the traffic, a step of a canary really is. */

/** Pods of the new and the old version. */
export interface Share {
  readonly canary: number;
  readonly stable: number;
}

/**
 * `approximateWeightedCanaryStableReplicaCounts` of argo-rollouts utils/replicaset/canary.go, without traffic routing: of
 * the whole numbers of pods, out of all replicas or (where it may surge) one more, those closest to the weight; never none
 * of either version between 1 and 99 where there are two pods to divide.
 */
export function podsAtWeight(replicas: number, weight: number, maxSurge: number): Share {
  if (replicas === 0) return { canary: 0, stable: 0 };
  const up = Math.ceil((replicas * weight) / 100);
  const down = Math.floor((replicas * weight) / 100);
  const noneAllowed = weight === 0 || weight === 100 || (replicas === 1 && maxSurge === 0);
  const options: { readonly canary: number; readonly total: number }[] = [];
  if (up < replicas || noneAllowed) options.push({ canary: up, total: replicas });
  if (!tied(replicas, weight) && (down !== 0 || noneAllowed)) options.push({ canary: down, total: replicas });
  if (maxSurge > 0) {
    options.push({ canary: up, total: replicas + 1 });
    if (!tied(replicas + 1, weight) && (down !== 0 || noneAllowed)) options.push({ canary: down, total: replicas + 1 });
  }
  const off = ({ canary, total }: { canary: number; total: number }): number =>
    Math.abs((canary * 100) / total - weight);
  const [first, ...rest] = options;
  if (first === undefined) return { canary: 0, stable: replicas };
  const best = rest.reduce((before, option) => (off(option) < off(before) ? option : before), first);
  return { canary: best.canary, stable: best.total - best.canary };
}

function tied(replicas: number, weight: number): boolean {
  return ((replicas * weight) / 100) % 1 === 0.5;
}

/** `1 of 4 pods, 25 %`. */
export function shareText({ canary, stable }: Share): string {
  return `${canary} of ${canary + stable} pods, ${Math.round(percentOf({ canary, stable }))} %`;
}

export function percentOf({ canary, stable }: Share): number {
  return canary + stable === 0 ? 0 : (canary * 100) / (canary + stable);
}
