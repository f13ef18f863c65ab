import { oncePer } from './once.ts';
import { Cursor } from './cursor.ts';
import type { Origin } from './origin.ts';

/** One Kubernetes object as it will be applied: rendered, with the namespace it lands in. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for cluster-scoped kinds; `default` where a namespaced object names none and its deployable sets none. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Id of the deployable it comes from. */
  readonly deployable: string;
  readonly origin: Origin;
}

export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'Job',
  'CronJob',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** Kinds whose pods are meant to run for ever; the others end by themselves. */
export const LONG_RUNNING_KINDS: readonly WorkloadKind[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
];

/** An object that makes pods, or a bare pod. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject;
  /** Labels its pods carry, which selectors match; not the object's own labels. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The object whose template its pods are made of, where that is another: an Argo Rollout with `workloadRef`. */
  readonly lender?: KubeObject;
}

/** Versions that the API server refuses by now are read as well: what they make is judged, and the version is reported. */
const CORE_GROUPS: Readonly<Record<WorkloadKind, RegExp>> = {
  Deployment: /^(?:apps|extensions)\//,
  StatefulSet: /^apps\//,
  DaemonSet: /^(?:apps|extensions)\//,
  ReplicaSet: /^(?:apps|extensions)\//,
  ReplicationController: /^v1$/,
  Rollout: /^argoproj\.io\//,
  Job: /^batch\//,
  CronJob: /^batch\//,
  Pod: /^v1$/,
};

/** The kind of workload that an object is; `undefined` when its kind makes no pods, or is of another group. */
export function workloadKind({ kind, apiVersion }: Pick<KubeObject, 'kind' | 'apiVersion'>): WorkloadKind | undefined {
  const known = WORKLOAD_KINDS.find((candidate) => candidate === kind);
  return known !== undefined && CORE_GROUPS[known].test(apiVersion) ? known : undefined;
}

/** Reads the object as a workload, with the template of another where that lends it one; `undefined` when its kind makes no pods. */
export function asWorkload(object: KubeObject, lender?: KubeObject): Workload | undefined {
  const kind = workloadKind(object);
  if (kind === undefined) return undefined;
  const bare = { kind, namespace: object.namespace ?? 'default', name: object.name, object, ...(lender && { lender }) };
  return { ...bare, podLabels: podTemplate(bare).get('metadata', 'labels').stringMap() };
}

/** Nothing names the namespace of a namespaced object, so that whoever applies it chooses; `default` stands for it. */
export function isNamespaceGuessed(object: KubeObject): boolean {
  return object.namespace === 'default' && !cursor(object).get('metadata', 'namespace').exists;
}

/** A cursor at the root of the object. */
export function cursor(object: KubeObject): Cursor {
  return new Cursor(object.body, object.origin);
}

/** The pod specification of a workload. */
export function podSpec(workload: Workload): Cursor {
  return podTemplate(workload).get('spec');
}

/** Labels and annotations of the pods of a workload. */
export function podMetadata(workload: Workload): Cursor {
  return podTemplate(workload).get('metadata');
}

/** A container of a pod: a native sidecar is an init container with `restartPolicy: Always`. */
export interface PodContainer {
  readonly name: string;
  readonly at: Cursor;
  readonly role: 'main' | 'init' | 'sidecar';
}

/** Regular containers, then init containers; native sidecars are marked. */
export const containers = oncePer((workload: Workload): readonly PodContainer[] => {
  const spec = podSpec(workload);
  const main = spec
    .get('containers')
    .items()
    .map((at) => ({ name: at.get('name').string() ?? '', at, role: 'main' as const }));
  const init = spec
    .get('initContainers')
    .items()
    .map((at) => ({
      name: at.get('name').string() ?? '',
      at,
      role: at.get('restartPolicy').string() === 'Always' ? ('sidecar' as const) : ('init' as const),
    }));
  return [...main, ...init];
});

/** `Deployment production/api`, as messages name it. */
export function workloadName(workload: Pick<Workload, 'kind' | 'namespace' | 'name'>): string {
  return `${workload.kind} ${workload.namespace}/${workload.name}`;
}

/** What its pods are made of, a lent template included; a bare Pod is its own. */
function podTemplate({ kind, object, lender }: Pick<Workload, 'kind' | 'object' | 'lender'>): Cursor {
  const root = cursor(lender ?? object);
  if (kind === 'Pod') return root;
  if (lender?.kind === 'PodTemplate') return root.get('template');
  return kind === 'CronJob' ? root.get('spec', 'jobTemplate', 'spec', 'template') : root.get('spec', 'template');
}
