import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePer, oncePerPlatform } from '../../../model/once.ts';
import { below } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { removalOf } from '../../../model/removed-versions.ts';
import { SelectorIndex } from '../../../model/selector-index.ts';
import { readSelector, selects } from '../../../model/selector.ts';
import { replicaRange } from '../scaling.ts';
import type { Budget, CoveredWorkload, StrayBudget } from '../types.ts';
import { autoscalersOf } from './autoscalers.ts';
import { servingLabels } from './flagger.ts';
import { operatedWorkloads } from './operated.ts';
import { present } from './present.ts';
import { operatedStores } from './stores.ts';
import { disruptedWorkload } from './workload.ts';

/** The budgets that select the workload's pods, each with the other workloads it selects. */
export function budgetsOf(view: PlatformView, workload: Workload): Budget[] {
  return (coverageOf(view, workload.namespace).budgets.get(workload.object) ?? []).map((object) =>
    readBudget(view, object, workload),
  );
}

/**
 * The budgets that select no pods of the namespace, ask for a label that of all its workloads this one's pods alone carry, and for
 * others that the pods do not know: they were most likely meant for it. One that asks for another value is meant for somebody else.
 */
export function straysNear(view: PlatformView, workload: Workload): StrayBudget[] {
  const { namespace, podLabels } = workload;
  const { workloads } = coverageOf(view, namespace);
  const unused = view.objects('PodDisruptionBudget', namespace).filter((budget) => !workloads.has(budget));
  if (unused.length === 0) return [];
  const ofTarget = overTheTarget(view, workload, unused);
  if (ofTarget.length > 0) return ofTarget;
  const others = inNamespace(view, namespace).filter(({ object }) => object !== workload.object);
  const isOwn = ([key, value]: [string, string]): boolean =>
    !SHARED.test(key) && podLabels[key] === value && others.every((other) => other.podLabels[key] !== value);
  return unused.flatMap((budget) => {
    const wanted = Object.entries(selectorOf(budget)?.matchLabels ?? {});
    const missed = wanted.filter(([key, value]) => podLabels[key] !== value);
    if (missed.length === 0 || missed.some(([key]) => key in podLabels) || !wanted.some(isOwn)) return [];
    const asks = missed.map(([key, value]) => `${key}=${value}`);
    const origin = budget.origin && below(budget.origin, 'spec', 'selector');
    return [present<StrayBudget>({ id: idOf(budget), asks, origin })];
  });
}

/** The budgets that select the target of a Canary of Flagger, which has no pods between releases. */
function overTheTarget(view: PlatformView, workload: Workload, budgets: readonly KubeObject[]): StrayBudget[] {
  const { namespace, podLabels } = workload;
  const serving = servingLabels(view, workload);
  const renamed = Object.entries(serving).filter(([key, value]) => podLabels[key] !== value);
  if (renamed.length === 0) return [];
  const carried = renamed.map(([key, value]) => `${key}=${value}`).join(', ');
  return budgets
    .filter((budget) => covers(budget, namespace, podLabels))
    .map((budget) =>
      present<StrayBudget>({
        id: idOf(budget),
        asks: renamed.map(([key]) => `${key}=${podLabels[key]}`),
        instead: `is over the target of a Canary of Flagger, and the pods that serve have ${carried}`,
        origin: budget.origin && below(budget.origin, 'spec', 'selector'),
      }),
    );
}

/** Labels of a release or a system, which pods that operators make carry as well. */
const SHARED = /(?:^|\/)(?:instance|part-of|managed-by|version|release|heritage|chart|tier|env|environment|team)$/;

/** Which budget of a namespace selects which of its workloads, both ways. */
interface Coverage {
  readonly budgets: ReadonlyMap<KubeObject, readonly KubeObject[]>;
  readonly workloads: ReadonlyMap<KubeObject, readonly Workload[]>;
}

const coverages = oncePerPlatform((_view: PlatformView) => new Map<string, Coverage>());

/** Worked out for a namespace at a time: a malformed budget of one leaves the others alone. */
function coverageOf(view: PlatformView, namespace: string): Coverage {
  const known = coverages(view).get(namespace);
  if (known !== undefined) return known;
  const all = new SelectorIndex(
    view.objects('PodDisruptionBudget', namespace),
    (budget) => selectorOf(budget)?.matchLabels ?? {},
  );
  const pairs = inNamespace(view, namespace).flatMap((workload) => {
    const labels = servingLabels(view, workload);
    return all
      .candidates(labels)
      .filter((budget) => covers(budget, workload.namespace, labels))
      .map((budget) => ({ budget, workload }));
  });
  const coverage = {
    budgets: grouped(
      pairs,
      ({ workload }) => workload.object,
      ({ budget }) => budget,
    ),
    workloads: grouped(
      pairs,
      ({ budget }) => budget,
      ({ workload }) => workload,
    ),
  };
  coverages(view).set(namespace, coverage);
  return coverage;
}

function inNamespace(view: PlatformView, namespace: string): Workload[] {
  const stores = operatedStores(view).map(({ workload }) => workload);
  return [...view.workloads(), ...operatedWorkloads(view), ...stores].filter(
    (workload) => workload.namespace === namespace,
  );
}

function grouped<P, K, V>(pairs: readonly P[], key: (pair: P) => K, value: (pair: P) => V): Map<K, V[]> {
  return new Map([...Map.groupBy(pairs, key)].map(([of, those]) => [of, those.map(value)]));
}

const selectorOf = oncePer((budget: KubeObject) => readSelector(cursor(budget).get('spec', 'selector')));

/** Whether a budget selects pods with these labels, of its own namespace. */
function covers(budget: KubeObject, namespace: string, labels: Readonly<Record<string, string>>): boolean {
  if ((budget.namespace ?? 'default') !== namespace) return false;
  const selector = selectorOf(budget);
  if (selector === undefined) return false;
  const empty = Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0;
  // An empty selector covers the namespace in policy/v1; in policy/v1beta1 it covered nothing.
  if (empty) return budget.apiVersion === 'policy/v1';
  return selects(selector, labels);
}

function idOf({ namespace, name }: KubeObject): string {
  return `PodDisruptionBudget ${namespace ?? 'default'}/${name}`;
}

function readBudget(view: PlatformView, object: KubeObject, workload: Workload): Budget {
  const spec = cursor(object).get('spec');
  const others = (coverageOf(view, workload.namespace).workloads.get(object) ?? [])
    .filter((other) => other.object !== workload.object)
    .map((other) => covered(view, other));
  return present<Budget>({
    id: idOf(object),
    minAvailable: spec.get('minAvailable').integerOrString(),
    maxUnavailable: spec.get('maxUnavailable').integerOrString(),
    unhealthyPodEvictionPolicy: spec.get('unhealthyPodEvictionPolicy').string(),
    others: others.length === 0 ? undefined : others,
    refused: removalOf(object.apiVersion),
    origin: object.origin,
  });
}

/** Of every workload once: a budget over many is read for each of them. */
function covered(view: PlatformView, workload: Workload): CoveredWorkload {
  const known = coveredOf(view).get(workload) ?? readCovered(view, workload);
  coveredOf(view).set(workload, known);
  return known;
}

const coveredOf = oncePerPlatform((_view: PlatformView) => new WeakMap<Workload, CoveredWorkload>());

/** Pods of a Job come and go, so it counts as none at the least. */
function readCovered(view: PlatformView, workload: Workload): CoveredWorkload {
  const [first] = autoscalersOf(view, workload);
  const disrupted = disruptedWorkload(workload, first?.autoscaler);
  const range = replicaRange(disrupted);
  const min = disrupted.kind === 'Job' ? 0 : (range?.min ?? 0);
  return present<CoveredWorkload>({ id: workloadName(workload), kind: disrupted.kind, min, max: range?.max });
}
