import type { Origin } from './origin.ts';

/** What a check, a drill or an accept concludes. Only `pass` satisfies; unknown never passes. */
export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'error';

/** `critical`: breaks at launch, proven. `high`: breaks under an ordinary event. `medium`, `low`: weakens. */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

export type NonEmpty<T> = readonly [T, ...T[]];

/** What a pass looked at and the numbers it found, so that "found nothing" and "saw nothing" differ. */
export interface Witness {
  /** One sentence: "3 replicas, budget allows 1 eviction at a time, drain of one node ends with 2 ready". */
  readonly summary: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** One step of a counter-example: what happens, and the state after it. */
export interface Step {
  readonly action: string;
  readonly state: string;
}

export interface Finding {
  /** What is wrong, with the numbers; no advice in it. */
  readonly message: string;
  readonly severity: Severity;
  readonly origin?: Origin;
  readonly counterExample?: readonly Step[];
  /** What to do, ending in a full stop. */
  readonly remediation: string;
  /**
   * True when the finding rests on something that was looked for and not found (no budget, no policy). It cannot stand
   * where a part of the input could not be read: the engine then reports `inconclusive`.
   */
  readonly fromAbsence?: boolean;
}

export type Result =
  | { readonly outcome: 'pass'; readonly witness: Witness }
  | { readonly outcome: 'fail'; readonly findings: NonEmpty<Finding> }
  | {
      readonly outcome: 'inconclusive';
      readonly because: string;
      readonly origin?: Origin;
      /** Set by the engine: nothing but what could not be read keeps it from being told. */
      readonly unread?: true;
    }
  | { readonly outcome: 'error'; readonly cause: unknown };

export function pass(summary: string, facts: Witness['facts'] = {}): Result {
  return { outcome: 'pass', witness: { summary, facts } };
}

export function fail(first: Finding, ...rest: Finding[]): Result {
  return { outcome: 'fail', findings: [first, ...rest] };
}

export function inconclusive(because: string, origin?: Origin): Result {
  return origin === undefined ? { outcome: 'inconclusive', because } : { outcome: 'inconclusive', because, origin };
}

/** Fails with the findings if there are any; otherwise passes with the witness. */
export function failOr(findings: readonly Finding[], summary: string, facts: Witness['facts'] = {}): Result {
  const [first, ...rest] = findings;
  return first === undefined ? pass(summary, facts) : fail(first, ...rest);
}
