import type { KnownLabels } from './match.ts';
import type { NamespaceInput, PodsInput, ReachInput } from './types.ts';

export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** A namespace with the label that every namespace has (point: it needs no manifest). */
export type Namespace = NamespaceInput;

/** Pods that no policy can tell apart: same namespace, labels, ports and network. */
export interface PodClass {
  readonly index: number;
  readonly namespace: Namespace;
  readonly labels: KnownLabels;
  readonly hostNetwork: boolean;
  readonly ports: PodsInput['ports'];
  readonly members: readonly PodsInput[];
}

export interface Classes {
  readonly all: readonly PodClass[];
  /** By the id of a workload. */
  readonly byId: ReadonlyMap<string, PodClass>;
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly byNamespace: ReadonlyMap<string, readonly PodClass[]>;
  /** Classes by `namespace key=value` of their pods. */
  readonly byLabel: ReadonlyMap<string, readonly PodClass[]>;
  /** Of a namespace, those that may have more labels than are known. */
  readonly partlyKnown: ReadonlyMap<string, readonly PodClass[]>;
}

/** Sorts the pods into classes, in the order in which they come. */
export function classify({ namespaces: declared, pods }: ReachInput): Classes {
  const namespaces = new Map(declared.map((namespace) => [namespace.name, withName(namespace)]));
  const byKey = new Map<string, PodClass & { members: PodsInput[] }>();
  const byId = new Map<string, PodClass>();
  for (const workload of pods) {
    const key = keyOf(workload);
    let found = byKey.get(key);
    if (found === undefined) {
      found = newClass(workload, byKey.size, namespaceFor(namespaces, workload.namespace));
      byKey.set(key, found);
    }
    found.members.push(workload);
    byId.set(workload.id, found);
  }
  const all = [...byKey.values()];
  return { all, byId, namespaces, ...indexed(all) };
}

/** A class of one workload that is not part of the platform: pods that somebody else brings. */
export function looseClass(workload: PodsInput, namespace: Namespace): PodClass {
  return { ...newClass(workload, -1, namespace), members: [workload] };
}

/** The namespace of that name; one of which nothing but the name is known, where no manifest declares it. */
export function namespaceFor(known: Map<string, Namespace>, name: string): Namespace {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = withName({ name, labels: {}, complete: false });
  known.set(name, made);
  return made;
}

function withName(namespace: NamespaceInput): Namespace {
  return { ...namespace, labels: { ...namespace.labels, [NAME_LABEL]: namespace.name } };
}

function newClass(workload: PodsInput, index: number, namespace: Namespace): PodClass & { members: PodsInput[] } {
  const { labels, moreLabels, hostNetwork, ports } = workload;
  return {
    index,
    namespace,
    labels: {
      labels,
      complete: moreLabels === undefined || moreLabels === false,
      ...(typeof moreLabels === 'object' && { otherKeys: moreLabels }),
    },
    hostNetwork,
    ports,
    members: [],
  };
}

function keyOf({ namespace, labels, moreLabels, hostNetwork, ports }: PodsInput): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const listed = ports?.map(({ name, protocol, port }) => [name, protocol, port]);
  return JSON.stringify([namespace, hostNetwork, moreLabels, sorted, listed]);
}

function indexed(all: readonly PodClass[]): Pick<Classes, 'byNamespace' | 'byLabel' | 'partlyKnown'> {
  const byNamespace = new Map<string, PodClass[]>();
  const byLabel = new Map<string, PodClass[]>();
  const partlyKnown = new Map<string, PodClass[]>();
  for (const one of all) {
    append(byNamespace, one.namespace.name, one);
    if (!one.labels.complete) append(partlyKnown, one.namespace.name, one);
    const { labels } = one.labels;
    for (const key in labels) append(byLabel, labelKey(one.namespace.name, key, labels[key] ?? ''), one);
  }
  return { byNamespace, byLabel, partlyKnown };
}

export function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
