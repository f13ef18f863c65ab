import { containers, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { At, Origin } from '../../model/origin.ts';

/** A taint that a workload's pods accept. No key: they accept every taint. No value: every value of the key. */
export interface Toleration {
  readonly key?: string;
  readonly value?: string;
  readonly origin: Origin;
}

/** Where the pods of one workload may run. */
export interface PlacedWorkload {
  readonly id: string;
  readonly kind: Workload['kind'];
  readonly namespace: string;
  /** The extended resource of a GPU that it asks for. */
  readonly gpu?: At<string>;
  /** Labels that its nodes must have, less those every node has: `pool=data`. */
  readonly pins: readonly { readonly key: string; readonly value?: string }[];
  readonly tolerations: readonly Toleration[];
  /** Part of the cluster itself, which may run anywhere. */
  readonly system: boolean;
  readonly origin: Origin;
}

const GPU_RESOURCE =
  /^(?:nvidia\.com\/(?:gpu|mig-.+)|amd\.com\/gpu|gpu\.intel\.com\/.+|habana\.ai\/gaudi)(?:\.shared)?$/;
/** Labels that say where or what a node is, not whom it is for. */
const COMMON_LABEL = /^(?:topology\.|failure-domain\.beta\.|(?:beta\.)?kubernetes\.io\/(?:os|arch|hostname)$)/;

export function placedWorkload(workload: Workload): PlacedWorkload {
  const spec = podSpec(workload);
  const gpu = gpuOf(workload);
  return {
    id: workloadName(workload),
    kind: workload.kind,
    namespace: workload.namespace,
    ...(gpu === undefined ? {} : { gpu }),
    pins: pinsOf(spec),
    tolerations: spec.get('tolerations').items().flatMap(tolerationOf),
    system:
      workload.namespace === 'kube-system' || spec.get('priorityClassName').string()?.startsWith('system-') === true,
    origin: workload.object.origin,
  };
}

function gpuOf(workload: Workload): At<string> | undefined {
  return containers(workload)
    .flatMap(({ at }) => ['limits', 'requests'].flatMap((bound) => at.get('resources', bound).entries()))
    .filter(([name, amount]) => GPU_RESOURCE.test(name) && String(amount.value) !== '0')
    .map(([name, amount]) => amount.at(name))[0];
}

/** `nodeSelector`, and what every term of a required node affinity asks for. */
function pinsOf(spec: Cursor): PlacedWorkload['pins'] {
  const selected = spec
    .get('nodeSelector')
    .entries()
    .map(([key, value]) => ({ key, value: value.string() ?? '' }));
  const terms = spec
    .get('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
    .items()
    .map((term) => term.get('matchExpressions').items().flatMap(pinOf));
  const [first = [], ...others] = terms;
  const required = first.filter(({ key }) => others.every((term) => term.some((pin) => pin.key === key)));
  return [...selected, ...required].filter(({ key }) => !COMMON_LABEL.test(key));
}

function pinOf(expression: Cursor): PlacedWorkload['pins'][number][] {
  const key = expression.get('key').string();
  const operator = expression.get('operator').string();
  if (key === undefined || (operator !== 'In' && operator !== 'Exists')) return [];
  const [value, ...others] = expression.get('values').strings();
  return [value === undefined || others.length > 0 ? { key } : { key, value }];
}

/** Tolerations that let pods be scheduled; those of NoExecute and PreferNoSchedule alone do not. */
function tolerationOf(at: Cursor): Toleration[] {
  const effect = at.get('effect').string() ?? '';
  if (effect !== '' && effect !== 'NoSchedule') return [];
  const key = at.get('key').string() ?? '';
  const exists = at.get('operator').string() === 'Exists';
  if (key === '') return exists ? [{ origin: at.origin }] : [];
  return [{ key, ...(exists ? {} : { value: at.get('value').string() ?? '' }), origin: at.origin }];
}
