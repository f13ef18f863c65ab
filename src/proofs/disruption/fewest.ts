import type { NonEmpty, Step } from '../../model/result.ts';
import { leftByEvictions, type Situation } from './situation.ts';
import { exactly, no, noLessThan, unknown, yes, type FewestReady, type Verdict } from './verdict.ts';

/** Fewest ready pods in each scenario. */
export interface FewestByScenario {
  readonly steady: FewestReady;
  /** Any number of nodes drained, in any order, wherever the pods stand. */
  readonly drain: FewestReady;
  readonly rollout: FewestReady;
  /** Nodes drained during a rollout. */
  readonly together: FewestReady;
  /** One node lost without warning; no budget is asked. */
  readonly nodeLoss: FewestReady;
}

export type Scenario = keyof FewestByScenario;

/** Fewest ready while nodes are drained and nothing is rolled out. */
export function fewestInDrain(situation: Situation): FewestReady {
  return exactly(situation.range.min === 0 ? 0 : leftByEvictions(situation));
}

/** Fewest ready after the loss of one node: how many pods it holds is known only where their spread is. */
export function fewestAfterNodeLoss({ range, replicas, podsPerNode }: Situation): FewestReady {
  if (range.min === 0) return exactly(0);
  if (podsPerNode !== undefined) return exactly(replicas - podsPerNode);
  if (replicas === 1) return exactly(0);
  return noLessThan(0, 'it is not known how many of the pods share a node');
}

const EVENTS: Readonly<Record<Scenario, string>> = {
  steady: 'nothing happens',
  drain: 'nodes are drained',
  rollout: 'a new version is rolled out',
  together: 'nodes are drained during a rollout',
  nodeLoss: 'a node is lost',
};

/** Whether a scenario keeps at least the quorum of a workload ready. */
export function quorumVerdict(scenario: Scenario, all: FewestByScenario, quorum: number, id: string): Verdict {
  const event = EVENTS[scenario];
  const { atLeast, exact, because } = all[scenario];
  if (atLeast >= quorum)
    return yes(`when ${event}, at least ${atLeast} of ${id} stay ready, ${quorum} needed`, {
      fewestReady: atLeast,
      quorum,
    });
  if (!exact) return unknown(`when ${event}, ${id} may fall below ${quorum} ready: ${because ?? 'not known'}`);
  const start: Step = { action: 'every pod is ready', state: `${all.steady.atLeast} ready` };
  const end: Step = { action: event, state: `${atLeast} ready, quorum ${quorum}` };
  const steps: NonEmpty<Step> = scenario === 'steady' ? [end] : [start, end];
  return no('below-quorum', `when ${event}, ${id} may be down to ${atLeast} ready, quorum ${quorum}`, steps);
}
