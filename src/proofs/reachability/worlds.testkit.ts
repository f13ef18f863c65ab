/** Random clusters as raw manifests: for the oracle as they are, for the engine through the readers. */
import fc from 'fast-check';
import type { OraclePod, OracleWorld } from './oracle.testkit.ts';
import { blockOf, joined } from './addresses.ts';
import { Reachability } from './reach.ts';
import type { CalicoPolicy, NamespaceInput } from './types.ts';
import type { KubeObject } from '../../model/kube.ts';
import { calicoParts } from './worlds-calico.testkit.ts';
import { ciliumPolicy } from './worlds-cilium.testkit.ts';
import { readCalico } from './read/calico/index.ts';
import { readSet } from './read/calico/sets.ts';
import { readTier as readCalicoTier } from './read/calico/tiers.ts';
import { readCilium } from './read/cilium/index.ts';
import { readPolicy } from './read/policies.ts';
import { readTier } from './read/tiers.ts';
import { kubeObject } from './reach.testkit.ts';
import { CUTTING, labels, NAMESPACES, NODE_RANGE, POD_RANGE, selector, WHOLE } from './worlds-parts.testkit.ts';

/** A cluster whose every fact is settled, and what of it the engine is told. */
export interface Known {
  readonly world: OracleWorld;
  /** Namespaces of which a manifest exists. */
  readonly declaredNamespaces: readonly string[];
  readonly addresses: boolean;
  /** Whether nodes may be host endpoints of Calico. */
  readonly hostEndpoints: boolean;
}

/** Whose policies a cluster has beside those of Kubernetes. */
export type Plugin = 'cilium' | 'calico';

const namespaceSelector = fc.oneof(
  { weight: 3, arbitrary: selector },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...NAMESPACES).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
  },
);
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');

function block(cutting: boolean) {
  const cidr = fc.constantFrom(...WHOLE, ...(cutting ? CUTTING : []));
  const exceptions: Record<string, string[]> = {
    '0.0.0.0/0': ['10.0.0.0/8', '203.0.113.0/24', POD_RANGE],
    '10.0.0.0/8': [POD_RANGE, NODE_RANGE, ...(cutting ? ['10.1.128.0/17'] : [])],
    '203.0.113.0/24': ['203.0.113.128/25'],
    '0:0:0:0:0:0:0:0/0': ['fd00:0:0:0:0:0:0:0/8'],
  };
  return cidr.chain((text) => {
    const inner = exceptions[text];
    if (inner === undefined) return fc.constant({ ipBlock: { cidr: text } });
    return fc
      .subarray(inner)
      .map((except) => ({ ipBlock: except.length === 0 ? { cidr: text } : { cidr: text, except } }));
  });
}

const networkPort = fc.oneof(
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.constantFrom(53, 80, 8080) }),
  fc.constantFrom({ port: 80 }, { port: 80, endPort: 8080 }, { port: 53, endPort: 53, protocol: 'UDP' }),
  fc.record({ protocol, port: fc.constantFrom('web', 'dns') }),
);

function networkPolicy(cutting: boolean) {
  const peer = fc.oneof(
    { weight: 2, arbitrary: selector.map((podSelector) => ({ podSelector })) },
    { weight: 1, arbitrary: namespaceSelector.map((chosen) => ({ namespaceSelector: chosen })) },
    { weight: 2, arbitrary: fc.record({ namespaceSelector, podSelector: selector }) },
    { weight: 2, arbitrary: block(cutting) },
  );
  const rule = (side: 'from' | 'to') =>
    fc.record(
      { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(networkPort, { maxLength: 2 }) },
      { requiredKeys: [] },
    );
  const spec = fc.record(
    {
      podSelector: selector,
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'], []),
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  return fc.record({ namespace: fc.constantFrom(...NAMESPACES), spec });
}

const destinationPort = fc.constantFrom({ number: 80 }, { number: 53 }, { range: { start: 53, end: 8080 } });
const clusterPort = fc.oneof(
  fc
    .constantFrom('tcp', 'udp', 'sctp')
    .chain((key) => destinationPort.map((port) => ({ [key]: { destinationPort: port } }))),
  fc.constantFrom('web', 'dns').map((name) => ({ destinationNamedPort: name })),
);

function clusterPolicy(cutting: boolean, priority: fc.Arbitrary<number>) {
  const subject = fc.oneof(
    namespaceSelector.map((namespaces) => ({ namespaces })),
    fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
  );
  const networks = fc.constantFrom(...WHOLE, ...(cutting ? CUTTING : [])).map((cidr) => ({ networks: [cidr] }));
  const rule = (side: 'from' | 'to') =>
    fc
      .record({
        action: fc.constantFrom('Accept', 'Deny', 'Pass'),
        peers: fc.array(
          fc.oneof(
            { weight: 6, arbitrary: subject },
            ...(side === 'to'
              ? [
                  { weight: 2, arbitrary: networks },
                  { weight: 1, arbitrary: fc.constant({ nodes: {} }) },
                ]
              : []),
            { weight: 1, arbitrary: fc.constant({ novelty: {} }) },
          ),
          { minLength: 1, maxLength: 2 },
        ),
        protocols: fc.option(fc.array(clusterPort, { minLength: 1, maxLength: 2 }), { nil: undefined }),
      })
      .map(({ action, peers, protocols }) => {
        const named = protocols?.some((one) => 'destinationNamedPort' in one) === true;
        const fitting = named ? peers.filter((peer) => !('networks' in peer) && !('nodes' in peer)) : peers;
        return {
          action,
          [side]: fitting.length === 0 ? [{ namespaces: {} }] : fitting,
          ...(protocols && { protocols }),
        };
      });
  return fc.record({
    tier: fc.constantFrom('Admin', 'Baseline'),
    priority,
    subject,
    ingress: fc.array(rule('from'), { maxLength: 2 }),
    egress: fc.array(rule('to'), { maxLength: 2 }),
  });
}

function pod(index: number, host: boolean): fc.Arbitrary<OraclePod> {
  const port = fc.record({ name: fc.constantFrom('web', 'dns'), protocol, port: fc.constantFrom(53, 80, 8080) });
  return fc.record({
    id: fc.constant(`pod-${index}`),
    namespace: fc.constantFrom(...NAMESPACES),
    labels,
    ip: fc.constant(`10.1.0.${index + 1}`),
    node: fc.constantFrom('n1', 'n2'),
    hostNetwork: host ? fc.boolean() : fc.constant(false),
    ports: fc.uniqueArray(port, { maxLength: 2, selector: ({ name, protocol: p }) => `${name} ${p}` }),
  });
}

/** `settled`: nothing is left open, so the engine must agree in everything. */
export function clusters(settled: boolean, plugin: Plugin = 'cilium'): fc.Arbitrary<Known> {
  const names = ['p0', 'p1', 'p2', 'c0', 'c1', 'c2', 'c3'];
  const priority = settled ? fc.constant(0) : fc.constantFrom(1, 1, 2);
  return fc
    .record({
      pods: fc.tuple(pod(0, !settled), pod(1, !settled), pod(2, !settled)),
      namespaces: fc.tuple(labels, labels, labels),
      networkPolicies: fc.array(networkPolicy(!settled), { maxLength: 4 }),
      clusterPolicies: fc.array(clusterPolicy(!settled, priority), { maxLength: 3 }),
      ciliumPolicies: fc.array(ciliumPolicy(settled), { maxLength: plugin === 'cilium' ? 2 : 0 }),
      calico: plugin === 'calico' ? calicoParts(settled) : fc.constant({ policies: [], tiers: [], sets: [] }),
      hostEndpoints: settled ? fc.constant(false) : fc.boolean(),
      declaredNamespaces: settled ? fc.constant(NAMESPACES) : fc.subarray(NAMESPACES),
      addresses: settled ? fc.constant(true) : fc.boolean(),
    })
    .map(({ pods, namespaces, networkPolicies, clusterPolicies, ciliumPolicies, calico, ...known }) => ({
      ...known,
      world: {
        pods,
        namespaces: Object.fromEntries(NAMESPACES.map((name, index) => [name, namespaces[index] ?? {}])),
        nodes: { n1: '10.2.0.1', n2: '10.2.0.2', n3: '10.2.0.3' },
        networkPolicies: networkPolicies.map(({ namespace, spec }, index) => ({ namespace, spec, name: `np${index}` })),
        clusterPolicies: clusterPolicies.map((spec, index) => ({
          name: `p${index}`,
          spec: settled ? { ...spec, priority: index } : spec,
        })),
        ciliumPolicies: ciliumPolicies.map((policy, index) => ({ ...policy, name: `cnp${index}` })),
        calicoPolicies: calico.policies,
        calicoTiers: calico.tiers,
        networkSets: calico.sets,
        hostsAreEndpoints: false,
        networkPoliciesFirst: true,
        cidrSelectsNodes: false,
        labelsReachFar: true,
        ownNodeMayBeDenied: false,
        hostPodsArePods: true,
        tieOrder: names,
      },
    }));
}

/** What the engine makes of as much of a cluster as it is told. */
export function engineOf({ world, declaredNamespaces, addresses, hostEndpoints }: Known): Reachability {
  const namespaces = declaredNamespaces.map((name) => ({ name, labels: world.namespaces[name] ?? {}, complete: true }));
  return new Reachability({
    namespaces,
    pods: world.pods.map(({ id, namespace, labels: own, hostNetwork, ports }) => ({
      id,
      namespace,
      labels: own,
      hostNetwork,
      ports: ports as never,
    })),
    policies: world.networkPolicies.map(({ namespace, name, spec }) =>
      readPolicy(kubeObject('NetworkPolicy', `${namespace}/${name}`, spec)),
    ),
    plugin: world.ciliumPolicies.flatMap(({ namespace, name, spec }) =>
      readCilium(
        namespace === undefined
          ? kubeObject('CiliumClusterwideNetworkPolicy', name, spec)
          : kubeObject('CiliumNetworkPolicy', `${namespace}/${name}`, spec),
        { services: [], groups: [] },
      ),
    ),
    tiers: world.clusterPolicies.map(({ name, spec }) => readTier(kubeObject('ClusterNetworkPolicy', name, spec))),
    calico: calicoOf(world, namespaces, hostEndpoints),
    services: [],
    podAddresses: addresses ? joined([blockOf(POD_RANGE) ?? []]) : undefined,
    nodeAddresses: addresses ? joined([blockOf(NODE_RANGE) ?? []]) : undefined,
  });
}

function calicoOf(world: OracleWorld, namespaces: readonly NamespaceInput[], hostEndpoints: boolean): CalicoPolicy[] {
  const object = (kind: string, { namespace, name }: { namespace?: string; name: string }, spec: object): KubeObject =>
    kubeObject(
      namespace === undefined ? `Global${kind}` : kind,
      namespace === undefined ? name : `${namespace}/${name}`,
      {
        ...spec,
      },
    );
  const around = {
    services: [],
    namespaces,
    sets: world.networkSets.flatMap((set) =>
      readSet({ ...object('NetworkSet', set, { nets: set.nets }), labels: set.labels }),
    ),
    tiers: world.calicoTiers.flatMap(({ name, ...spec }) => readCalicoTier(kubeObject('Tier', name, spec))),
    hostEndpoints,
  };
  return world.calicoPolicies.flatMap((policy) => readCalico(object('NetworkPolicy', policy, policy.spec), around));
}
