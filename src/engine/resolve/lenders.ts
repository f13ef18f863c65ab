/**
 * Argo Rollouts that take their pods from another object by `workloadRef`: its template and, where they have none, its selector; never its
 * replicas (argo-rollouts rollout/temlateref.go, `Resolve`). A Deployment that keeps no pods of its own is then judged as the Rollout alone.
 */
import { cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import { misfit } from './misfit.ts';
import { shapeOf } from './shapes.ts';

/** A template that cannot be read, with the reason in words that go on: `Deployment shop/api, which is not in the repository`. */
interface LostTemplate {
  readonly lost: string;
  readonly origin: Origin;
  readonly fix: string;
}

/** What lends an object the template of its pods; undefined where that is its own. */
export type FindLender = (object: KubeObject) => { readonly object: KubeObject } | LostTemplate | undefined;

/** Kinds that Argo Rollouts takes a template from, by group. */
const LENDING: Readonly<Record<string, RegExp>> = {
  Deployment: /^(?:apps|extensions)\//,
  ReplicaSet: /^(?:apps|extensions)\//,
  PodTemplate: /^v1$/,
};

/** Looks for lenders among the objects of an environment. */
export function lenders(objects: readonly KubeObject[]): FindLender {
  const lending = new Map(objects.filter(lends).map((object) => [titled(object, object.namespace), object]));
  return (object) => {
    if (object.kind !== 'Rollout') return undefined;
    const reference = cursor(object).get('spec', 'workloadRef');
    if (!reference.exists) return undefined;
    const kind = reference.get('kind').string() ?? '';
    const name = titled({ kind, name: reference.get('name').string() ?? '' }, object.namespace);
    const found = lending.get(name);
    const why = found === undefined ? whyUnseen(kind) : refusal(found);
    if (found !== undefined && why === undefined) return { object: found };
    const fix = 'Deploy what workloadRef names with the Rollout, or give the Rollout a template of its own.';
    return { lost: `${name}, ${why}`, origin: reference.origin, fix };
  };
}

/**
 * The workloads without those that only lend their template: they ask for no pods, or the Rollout scales them down in the end
 * (argo-rollouts docs/migrating.md, `scaleDown`: `never` unless said). One whose version the API server refuses stays, to be reported.
 */
export function withoutEmptied(workloads: readonly Workload[]): Workload[] {
  const borrowers = Map.groupBy(workloads, ({ lender }) => lender);
  return workloads.filter(({ object }) => {
    const own = borrowers.get(object) ?? [];
    return own.length === 0 || object.apiVersion !== 'apps/v1' || !(asksForNone(object) || own.some(scalesDown));
  });
}

function asksForNone(object: KubeObject): boolean {
  return cursor(object).get('spec', 'replicas').integer() === 0;
}

/** Of Deployments alone. */
function scalesDown({ object, lender }: Workload): boolean {
  const scaleDown = cursor(object).get('spec', 'workloadRef', 'scaleDown').string() ?? '';
  return lender?.kind === 'Deployment' && /^(?:onsuccess|progressively)$/.test(scaleDown);
}

function whyUnseen(kind: string): string {
  return Object.hasOwn(LENDING, kind)
    ? 'which is not in the repository'
    : 'a kind that Argo Rollouts takes no template from';
}

function refusal(lender: KubeObject): string | undefined {
  const shape = shapeOf(lender);
  const wrong = shape && misfit(lender.body, shape, lender.origin);
  return wrong && `whose ${wrong.message}`;
}

function lends({ kind, apiVersion }: KubeObject): boolean {
  return Object.hasOwn(LENDING, kind) && LENDING[kind]?.test(apiVersion) === true;
}

function titled({ kind, name }: Pick<KubeObject, 'kind' | 'name'>, namespace = 'default'): string {
  return `${kind} ${namespace}/${name}`;
}
