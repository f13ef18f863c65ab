import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { DisruptionInput } from '../types.ts';
import { autoscalerNames, autoscalersOf } from './autoscalers.ts';
import { budgetsOf } from './budgets.ts';
import { lenderOf } from './lender.ts';
import { isOperated, selectorOf } from './operated.ts';
import { selectorFault } from './selection.ts';
import { disruptedWorkload } from './workload.ts';

export { operatedOf } from './operated.ts';
export { autoscalersOf, groupOf, isGroupOf, scaleTarget, type FoundAutoscaler } from './autoscalers.ts';

/** What the engine needs to know of a workload, or why the objects do not tell it. */
export interface ReadDisruption {
  readonly input: DisruptionInput;
  /** Labels that select its pods and no others, for a budget of its own. */
  readonly selector: Readonly<Record<string, string>>;
  readonly unclear?: string;
  /** Which labels its pods carry is not in the repository, nor therefore which budgets select them. */
  readonly podsUnknown?: true;
}

/** Gathers a workload with its autoscaler and the budgets over its pods; the template of a Rollout is read where another object lends it. */
export function readWithLender(view: PlatformView, workload: Workload, quorum?: number): ReadDisruption {
  const known = readings(view).get(workload) ?? readWorkload(view, workload);
  readings(view).set(workload, known);
  return quorum === undefined ? known : { ...known, input: { ...known.input, quorum } };
}

/** As {@link readWithLender}, for those who look into the workload's own template besides: one that is lent is unclear to them. */
export function readDisruption(view: PlatformView, workload: Workload, quorum?: number): ReadDisruption {
  const known = readWithLender(view, workload, quorum);
  const lender = lenderOf(view, workload);
  if (known.unclear !== undefined || lender === undefined) return known;
  return { ...known, unclear: `${workloadName(workload)} takes its pods from another workload by workloadRef` };
}

const readings = oncePerPlatform((_view: PlatformView) => new WeakMap<Workload, ReadDisruption>());

function readWorkload(view: PlatformView, workload: Workload): ReadDisruption {
  const autoscalers = autoscalersOf(view, workload);
  const lender = lenderOf(view, workload);
  const isLost = lender !== undefined && 'lost' in lender;
  const unclear =
    autoscalers.length > 1
      ? autoscalerNames(workload, autoscalers)
      : isLost
        ? `${workloadName(workload)} takes its pods by workloadRef from ${lender.lost}`
        : undefined;
  const fault = selectorFault(view, workload);
  return {
    input: {
      workload: {
        ...disruptedWorkload(workload, autoscalers[0]?.autoscaler),
        ...(fault !== undefined && { selectorFault: fault }),
      },
      budgets: budgetsOf(view, workload),
    },
    selector: selectorOfPods(workload, isLost ? undefined : lender?.object),
    ...(unclear !== undefined && { unclear }),
    ...(isLost && { podsUnknown: true as const }),
  };
}

function selectorOfPods(workload: Workload, lender: KubeObject | undefined): Readonly<Record<string, string>> {
  if (isOperated(workload)) return selectorOf(workload.object);
  const own = cursor(workload.object).get('spec', 'selector');
  const selector = own.exists || lender === undefined ? own : cursor(lender).get('spec', 'selector');
  return selector.get('matchLabels').stringMap();
}
