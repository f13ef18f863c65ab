/**
 * What rules let pass between pods of the platform and pods that somebody else runs. Nothing here closes the other end, so it is taken as
 * open, and nobody here knows its ports: a rule that lists some says which are meant, one that lists none means all of them. Only of the
 * cluster's DNS is it known what it serves.
 */
import type { Origin } from '../../model/origin.ts';
import { selects, type Selector } from '../../model/selector.ts';
import {
  clusterDns,
  explain,
  isolationProfiles,
  onePort,
  portRange,
  portsText,
  PROTOCOLS,
  spans,
  union,
  type Direction,
  type Endpoint,
  type NamespacedPolicy,
  type PeerInput,
  type PodClass,
  type Ports,
  type Reachability,
} from '../reachability/index.ts';
import { subtract } from '../reachability/intervals.ts';
import { nameOf } from './need.ts';

/** Workloads that may talk to pods outside of the platform on more ports than anybody can mean, by the same rules. */
export interface Stray {
  readonly direction: Direction;
  readonly workloads: readonly string[];
  readonly namespaces: readonly string[];
  /** `pods of kube-system with k8s-app=kube-dns`. */
  readonly strangers: readonly string[];
  readonly ports: string;
  readonly by: readonly string[];
  /** It leads to the cluster's DNS, which is asked on port 53 and no other. */
  readonly isDns: boolean;
  readonly origin?: Origin;
}

interface Stranger {
  readonly text: string;
  readonly end: Endpoint;
  readonly isDns: boolean;
}

/** The pods of `scrapers` may ask the cluster's DNS for metrics as well. */
export function straysOf(reach: Reachability, scrapers: ReadonlySet<PodClass>): Stray[] {
  const policies = new Map(reach.policies.map(({ input }) => [input.id, input]));
  const found = new Map<string, Stray & { workloads: string[]; namespaces: string[]; strangers: string[] }>();
  for (const { direction, pods, policies: selecting } of isolationProfiles(reach)) {
    const strangers = strangersOf(
      reach,
      direction,
      selecting.flatMap((id) => policies.get(id) ?? []),
    );
    for (const stranger of strangers) {
      for (const one of pods) {
        const beyond = beyondMeant(reach, one, stranger, direction, scrapers.has(one));
        if (beyond.length === 0) continue;
        const stray = describe(reach, one, stranger, direction, beyond);
        const key = JSON.stringify([direction, stray.by, stray.ports, stray.isDns]);
        const known = found.get(key) ?? { ...stray, workloads: [], namespaces: [], strangers: [] };
        found.set(key, known);
        add(known.workloads, nameOf(one));
        add(known.namespaces, one.namespace.name);
        add(known.strangers, stranger.text);
      }
    }
  }
  return [...found.values()];
}

function add(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}

/** Of every pod selector of the rules, pods that it may mean and that the platform does not hold. */
function strangersOf(reach: Reachability, direction: Direction, policies: readonly NamespacedPolicy[]): Stranger[] {
  const found = new Map<string, Stranger>();
  const peers = policies.flatMap((policy) => (policy[direction] ?? []).flatMap((rule) => rule.peers ?? []));
  for (const peer of peers) {
    for (const namespace of namespacesOf(reach, peer)) {
      const labels = peer.kind === 'pods' && peer.pods !== undefined ? labelsOf(peer.pods) : {};
      const stranger = strangerOf(reach, namespace, labels);
      found.set(stranger.text, stranger);
    }
  }
  const dns = clusterDns(reach);
  if (direction === 'egress' && dns.kind === 'pods' && dns.pods.index < 0)
    found.set(DNS, { text: DNS, end: dns, isDns: true });
  return [...found.values()];
}

const DNS = 'pods of kube-system with k8s-app=kube-dns';
/** A namespace that somebody makes, with no label but its name. */
const ANY = 'any-other-namespace';

function strangerOf(reach: Reachability, namespace: string, labels: Readonly<Record<string, string>>): Stranger {
  const id = `${namespace}/*[Pod]`;
  const loose = reach.loosePods({ id, namespace, labels, hostNetwork: false, ports: undefined });
  const pods = namespace === ANY ? { ...loose, namespace: { ...loose.namespace, complete: true } } : loose;
  const said = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const place = namespace === ANY ? 'every other namespace' : namespace;
  const text = `pods of ${place}${said.length === 0 ? '' : ` with ${said.join(', ')}`}`;
  return { text, end: { kind: 'pods', pods }, isDns: text === DNS };
}

/** Namespaces by their names, and others that have manifests, in which nothing of the platform runs. */
function namespacesOf(reach: Reachability, peer: PeerInput): string[] {
  if (peer.kind !== 'pods' || peer.namespaces === undefined) return [];
  if (selects(peer.namespaces, { [NAME]: ANY })) return [ANY];
  const { matchLabels, matchExpressions } = peer.namespaces;
  const named = [
    ...(matchLabels[NAME] === undefined ? [] : [matchLabels[NAME]]),
    ...matchExpressions.flatMap(({ key, operator, values }) => (key === NAME && operator === 'In' ? values : [])),
    ...reach.input.namespaces.map(({ name }) => name),
  ];
  return [...new Set(named)].filter((name) => !reach.classes.byNamespace.has(name));
}

const NAME = 'kubernetes.io/metadata.name';

/** The fewest labels that the selector takes; the engine decides whether it does. */
function labelsOf({ matchLabels, matchExpressions }: Selector): Record<string, string> {
  const asked = matchExpressions.flatMap(({ key, operator, values: [value = ''] }) =>
    /^(?:In|Exists|contains|starts with|ends with)$/.test(operator) ? [[key, value] as const] : [],
  );
  return { ...Object.fromEntries(asked), ...matchLabels };
}

function beyondMeant(
  reach: Reachability,
  pods: PodClass,
  { end, isDns }: Stranger,
  direction: Direction,
  scrapes: boolean,
): Ports {
  const own: Endpoint = { kind: 'pods', pods };
  const allowed = (other: Endpoint): Ports =>
    (direction === 'egress' ? reach.connection(own, other) : reach.connection(other, own)).allowed;
  // What passes to any pod of kube-system is not about its DNS.
  const ports = isDns ? subtract(allowed(end), allowed(strangerOf(reach, 'kube-system', {}).end)) : allowed(end);
  if (isDns && !scrapes) return subtract(ports, ASKED);
  return PROTOCOLS.map((protocol) => portRange(protocol))
    .filter((range) => subtract(range, ports).length === 0)
    .reduce<Ports>(union, []);
}

/** Over SCTP nothing is asked; a rule for port 53 of any protocol, as Cilium has them, means the other two. */
const ASKED: Ports = PROTOCOLS.map((protocol) => onePort(protocol, 53)).reduce<Ports>(union, []);

function describe(
  reach: Reachability,
  pods: PodClass,
  { end, isDns }: Stranger,
  direction: Direction,
  beyond: Ports,
): Omit<Stray, 'workloads' | 'namespaces' | 'strangers'> {
  const own: Endpoint = { kind: 'pods', pods };
  const [range] = spans(beyond);
  const [from, to] = direction === 'egress' ? [own, end] : [end, own];
  const why = explain(reach, from, to, range?.protocol ?? 'TCP', range?.first ?? 1)[direction];
  const rules = why.rules.filter(({ action, sure }) => action === 'Accept' && sure);
  const origin = rules.find((rule) => rule.origin !== undefined)?.origin ?? pods.members[0]?.origin;
  return {
    direction,
    ports: portsText(beyond),
    by: rules.map(({ policy, rule }) => `${policy} ${rule}`),
    isDns,
    ...(origin !== undefined && { origin }),
  };
}
