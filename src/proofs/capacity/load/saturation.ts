import { count, show } from '../figure.ts';

/** Something that carries load: a service by its replicas, a store as a whole. */
export interface Part {
  /** `service/api`, `store/orders`. */
  readonly id: string;
  readonly unit: string;
  readonly perReplica?: number;
  readonly total?: number;
  /** Replicas at rest and at the most; absent for what is sized as a whole. */
  readonly replicas?: { readonly fewest: number; readonly most: number; readonly setBy: string };
  readonly current?: number;
  readonly peak: number;
}

/** How much a part carries, against what it has to carry. */
export interface Saturation {
  readonly part: Part;
  /** Load at which it saturates, all replicas running. */
  readonly at: number;
  /** `at` over the peak: 1.5 saturates at one and a half times the peak. Below 1 it saturates before. */
  readonly factor: number;
  /** `18 replicas (HorizontalPodAutoscaler …) x 120 requests/s = 2,160 requests/s`. */
  readonly arithmetic: string;
  /** Percent of what it carries that is not used now; absent where the load of now is not known. */
  readonly freeNow?: number;
  /** What is missing to carry twice the peak; undefined where nothing is. */
  readonly toDouble?: string;
}

/** What a part carries at its most, by the number of its replicas or as a whole. */
export function saturationOf(part: Part): Saturation {
  const { unit, perReplica, total, replicas, peak, current } = part;
  const most = replicas?.most ?? 1;
  const at = total ?? (perReplica ?? 0) * most;
  const arithmetic =
    total !== undefined
      ? `${show(total)} ${unit} in all`
      : `${count(most, 'replica')} (${replicas?.setBy ?? 'one'}) x ${show(perReplica ?? 0)} = ${show(at)} ${unit}`;
  const free = current === undefined || at === 0 ? undefined : Math.max(0, Math.round((1 - current / at) * 100));
  const double = missingFor(part, at, 2 * peak);
  return {
    part,
    at,
    factor: at / peak,
    arithmetic,
    ...(free !== undefined && { freeNow: free }),
    ...(double !== undefined && { toDouble: double }),
  };
}

/** What has to be added for a load: replicas, or strength of the whole. */
function missingFor({ id, unit, perReplica, replicas }: Part, at: number, load: number): string | undefined {
  if (at >= load) return undefined;
  if (perReplica === undefined) return `${id} to carry ${show(load)} ${unit} instead of ${show(at)}`;
  const needed = Math.ceil(load / perReplica);
  return `${id} +${needed - (replicas?.most ?? 0)} replicas (${needed} in all)`;
}

/** The part that gives way first when all load grows alike. */
export function firstToSaturate(all: readonly Saturation[]): Saturation | undefined {
  return [...all].sort((a, b) => a.factor - b.factor)[0];
}
