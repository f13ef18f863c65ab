import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePer } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readSelector, selects } from '../../../model/selector.ts';
import { replicaRange } from '../scaling.ts';
import type { Budget, CoveredWorkload } from '../types.ts';
import { autoscalersOf } from './autoscalers.ts';
import { present } from './present.ts';
import { disruptedWorkload } from './workload.ts';

/** The budgets that select the workload's pods, each with the other workloads it selects. */
export function budgetsOf(view: PlatformView, workload: Workload): Budget[] {
  return view
    .objects('PodDisruptionBudget', workload.namespace)
    .filter((object) => covers(object, workload))
    .map((object) => readBudget(view, object, workload));
}

const selectorOf = oncePer((budget: KubeObject) => readSelector(cursor(budget).get('spec', 'selector')));

/** Whether a budget selects the pods of a workload of its own namespace. */
function covers(budget: KubeObject, workload: Workload): boolean {
  if ((budget.namespace ?? 'default') !== workload.namespace) return false;
  const selector = selectorOf(budget);
  if (selector === undefined) return false;
  const empty = Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0;
  // An empty selector covers the namespace in policy/v1; in policy/v1beta1 it covered nothing.
  if (empty) return budget.apiVersion === 'policy/v1';
  return selects(selector, workload.podLabels);
}

function readBudget(view: PlatformView, object: KubeObject, workload: Workload): Budget {
  const spec = cursor(object).get('spec');
  const others = view
    .workloads()
    .filter((other) => other.object !== workload.object && covers(object, other))
    .map((other) => covered(view, other));
  return present<Budget>({
    id: `PodDisruptionBudget ${object.namespace ?? 'default'}/${object.name}`,
    minAvailable: spec.get('minAvailable').integerOrString(),
    maxUnavailable: spec.get('maxUnavailable').integerOrString(),
    unhealthyPodEvictionPolicy: spec.get('unhealthyPodEvictionPolicy').string(),
    others: others.length === 0 ? undefined : others,
    origin: object.origin,
  });
}

/** Pods of a Job come and go, so it counts as none at the least. */
function covered(view: PlatformView, workload: Workload): CoveredWorkload {
  const [first] = autoscalersOf(view, workload);
  const disrupted = disruptedWorkload(workload, first?.autoscaler);
  const range = replicaRange(disrupted);
  const min = disrupted.kind === 'Job' ? 0 : (range?.min ?? 0);
  return present<CoveredWorkload>({ id: workloadName(workload), kind: disrupted.kind, min, max: range?.max });
}
