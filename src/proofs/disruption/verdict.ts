import type { Origin } from '../../model/origin.ts';
import type { NonEmpty, Step, Witness } from '../../model/result.ts';

/** Why something cannot work, for callers that weigh reasons differently. */
export type Obstacle =
  /** The API server refuses the object. */
  | 'rejected'
  /** The budget's arithmetic leaves nothing to evict. */
  | 'budget-spent'
  /** The budget cannot be computed, or states nothing, so it allows nothing. */
  | 'budget-blind'
  | 'several-budgets'
  | 'bare-pod'
  | 'unready-pod'
  | 'no-room'
  | 'paused'
  | 'on-delete'
  | 'partition'
  | 'no-rollout'
  | 'below-quorum'
  /** Nothing keeps the pods in different zones, or on different nodes. */
  | 'unspread'
  /** Connections are refused, or open work is cut. */
  | 'cut';

/** Yes with its witness and what it rests on; no with a minimal counter-example; unknown with what is missing; moot when the question does not arise. */
export type Verdict =
  | { readonly answer: 'yes'; readonly witness: Witness; readonly assumes: readonly string[] }
  | {
      readonly answer: 'no';
      readonly obstacle: Obstacle;
      readonly because: string;
      readonly steps: NonEmpty<Step>;
      readonly origin?: Origin;
    }
  | { readonly answer: 'unknown'; readonly because: string }
  | { readonly answer: 'moot'; readonly because: string };

/** Fewest pods that are ready at the same time. `exact`: some execution reaches it; else it is only a lower bound. */
export interface FewestReady {
  readonly atLeast: number;
  readonly exact: boolean;
  /** Why it is no more than a bound. */
  readonly because?: string;
}

export function yes(summary: string, facts: Witness['facts'], assumes: readonly string[] = []): Verdict {
  return { answer: 'yes', witness: { summary, facts }, assumes };
}

export function no(obstacle: Obstacle, because: string, steps: NonEmpty<Step>, origin?: Origin): Verdict {
  return { answer: 'no', obstacle, because, steps, ...(origin !== undefined && { origin }) };
}

export function unknown(because: string): Verdict {
  return { answer: 'unknown', because };
}

export function moot(because: string): Verdict {
  return { answer: 'moot', because };
}

export function exactly(ready: number): FewestReady {
  return { atLeast: Math.max(0, ready), exact: true };
}

export function noLessThan(ready: number, because: string): FewestReady {
  const atLeast = Math.max(0, ready);
  return { atLeast, exact: false, because };
}

/** `1 pod`, `3 pods`. */
export function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
