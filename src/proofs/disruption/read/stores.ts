/** The pods of stores that an operator runs, as budgets and drains see them. */
import { MalformedValue } from '../../../model/cursor.ts';
import type { KubeObject, Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Budget, StatefulSetLike } from '../types.ts';
import { groupsOf, STORE_KINDS, type Group } from './store-operators.ts';

/** A group of pods that an operator makes of one object, and the budget that it puts over them. */
export interface OperatedStore {
  /** Stands for what the operator makes of the object: a StatefulSet, or something that is drained like one. */
  readonly workload: Workload;
  readonly input: StatefulSetLike;
  readonly selector: Readonly<Record<string, string>>;
  readonly made?: Budget;
  /** What its kind needs; absent: a single pod. */
  readonly quorum?: number;
  readonly unclear?: string;
}

/** One that cannot be read is left out. */
export const operatedStores = oncePerPlatform((view: PlatformView): readonly OperatedStore[] =>
  STORE_KINDS.flatMap((kind) =>
    view.objects(kind).flatMap((object) => {
      try {
        return groupsOf(view, kind, object).map((group) => operatedStore(object, group));
      } catch (error) {
        if (error instanceof MalformedValue) return [];
        throw error;
      }
    }),
  ),
);

function operatedStore(
  object: KubeObject,
  { part, replicas, labels, budget, quorum, unclear, at }: Group,
): OperatedStore {
  const namespace = object.namespace ?? 'default';
  const of = part === undefined ? '' : `, ${part}`;
  return {
    workload: {
      kind: 'StatefulSet',
      namespace,
      name: object.name,
      object: { ...object, body: { spec: { replicas: replicas.count } } },
      podLabels: labels,
    },
    input: {
      id: `${object.kind} ${namespace}/${object.name}${of}`,
      kind: 'StatefulSet',
      replicas: replicas.count,
      setBy: replicas.setBy,
      strategy: { type: 'RollingUpdate' },
      origin: at ?? object.origin,
    },
    selector: labels,
    ...(budget !== undefined && { made: budget }),
    ...(quorum !== undefined && { quorum }),
    ...(unclear !== undefined && { unclear: `${object.kind} ${namespace}/${object.name}: ${unclear}` }),
  };
}

/** Those of a store of the spec: the objects of its name, or of names that begin with it. */
export function operatedOfStore(view: PlatformView, store: string): OperatedStore[] {
  return operatedStores(view).filter(
    ({ workload: { name } }) => name === store || (name.startsWith(`${store}-`) && !isDeclared(view, name)),
  );
}

function isDeclared(view: PlatformView, name: string): boolean {
  return view.spec.stores.some((store) => store.name === name);
}
