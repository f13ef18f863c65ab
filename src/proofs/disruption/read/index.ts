import { cursor, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { DisruptionInput } from '../types.ts';
import { autoscalerNames, autoscalersOf } from './autoscalers.ts';
import { budgetsOf, straysNear } from './budgets.ts';
import { isOperated, selectorOf } from './operated.ts';
import { servingLabels } from './flagger.ts';
import { selectorFault } from './selection.ts';
import type { OperatedStore } from './stores.ts';
import { disruptedWorkload } from './workload.ts';

export { flaggerCanary } from './flagger.ts';
export { operatedOf } from './operated.ts';
export { operatedOfStore, unreadOfStore, type UnreadStore } from './stores.ts';
export { autoscalersOf, groupOf, isGroupOf, scaleTarget, type FoundAutoscaler } from './autoscalers.ts';

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

/** As {@link readDisruption}, of pods that a store's operator makes: its own budget counts with those that are written down. */
export function readOperated(view: PlatformView, store: OperatedStore, declared?: number): ReadDisruption {
  const { workload, made, selector, unclear } = store;
  const quorum = declared ?? store.quorum ?? 1;
  const budgets = [...(made === undefined ? [] : [made]), ...budgetsOf(view, workload)];
  const strays = budgets.length === 0 ? straysNear(view, workload) : [];
  return {
    input: { workload: store.input, budgets, quorum, ...(strays.length > 0 && { strays }) },
    selector,
    ...(unclear !== undefined && { unclear }),
  };
}

const readings = oncePerPlatform((_view: PlatformView) => new WeakMap<Workload, ReadDisruption>());

function readWorkload(view: PlatformView, workload: Workload): ReadDisruption {
  const autoscalers = autoscalersOf(view, workload);
  const unclear = autoscalers.length > 1 ? autoscalerNames(workload, autoscalers) : undefined;
  const fault = selectorFault(workload);
  const budgets = budgetsOf(view, workload);
  const strays = budgets.length === 0 ? straysNear(view, workload) : [];
  return {
    input: {
      workload: {
        ...disruptedWorkload(workload, autoscalers[0]?.autoscaler),
        ...(fault !== undefined && { selectorFault: fault }),
      },
      budgets,
      ...(strays.length > 0 && { strays }),
    },
    selector: servingLabels(view, workload, selectorOfPods(workload)),
    ...(unclear !== undefined && { unclear }),
  };
}

function selectorOfPods(workload: Workload): Readonly<Record<string, string>> {
  if (isOperated(workload)) return selectorOf(workload.object);
  const { lender } = workload;
  const own = cursor(workload.object).get('spec', 'selector');
  const selector = own.exists || lender === undefined ? own : cursor(lender).get('spec', 'selector');
  return selector.get('matchLabels').stringMap();
}
