import { STAGES, type Stage } from '../model/control.ts';
import type { Decision, RequirementState } from '../model/report.ts';
import { isOpen } from './half-state.ts';

/** One thing to do, and everything it clears. */
export interface Action {
  readonly next: string;
  readonly owner: string;
  /** The first reason; `clears` tells how many others it answers. */
  readonly because: string;
  readonly controls: readonly string[];
  readonly subjects: readonly string[];
  readonly stage: Stage;
  readonly track?: string;
  readonly clears: number;
}

/** Actions that are due together. */
export interface ActionGroup {
  readonly stage: Stage;
  readonly track?: string;
  readonly actions: readonly Action[];
}

const NOBODY = 'nobody yet';

/** Blocks that clear by themselves when the requirements they follow from are met. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['track-not-done']);

/**
 * The shortest list of actions that leads to GO: one for each distinct thing to do, however many requirements wait for it.
 * What blocks the decision as a whole comes first, then stage by stage, within it the action that clears most.
 */
export function shortestWay(decision: Decision): Action[] {
  const whole = decision.blocks
    .filter(({ code }) => !CONSEQUENCES.has(code))
    .map(({ next, because, owner }) => step({ next, because, owner: owner ?? NOBODY, stage: 'day-0' }));
  const closed = decision.requirements.filter(({ state }) => !isOpen(state));
  const byStep = Map.groupBy(closed, ({ next, owner }) => `${owner ?? NOBODY} ${next}`);
  const steps = [...byStep.values()].map(together).sort(byDue);
  return [...whole, ...orphans(decision, steps), ...steps];
}

/** The same actions by stage and track. */
export function groupActions(actions: readonly Action[]): ActionGroup[] {
  const groups = Map.groupBy(actions, ({ stage, track }) => `${stage} ${track ?? ''}`);
  return [...groups.values()].flatMap((grouped) => {
    const [first] = grouped;
    if (first === undefined) return [];
    const { stage, track } = first;
    return [{ stage, ...(track === undefined ? {} : { track }), actions: grouped }];
  });
}

/** A track that must be done and whose controls are all open has nothing else that would name it. */
function orphans(decision: Decision, steps: readonly Action[]): Action[] {
  if (steps.length > 0) return [];
  return decision.blocks
    .filter(({ code }) => CONSEQUENCES.has(code))
    .map(({ next, because, owner }) => step({ next, because, owner: owner ?? NOBODY, stage: 'day-0' }));
}

function together(states: readonly RequirementState[]): Action {
  const [first] = states;
  if (first === undefined) throw new RangeError('no requirement to act on');
  const earliest = Math.min(...states.map(({ stage }) => STAGES.indexOf(stage)));
  return {
    next: first.next,
    owner: first.owner ?? NOBODY,
    because: first.because,
    controls: [...new Set(states.map(({ control }) => control))],
    subjects: [...new Set(states.map(({ subject }) => subject))],
    stage: STAGES[earliest] ?? first.stage,
    ...(first.track === undefined ? {} : { track: first.track }),
    clears: states.length,
  };
}

function step(parts: Pick<Action, 'next' | 'because' | 'owner' | 'stage'>): Action {
  return { ...parts, controls: [], subjects: [], clears: 1 };
}

function byDue(a: Action, b: Action): number {
  const due = STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage);
  const track = (a.track ?? '~').localeCompare(b.track ?? '~', 'en');
  return due || track || b.clears - a.clears || (a.next < b.next ? -1 : a.next > b.next ? 1 : 0);
}
