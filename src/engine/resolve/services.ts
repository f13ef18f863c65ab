import { LONG_RUNNING_KINDS, type Workload } from '../../model/kube.ts';
import { oncePer } from '../../model/once.ts';
import type { Service, UnknownPods } from '../../model/platform.ts';
import { refersTo } from '../../model/subjects.ts';
import type { ServiceSpec, Spec, WorkloadRef } from '../../model/spec.ts';
import type { Readable, Stranger } from './readable.ts';

const NAME_LABEL = 'app.kubernetes.io/name';

/** What names and references tell apart: a workload, or an object whose pods cannot be judged. */
type Named = Pick<Workload, 'namespace' | 'name'> & { readonly kind: string };

/** The services of an environment, and to which of them each maker of pods belongs. */
export interface Joined {
  readonly services: readonly Service[];
  readonly owners: ReadonlyMap<Workload | Stranger, string>;
}

/**
 * The services of a spec with what runs them, then everything that makes pods and that no service claims: what runs for ever, then
 * Jobs and what cannot be judged, which never take a name from the former.
 */
export function joinServices(
  spec: Spec,
  { workloads, strangers }: Pick<Readable, 'workloads' | 'strangers'>,
  declared: boolean,
): Joined {
  const owners = new Map<Workload | Stranger, string>();
  const services = spec.services.map((service): Service => {
    const own = workloadsFor(service, workloads);
    const odd = strangersFor(service, strangers, own);
    for (const one of [...own, ...odd]) owners.set(one, service.name);
    return serviceOf(service, declared, own, odd[0]);
  });
  const taken = new Set(spec.services.map(({ name }) => name));
  const free = workloads.filter((workload) => !owners.has(workload));
  const lasting = uniqueNames(free.filter(isLongRunning), taken);
  for (const [name] of lasting) taken.add(name);
  for (const { namespace, name } of workloads.filter(isLongRunning)) taken.add(`${namespace}/${name}`);
  const others = [
    ...free.filter((workload) => !isLongRunning(workload)),
    ...strangers.filter((stranger) => !owners.has(stranger)),
  ];
  const found = [...lasting, ...uniqueNames<Workload | Stranger>(others, taken)].map(([name, one]): Service => {
    owners.set(one, name);
    const bare: ServiceSpec = { name, routes: [], credentials: [] };
    return 'because' in one ? serviceOf(bare, false, [], one) : serviceOf(bare, false, [one]);
  });
  return { services: [...services, ...found], owners };
}

function serviceOf(spec: ServiceSpec, declared: boolean, workloads: readonly Workload[], stranger?: Stranger): Service {
  const unknown: UnknownPods | undefined =
    stranger === undefined || workloads.length > 0
      ? undefined
      : { because: stranger.because, origin: stranger.origin, ends: endsByItself(stranger) };
  return { name: spec.name, declared, spec, workloads, ...(unknown && { unknown }) };
}

/**
 * By the references it gives, else by equal name, else by the recommended label. A Job of the same name counts as well, and what lends a
 * Rollout its template stands for the Rollout.
 */
export function workloadsFor(
  wanted: { readonly name: string; readonly workloads?: readonly WorkloadRef[] | undefined },
  workloads: readonly Workload[],
): Workload[] {
  const { byName, byLabel, places } = indexOf(workloads);
  const references = wanted.workloads;
  if (references === undefined) return byName.get(wanted.name) ?? byLabel.get(wanted.name) ?? [];
  const named = new Set(references.flatMap(({ name }) => byName.get(name) ?? []));
  return [...named]
    .filter((workload) => references.some((reference) => refersTo(reference, workload)))
    .sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** Every service asks. */
const indexOf = oncePer((workloads: readonly Workload[]) => ({
  byName: byEachName(workloads),
  byLabel: Map.groupBy(workloads, ({ object, podLabels }) => object.labels[NAME_LABEL] ?? podLabels[NAME_LABEL]),
  places: new Map(workloads.map((workload, place) => [workload, place])),
}));

function byEachName(workloads: readonly Workload[]): ReadonlyMap<string, Workload[]> {
  const named = workloads.flatMap((workload) =>
    [...new Set([workload.name, workload.lender?.name ?? workload.name])].map((name) => ({ name, workload })),
  );
  const byName = Map.groupBy(named, ({ name }) => name);
  return new Map([...byName].map(([name, those]) => [name, those.map(({ workload }) => workload)]));
}

/** By the references it gives; else, where nothing else runs it, by equal name. */
function strangersFor(
  { name, workloads: references }: ServiceSpec,
  strangers: readonly Stranger[],
  own: readonly Workload[],
): Stranger[] {
  if (references !== undefined)
    return strangers.filter((stranger) => references.some((reference) => refersTo(reference, stranger)));
  return own.length > 0 ? [] : strangers.filter((stranger) => stranger.name === name);
}

/** Pairs makers of pods with names of their own: the bare one, with the namespace where that is not enough, with the kind where that is not. */
export function uniqueNames<T extends Named>(items: readonly T[], taken: ReadonlySet<string>): [string, T][] {
  const forms = [
    ({ name }: Named) => name,
    ({ namespace, name }: Named) => `${namespace}/${name}`,
    ({ kind, namespace, name }: Named) => `${kind}/${namespace}/${name}`,
  ];
  const counts = forms.map((form) => countBy(items, form));
  return items.map((item) => {
    const names = forms.map((form) => form(item));
    const free = names.find((name, level) => counts[level]?.get(name) === 1 && !taken.has(name));
    return [free ?? names.at(-1) ?? item.name, item];
  });
}

function isLongRunning({ kind }: Workload): boolean {
  return LONG_RUNNING_KINDS.includes(kind);
}

/** Of kinds that nobody knows, by their names: `ScaledJob`, `Workflow`; and all that Tekton runs. */
function endsByItself({ kind, object }: Stranger): boolean {
  return (
    /(?:Job|Run|Workflow|WorkflowTemplate|AnalysisTemplate)$/.test(kind) ||
    /^(?:triggers\.)?tekton\.dev\//.test(object.apiVersion)
  );
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
