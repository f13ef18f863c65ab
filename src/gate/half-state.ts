import type { Half } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import type { RequirementStatus } from '../model/report.ts';

/** What one half of a control says of a subject. */
export interface HalfState {
  readonly half: Half;
  readonly state: RequirementStatus;
  readonly because: string;
  /** Empty when nothing is to be done. */
  readonly next: string;
  readonly evidence: readonly Digest[];
  /** Milliseconds: when the evidence that carries it gets too old. */
  readonly expires?: number;
}

const WEIGHT: Readonly<Record<RequirementStatus, number>> = {
  satisfied: 0,
  excluded: 0,
  waived: 0,
  missing: 1,
  inconclusive: 2,
  stale: 3,
  drifted: 4,
  weakened: 5,
  failed: 6,
  error: 7,
};

/** The half that decides: the worst one, the first of equals. */
export function worst(states: readonly HalfState[]): HalfState | undefined {
  return states.reduce<HalfState | undefined>(
    (found, state) => (found === undefined || WEIGHT[state.state] > WEIGHT[found.state] ? state : found),
    undefined,
  );
}

/** Whether a requirement in this state lets the gate open. */
export function isOpen(state: RequirementStatus): boolean {
  return WEIGHT[state] === 0;
}

/** Days and hours in words, for ages. */
export function ageInWords(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  if (hours < 48) return `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
