import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { assessRollout, type Params } from './flaw.ts';
import { flawsOf } from './flaws.ts';
import { openMount } from './mount-flaws.ts';
import type { Rolled } from './input.ts';

export function check(_subject: Subject, rollouts: Rolled[], params: Params): Result {
  const findings = rollouts.flatMap((rolled) => flawsOf(rolled, params)).map(({ finding }) => finding);
  const open =
    rollouts.find(({ unclear }) => unclear !== undefined)?.unclear ?? rollouts.map(openQuestion).find(Boolean);
  if (open !== undefined && findings.length === 0) return inconclusive(open);
  return failOr(findings, rollouts.map(summary).join('; '), { workloads: rollouts.length });
}

/** The stable version of a canary that follows the traffic may shrink before the canary carries it; a claim may hold up a rollout. */
function openQuestion(rolled: Rolled): string | undefined {
  const { workload } = rolled;
  const follows =
    workload.kind === 'Rollout' && workload.strategy.type === 'canary' && workload.strategy.dynamicStableScale;
  return follows === true
    ? `${workload.id} shrinks its stable version with the traffic (dynamicStableScale), which its steps decide`
    : openMount(rolled);
}

function summary({ workload, history }: Rolled): string {
  const { rollout } = assessRollout(workload);
  const says = rollout.answer === 'yes' ? rollout.witness.summary : rollout.answer === 'no' ? '' : rollout.because;
  return `${workload.id}: ${says}, ${history?.value ?? 10} former versions kept`;
}
