/** What the WAF is held to at a paranoia level: which classes of attacks, and how much of them. */
import type { Params } from './check.ts';
import { claimedAt, type Level } from './corpus/claims.ts';

export interface Held {
  /** Those that the rule set claims at that level, and those that the platform asks for besides. */
  readonly classes: readonly string[];
  /** Smallest share of their attacks, 0 to 1. */
  readonly share: number;
}

export function held(params: Params, level: Level): Held {
  return {
    classes: [...new Set([...claimedAt(level), ...params.alsoDetect])],
    share: leastDetection(params, level),
  };
}

export function leastDetection({ minDetection }: Params, level: Level): number {
  return minDetection[`level${level}`];
}
