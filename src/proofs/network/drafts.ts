/** Policies written from flows: for each workload one, with exactly the peers and ports that its flows have. */
import { cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import {
  explain,
  INTERNET,
  Reachability,
  podsId,
  type Addresses,
  type Direction,
  type Endpoint,
  type Flow,
  type PodClass,
} from '../reachability/index.ts';
import { withoutAccount } from '../reachability/read/accounts.ts';
import { readPolicy } from '../reachability/read/policies.ts';
import { cidrsOf } from './cidrs.ts';

/** A namespace to close. */
export interface Closing {
  readonly namespace: string;
  readonly directions: readonly Direction[];
}

type Rule = { readonly peers: readonly object[]; readonly ports: readonly object[] };

/** The reachability with other policies in place of its own. */
export function withPolicies(reach: Reachability, policies: readonly KubeObject[]): Reachability {
  return new Reachability({ ...reach.input, policies: policies.map(readPolicy) });
}

/** Policies that let pass what of the flows does not pass yet; none for a flow whose peer no rule can name (a node, somebody unknown). */
export function draftPolicies(view: PlatformView, reach: Reachability, flows: readonly Flow[]): KubeObject[] {
  const rules = new Map<PodClass, { ingress: Rule[]; egress: Rule[] }>();
  const at = (pods: PodClass): { ingress: Rule[]; egress: Rule[] } => {
    const known = rules.get(pods) ?? { ingress: [], egress: [] };
    rules.set(pods, known);
    return known;
  };
  for (const flow of flows) {
    for (const [from, to] of pairsOf(flow)) {
      const port = flow.ports[0] ?? 1;
      const why = explain(reach, from, to, flow.protocol, port);
      const ports =
        flow.ports.length === 0
          ? [{ protocol: flow.protocol }]
          : flow.ports.map((one) => ({ protocol: flow.protocol, port: one }));
      const receiver = peersOf(view, to);
      const sender = peersOf(view, from);
      if (from.kind === 'pods' && from.pods.index >= 0 && why.egress.verdict !== 'allowed' && receiver.length > 0)
        at(from.pods).egress.push({ peers: receiver, ports });
      if (to.kind === 'pods' && to.pods.index >= 0 && why.ingress.verdict !== 'allowed' && sender.length > 0)
        at(to.pods).ingress.push({ peers: sender, ports });
    }
  }
  const taken = takenNames(view);
  return [...rules].map(([pods, { ingress, egress }]) =>
    draft(view, pods, { ingress: joined(ingress), egress: joined(egress) }, taken),
  );
}

/** A policy that lets nothing pass in a namespace, in the directions. */
export function denyAll(view: PlatformView, { namespace, directions }: Closing): KubeObject {
  const wanted = directions.length === 1 ? `default-deny-${directions[0]}` : 'default-deny';
  const policyTypes = directions.map((direction) => (direction === 'ingress' ? 'Ingress' : 'Egress'));
  return policy(namespace, freeName(namespace, wanted, takenNames(view)), { podSelector: {}, policyTypes });
}

/** Whether a flow to the DNS may be let pass for all of its namespace at once: where a pod is open yet, a policy about all would close it. */
export function isDnsOfAll(reach: Reachability, flow: Flow): boolean {
  if (!('kind' in flow) || flow.kind !== 'dns') return false;
  return flow.from.every(
    (end) =>
      end.kind === 'pods' &&
      (reach.classes.byNamespace.get(end.pods.namespace.name) ?? []).every(
        (pods) => pods.hostNetwork || reach.isIsolated(pods, 'egress') === 'yes',
      ),
  );
}

/** One policy for each namespace that lacks it: names are asked for by every pod, and over both protocols. */
export function dnsPolicies(view: PlatformView, flows: readonly Flow[]): KubeObject[] {
  const namespaces = flows.flatMap(({ from }) =>
    from.flatMap((end) => (end.kind === 'pods' ? end.pods.namespace.name : [])),
  );
  const taken = takenNames(view);
  return [...new Set(namespaces)].map((namespace) =>
    policy(namespace, freeName(namespace, 'allow-dns', taken), {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
  );
}

function takenNames(view: PlatformView): Set<string> {
  return new Set(view.objects('NetworkPolicy.networking.k8s.io').map(({ namespace, name }) => `${namespace}/${name}`));
}

/** A name that no policy of the namespace has yet, and that is taken from now on. */
function freeName(namespace: string, wanted: string, taken: Set<string>): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (taken.has(`${namespace}/${name}`)) continue;
    taken.add(`${namespace}/${name}`);
    return name;
  }
}

/** Of ends of which any will do, the nearest: load balancers before the internet, pods before addresses. */
function pairsOf({ from, to }: Flow): [Endpoint, Endpoint][] {
  const nearest = (ends: readonly Endpoint[]): Endpoint[] => {
    const pods = ends.filter(({ kind }) => kind === 'pods');
    if (pods.length > 0) return pods;
    const known = ends.filter((end) => end !== INTERNET && end.kind !== 'hosts');
    return known.length > 0 ? known : [...ends];
  };
  return nearest(from).flatMap((sender) => nearest(to).map((receiver): [Endpoint, Endpoint] => [sender, receiver]));
}

function peersOf(view: PlatformView, end: Endpoint): object[] {
  if (end === INTERNET) return [{ ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } }];
  if (end.kind === 'addresses') return cidrsOf(end.addresses as Addresses).map((cidr) => ({ ipBlock: { cidr } }));
  if (end.kind !== 'pods') return [];
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': end.pods.namespace.name } },
      podSelector: { matchLabels: labelsOf(view, end.pods) },
    },
  ];
}

/** What is not the internet's: private, shared, link-local and loopback addresses (RFC 1918, 6598, 3927). */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

/** The labels by which the workload selects its own pods, where they select no others of the namespace; else all it has. */
function labelsOf(
  view: PlatformView,
  { labels, members, namespace, index }: PodClass,
): Readonly<Record<string, string>> {
  const workload = view.workloads().find((one) => podsId(one) === members[0]?.id);
  const selector = workload === undefined ? undefined : readSelector(cursor(workload.object).get('spec', 'selector'));
  if (workload === undefined || selector === undefined)
    return index >= 0 && labels.complete ? withoutAccount(labels.labels) : narrowest(withoutAccount(labels.labels));
  const others = view
    .workloads()
    .some(
      (other: Workload) =>
        other.namespace === namespace.name &&
        !members.some(({ id }) => id === podsId(other)) &&
        selects(selector, other.podLabels),
    );
  const own = Object.keys(selector.matchLabels).length > 0 && selector.matchExpressions.length === 0;
  return own && !others ? selector.matchLabels : withoutAccount(labels.labels);
}

/** Of pods that something else makes, the one label that is surely theirs. */
function narrowest(labels: Readonly<Record<string, string>>): Record<string, string> {
  const key = ['app.kubernetes.io/name', 'k8s-app', 'app'].find((name) => labels[name] !== undefined);
  return key === undefined ? { ...labels } : { [key]: labels[key] ?? '' };
}

/** Rules of equal ports become one, peers once. */
function joined(rules: readonly Rule[]): Rule[] {
  const byPorts = new Map<string, { peers: Map<string, object>; ports: readonly object[] }>();
  for (const { peers, ports } of rules) {
    const key = JSON.stringify(ports);
    const known = byPorts.get(key) ?? { peers: new Map<string, object>(), ports };
    for (const peer of peers) known.peers.set(JSON.stringify(peer), peer);
    byPorts.set(key, known);
  }
  return [...byPorts.values()].map(({ peers, ports }) => ({ peers: [...peers.values()], ports }));
}

function draft(
  view: PlatformView,
  pods: PodClass,
  { ingress, egress }: { ingress: Rule[]; egress: Rule[] },
  taken: Set<string>,
): KubeObject {
  const namespace = pods.namespace.name;
  const base = /\/([^[]+)\[/.exec(pods.members[0]?.id ?? '')?.[1] ?? 'pods';
  const name = freeName(namespace, base, taken);
  return policy(namespace, name, {
    podSelector: { matchLabels: labelsOf(view, pods) },
    policyTypes: [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])],
    ...(ingress.length > 0 && { ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })) }),
    ...(egress.length > 0 && { egress: egress.map(({ peers, ports }) => ({ to: peers, ports })) }),
  });
}

function policy(namespace: string, name: string, spec: object): KubeObject {
  const apiVersion = 'networking.k8s.io/v1';
  const kind = 'NetworkPolicy';
  const body = { apiVersion, kind, metadata: { name, namespace }, spec };
  return { apiVersion, kind, namespace, name, labels: {}, body, deployable: 'synth', origin: { path: '' } };
}
