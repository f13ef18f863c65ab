/** A row of a sizing table: which parts it is about, and how many of them the base load asks for. */
export interface SizingRow {
  readonly layer: string;
  /** Kinds of services or stores. */
  readonly kinds: readonly string[];
  readonly replicas: number;
  /** The number is for each zone. */
  readonly perZone: boolean;
  /** Whether the number grows with the load; what is scaled by larger machines does not. */
  readonly grows: boolean;
}

/**
 * Twice the base for each further step of load: "increase nodes 2x for each additional 1k RPS" doubles once for every step above
 * the first; `linear` adds the base once more for each.
 */
export function growthFactor(load: number, step: number, growth: 'doubling' | 'linear'): number {
  const steps = Math.max(1, Math.ceil(load / step));
  return growth === 'linear' ? steps : 2 ** (steps - 1);
}

/** Replicas that a row asks for under a load; `share`: an environment that carries less than the whole of it needs fewer of what grows. */
export function replicasAsked(
  { replicas, perZone, grows }: SizingRow,
  { zones, factor, share }: { zones: number; factor: number; share: number },
): number {
  return Math.ceil(replicas * (perZone ? zones : 1) * (grows ? factor * share : 1));
}
