import { cursor, workloadName, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { DisruptionInput } from '../types.ts';
import { autoscalerNames, autoscalersOf } from './autoscalers.ts';
import { budgetsOf } from './budgets.ts';
import { isOperated, selectorOf } from './operated.ts';
import { disruptedWorkload } from './workload.ts';

export { operatedOf } from './operated.ts';
export { autoscalersOf, type FoundAutoscaler } from './autoscalers.ts';

/** What the engine needs to know of a workload, or why the objects do not tell it. */
export interface ReadDisruption {
  readonly input: DisruptionInput;
  /** Labels that select its pods and no others, for a budget of its own. */
  readonly selector: Readonly<Record<string, string>>;
  readonly unclear?: string;
}

/** Gathers a workload with its autoscaler and the budgets over its pods. */
export function readDisruption(view: PlatformView, workload: Workload, quorum?: number): ReadDisruption {
  const known = readings(view).get(workload) ?? readWorkload(view, workload);
  readings(view).set(workload, known);
  return quorum === undefined ? known : { ...known, input: { ...known.input, quorum } };
}

const readings = oncePerPlatform((_view: PlatformView) => new WeakMap<Workload, ReadDisruption>());

function readWorkload(view: PlatformView, workload: Workload): ReadDisruption {
  const autoscalers = autoscalersOf(view, workload);
  const unclear = uncertainty(workload, autoscalers.length > 1 ? autoscalerNames(workload, autoscalers) : undefined);
  return {
    input: {
      workload: disruptedWorkload(workload, autoscalers[0]?.autoscaler),
      budgets: budgetsOf(view, workload),
    },
    selector: isOperated(workload)
      ? selectorOf(workload.object)
      : cursor(workload.object).get('spec', 'selector', 'matchLabels').stringMap(),
    ...(unclear !== undefined && { unclear }),
  };
}

function uncertainty(workload: Workload, several: string | undefined): string | undefined {
  if (several !== undefined) return several;
  const borrowed = workload.kind === 'Rollout' && cursor(workload.object).get('spec', 'workloadRef').exists;
  return borrowed ? `${workloadName(workload)} takes its pods from another workload by workloadRef` : undefined;
}
