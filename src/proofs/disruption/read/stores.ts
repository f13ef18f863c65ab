/** The pods of stores that an operator runs, as budgets and drains see them. */
import { MalformedValue } from '../../../model/cursor.ts';
import type { KubeObject, Workload } from '../../../model/kube.ts';
import { MANAGED_STORE_KINDS } from '../../../model/managed-stores.ts';
import type { Origin } from '../../../model/origin.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Budget, StatefulSetLike } from '../types.ts';
import { groupsOf, type Group, type Untold } from './operators/index.ts';

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

/** A store of an operator whose pods cannot be told. */
export interface UnreadStore {
  readonly name: string;
  readonly because: string;
  readonly origin: Origin;
}

interface Managed {
  readonly object: KubeObject;
  readonly told: readonly Group[] | Untold;
}

const managed = oncePerPlatform((view: PlatformView): readonly Managed[] =>
  MANAGED_STORE_KINDS.flatMap((kind) =>
    view.objects(kind).map((object) => ({ object, told: tell(view, kind, object) })),
  ),
);

function tell(view: PlatformView, kind: string, object: KubeObject): Managed['told'] {
  try {
    return groupsOf(view, kind, object);
  } catch (error) {
    if (error instanceof MalformedValue) return { because: error.verdict, at: error.origin };
    throw error;
  }
}

export const operatedStores = oncePerPlatform((view: PlatformView): readonly OperatedStore[] =>
  managed(view).flatMap(({ object, told }) =>
    'because' in told ? [] : told.map((group) => operatedStore(object, group)),
  ),
);

/** The stores of a spec's name of which no pods can be told, each with the reason. */
export function unreadOfStore(view: PlatformView, store: string): UnreadStore[] {
  return managed(view).flatMap(({ object, told }) => {
    if (!('because' in told) || !isOfStore(view, store, object.name)) return [];
    const { kind, name, namespace = 'default' } = object;
    return [{ name, because: `${kind} ${namespace}/${name}: ${told.because}`, origin: told.at }];
  });
}

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
  return operatedStores(view).filter(({ workload: { name } }) => isOfStore(view, store, name));
}

function isOfStore(view: PlatformView, store: string, name: string): boolean {
  return name === store || (name.startsWith(`${store}-`) && !isDeclared(view, name));
}

function isDeclared(view: PlatformView, name: string): boolean {
  return view.spec.stores.some((store) => store.name === name);
}
