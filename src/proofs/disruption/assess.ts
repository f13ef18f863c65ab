import { quorums, type DisruptionAnswer } from './answer.ts';
import { assessDaemonSet } from './daemonset.ts';
import { drainVerdict, unreadyVerdict } from './drain.ts';
import { fewestAfterNodeLoss, fewestInDrain, type FewestByScenario } from './fewest.ts';
import { fewestInRollout, rolloutVerdict } from './rollout.ts';
import { allowedNow, situationOf, type Situation } from './situation.ts';
import { worstOfSizes } from './sizes.ts';
import { stalledVerdict } from './stalled.ts';
import { fewestTogether, togetherVerdict } from './together.ts';
import type { DisruptionInput } from './types.ts';
import { exactly, no, unknown } from './verdict.ts';
import { autoscalerRejection, budgetRejection, workloadRejection, type Rejection } from './validity.ts';

/**
 * Decides from the manifests, exactly as Kubernetes' own controllers would, whether nodes can be drained, rollouts
 * finish and enough pods stay ready. Pure. Answers are for every number of replicas that autoscaling permits; the worst,
 * mostly the fewest, is what witnesses and counter-examples show.
 */
export function assessDisruption(input: DisruptionInput): DisruptionAnswer {
  const rejected = rejections(input);
  if (rejected.length > 0) return refused(input, rejected);
  if (input.workload.kind === 'DaemonSet') return assessDaemonSet(input.workload, input.quorum ?? 1);
  const situation = situationOf(input);
  if (situation === undefined) return refused(input, []);
  return assess(situation, input.quorum ?? 1);
}

function assess(situation: Situation, quorum: number): DisruptionAnswer {
  const { workload, range, replicas, guard } = situation;
  const fewestReady: FewestByScenario = {
    steady: exactly(range.min),
    drain: fewestInDrain(situation),
    rollout: fewestInRollout(situation),
    together: fewestTogether(situation),
    nodeLoss: fewestAfterNodeLoss(situation),
  };
  return {
    rejected: [],
    replicas: range,
    ...(guard.kind !== 'none' && { disruptionsAllowed: allowedNow(situation, replicas) }),
    drain: drainVerdict(situation),
    rollout: rolloutVerdict(situation),
    together: togetherVerdict(situation),
    stalled: worstOfSizes(situation, stalledVerdict),
    unready: worstOfSizes(situation, unreadyVerdict),
    fewestReady,
    quorum: quorums(fewestReady, quorum, workload.id),
  };
}

function rejections({ workload, budgets }: DisruptionInput): Rejection[] {
  return [workloadRejection(workload), autoscalerRejection(workload), ...budgets.map(budgetRejection)].filter(
    (found) => found !== undefined,
  );
}

/** A refused workload never runs; a refused budget leaves the cluster with an older one or none. Neither can be judged. */
function refused({ workload, quorum = 1 }: DisruptionInput, rejected: readonly Rejection[]): DisruptionAnswer {
  const [first] = rejected;
  const because =
    first === undefined
      ? `nothing decides how many pods ${workload.id} has`
      : `the API server refuses ${first.id}: ${first.because}`;
  const open = unknown(because);
  const fewest = { atLeast: 0, exact: false, because };
  const rollout =
    first?.id === workload.id
      ? no(
          'rejected',
          because,
          [{ action: 'the manifest is applied', state: `refused: ${first.because}` }],
          first.origin,
        )
      : open;
  const fewestReady = { steady: fewest, drain: fewest, rollout: fewest, together: fewest, nodeLoss: fewest };
  return {
    rejected,
    drain: open,
    rollout,
    together: open,
    stalled: open,
    unready: open,
    fewestReady,
    quorum: quorums(fewestReady, quorum, workload.id),
  };
}
