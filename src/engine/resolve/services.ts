import { LONG_RUNNING_KINDS, type Workload } from '../../model/kube.ts';
import type { Service } from '../../model/platform.ts';
import type { ServiceSpec, Spec, WorkloadRef } from '../../model/spec.ts';

const NAME_LABEL = 'app.kubernetes.io/name';

/** The services of a spec with what runs them, then every long-running workload that no service claims. */
export function joinServices(spec: Spec, workloads: readonly Workload[], declared: boolean): Service[] {
  const services: Service[] = [];
  const claimed = new Set<Workload>();
  for (const service of spec.services) {
    const own = workloadsFor(service, workloads);
    for (const workload of own) claimed.add(workload);
    services.push({ name: service.name, declared, spec: service, workloads: own });
  }
  const rest = workloads.filter((workload) => isLongRunning(workload) && !claimed.has(workload));
  const taken = new Set(spec.services.map(({ name }) => name));
  return [...services, ...uniqueNames(rest, taken).map(([name, workload]) => undeclared(name, workload))];
}

/** By the references it gives, else by equal name, else by the recommended label. A Job of the same name counts as well. */
export function workloadsFor(
  wanted: { readonly name: string; readonly workloads?: readonly WorkloadRef[] | undefined },
  workloads: readonly Workload[],
): Workload[] {
  if (wanted.workloads !== undefined)
    return workloads.filter((workload) => wanted.workloads?.some((reference) => refersTo(reference, workload)));
  const byName = workloads.filter(({ name }) => name === wanted.name);
  if (byName.length > 0) return byName;
  return workloads.filter(
    ({ object, podLabels }) => (object.labels[NAME_LABEL] ?? podLabels[NAME_LABEL]) === wanted.name,
  );
}

/** Pairs workloads with names of their own: the bare one, with the namespace where that is not enough, with the kind where that is not. */
export function uniqueNames(workloads: readonly Workload[], taken: ReadonlySet<string>): [string, Workload][] {
  const forms = [
    ({ name }: Workload) => name,
    ({ namespace, name }: Workload) => `${namespace}/${name}`,
    ({ kind, namespace, name }: Workload) => `${kind}/${namespace}/${name}`,
  ];
  const counts = forms.map((form) => countBy(workloads, form));
  return workloads.map((workload) => {
    const names = forms.map((form) => form(workload));
    const free = names.find((name, level) => counts[level]?.get(name) === 1 && !taken.has(name));
    return [free ?? names.at(-1) ?? workload.name, workload];
  });
}

function refersTo(reference: WorkloadRef, workload: Workload): boolean {
  return (
    reference.kind === workload.kind &&
    reference.name === workload.name &&
    (reference.namespace === undefined || reference.namespace === workload.namespace)
  );
}

function undeclared(name: string, workload: Workload): Service {
  const spec: ServiceSpec = { name, routes: [], credentials: [] };
  return { name, declared: false, spec, workloads: [workload] };
}

function isLongRunning(workload: Workload): boolean {
  return LONG_RUNNING_KINDS.includes(workload.kind);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
