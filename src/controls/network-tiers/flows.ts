import { overlaps, parseCidr } from '../../model/cidr.ts';
import { cursor, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import { resourcesOfStore, type Host, type Topology } from '../../proofs/topology/index.ts';

/** A declared flow from a service to a store that Terraform makes: what both sides say of its port. */
export interface ManagedFlow {
  /** `service/api -> store/cache`. */
  readonly name: string;
  readonly port: number;
  readonly store: string;
  /** Ports on which the store listens. */
  readonly listens: readonly number[];
  /** Workloads whose network policies let no connection out to the port at the store. */
  readonly blocked: readonly { readonly workload: string; readonly origin: Origin }[];
  readonly origin: Origin;
}

/** Flows of the spec to stores that are resources. Both the security group and the egress rule must carry the flow. */
export function managedFlows(view: PlatformView, topologies: readonly Topology[]): ManagedFlow[] {
  if (view.provisional) return [];
  const configurations = topologies.map(({ configuration }) => configuration);
  const hosts = topologies.flatMap(({ network }) => network.hosts);
  return (view.spec.flows ?? []).flatMap(({ from, to, port }) => {
    const store = to.startsWith('store/') ? view.store(to.slice('store/'.length)) : undefined;
    if (store === undefined) return [];
    return resourcesOfStore(configurations, store).flatMap((resource) => {
      const host = hosts.find(({ id }) => id === resource.address);
      const wanted = port ?? store.port ?? host?.ports[0];
      if (host === undefined || wanted === undefined) return [];
      const workloads = from.startsWith('service/')
        ? (view.service(from.slice('service/'.length))?.workloads ?? [])
        : [];
      return [
        {
          name: `${from} -> ${to}`,
          port: wanted,
          store: host.id,
          listens: host.ports,
          blocked: workloads.flatMap((workload) => blockedBy(view, workload, host, wanted)),
          origin: host.origin,
        },
      ];
    });
  });
}

/** Policies that isolate the workload's egress and among which none lets the port out towards the store's subnets. */
function blockedBy(view: PlatformView, workload: Workload, host: Host, port: number): ManagedFlow['blocked'] {
  const isolating = view.objects('NetworkPolicy.networking.k8s.io', workload.namespace).filter((policy) => {
    const selector = readSelector(cursor(policy).get('spec', 'podSelector'));
    return isolatesEgress(policy) && selector !== undefined && selects(selector, workload.podLabels);
  });
  const [first] = isolating;
  if (first === undefined || isolating.some((policy) => letsOut(policy, host, port))) return [];
  return [{ workload: workloadName(workload), origin: first.origin }];
}

function isolatesEgress(policy: KubeObject): boolean {
  const spec = cursor(policy).get('spec');
  const types = spec.get('policyTypes').strings();
  return types.length === 0 ? spec.get('egress').exists : types.includes('Egress');
}

/** A rule without peers lets out to everywhere; peers that are pods are not the store. */
function letsOut(policy: KubeObject, host: Host, port: number): boolean {
  return cursor(policy)
    .get('spec', 'egress')
    .items()
    .some((rule) => {
      const ports = rule.get('ports').items();
      const isPort =
        ports.length === 0 ||
        ports.some((one) => coversPort(one.get('port').integerOrString(), one.get('endPort').integer(), port));
      const peers = rule.get('to').items();
      const blocks = peers.flatMap((peer) => parseCidr(peer.get('ipBlock', 'cidr').string() ?? '') ?? []);
      const towards = blocks.some((block) =>
        host.subnets.some((subnet) => subnet.blocks.some((one) => overlaps(one, block))),
      );
      return isPort && (peers.length === 0 || towards || (host.subnets.length === 0 && blocks.length > 0));
    });
}

function coversPort(from: number | string | undefined, to: number | undefined, port: number): boolean {
  if (from === undefined) return true;
  return typeof from === 'number' && from <= port && port <= (to ?? from);
}
