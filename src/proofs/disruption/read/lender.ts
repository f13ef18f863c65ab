/**
 * Argo Rollouts that take their pods from another object by `workloadRef`: its template and, where they have none, its selector; never its
 * replicas (argo-rollouts rollout/temlateref.go, `Resolve`).
 */
import type { Cursor } from '../../../model/cursor.ts';
import { cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';

/** What lends a Rollout its template. */
export interface Lender {
  /** `Deployment shop/api`. */
  readonly name: string;
  readonly object: KubeObject;
  readonly podLabels: Readonly<Record<string, string>>;
  /** The Rollout takes its pods away in the end (`scaleDown`). */
  readonly isEmptied: boolean;
}

/** A template that cannot be read, with the reason in words that go on: `Deployment shop/api, which is not in the repository`. */
export interface LostTemplate {
  readonly lost: string;
}

/** What a workload takes its pods from; undefined where they are its own. */
export function lenderOf(view: PlatformView, workload: Workload): Lender | LostTemplate | undefined {
  if (workload.kind !== 'Rollout') return undefined;
  const reference = cursor(workload.object).get('spec', 'workloadRef');
  if (!reference.exists) return undefined;
  const name = nameOf(workload, reference);
  const found = podTemplates(view).get(name);
  if (found === undefined) return { lost: `${name}, ${whyLost(name)}` };
  const { object, podLabels } = found;
  const isEmptied = /^(?:onsuccess|progressively)$/.test(reference.get('scaleDown').string() ?? '');
  return { name, object, podLabels, isEmptied };
}

/** Labels that the pods of a workload carry, those of a lent template included. */
export function podLabelsOf(view: PlatformView, workload: Workload): Readonly<Record<string, string>> {
  const lender = lenderOf(view, workload);
  return lender === undefined || 'lost' in lender ? workload.podLabels : lender.podLabels;
}

/** The Rollouts that take their pods from a workload. */
export function borrowersOf(view: PlatformView, lender: Workload): Workload[] {
  return view.workloads().filter((workload) => {
    if (workload.kind !== 'Rollout' || workload.namespace !== lender.namespace) return false;
    const reference = cursor(workload.object).get('spec', 'workloadRef');
    return reference.exists && nameOf(workload, reference) === workloadName(lender);
  });
}

function nameOf({ namespace }: Workload, reference: Cursor): string {
  return `${reference.get('kind').string() ?? ''} ${namespace}/${reference.get('name').string() ?? ''}`;
}

function whyLost(name: string): string {
  return /^(?:Deployment|ReplicaSet|PodTemplate) /.test(name)
    ? 'which is not in the repository'
    : 'a kind that Argo Rollouts takes no template from';
}

/** Of the kinds that Argo Rollouts takes a template from. */
const podTemplates = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, Pick<Lender, 'object' | 'podLabels'>> =>
    new Map([
      ...view
        .workloads()
        .filter(({ kind }) => kind === 'Deployment' || kind === 'ReplicaSet')
        .map((workload) => [workloadName(workload), workload] as const),
      ...view.objects('PodTemplate').map((object) => {
        const podLabels = cursor(object).get('template', 'metadata', 'labels').stringMap();
        return [`PodTemplate ${object.namespace ?? 'default'}/${object.name}`, { object, podLabels }] as const;
      }),
    ]),
);
