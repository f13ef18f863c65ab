import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  admissionsOf,
  isInternet,
  strangersPath,
  tierOf,
  topologiesOf,
  wayOut,
  type Admission,
  type Host,
  type Network,
  type Reach,
  type Subnet,
  type Tier,
  type Unclear,
} from '../../proofs/topology/index.ts';
import { clustersOf, foreignOf, type Cluster, type Foreign } from './elsewhere.ts';
import { managedFlows, type ManagedFlow } from './flows.ts';
import { moduleClusters, moduleDoors, unreadModules, type UnreadCall } from './modules.ts';

export interface SubnetFact {
  readonly id: string;
  readonly cidr: string;
  readonly tier: Tier | undefined;
  readonly by: string;
  readonly zone: string | undefined;
  readonly vpc: string | undefined;
  readonly out: { readonly way: 'internet' | 'nat'; readonly id: string; readonly origin: Origin } | undefined;
  /** Why its routes, or its being there, are not known. */
  readonly unclear: string | undefined;
  readonly origin: Origin;
}

export interface StoreFact {
  readonly id: string;
  readonly what: string;
  readonly ports: readonly number[];
  readonly public: 'yes' | 'no' | Unclear;
  readonly publicOrigin: Origin;
  readonly lies: readonly { readonly subnet: string; readonly tier: Tier | undefined }[];
  readonly unplaced: string | undefined;
  readonly reach: readonly Reach[];
  readonly admissions: readonly Admission[];
  readonly unclear: readonly Unclear[];
  readonly origin: Origin;
}

/** A rule that lets the internet in. */
export interface Door {
  readonly group: string;
  readonly from: string;
  readonly ports: { readonly from: number; readonly to: number };
  readonly protocol: string;
  readonly origin: Origin;
}

/** A rule of which it is not known whom it lets in; ports are all where the rule itself is not known. */
export interface Ajar extends Pick<Door, 'ports' | 'protocol' | 'origin'> {
  readonly because: string;
}

export interface Tiers {
  readonly subnets: readonly SubnetFact[];
  readonly stores: readonly StoreFact[];
  readonly doors: readonly Door[];
  /** Rules that may let the internet in, and why that is not known. */
  readonly ajar: readonly Ajar[];
  readonly clusters: readonly Cluster[];
  readonly foreign: readonly Foreign[];
  readonly flows: readonly ManagedFlow[];
  readonly unread: readonly UnreadCall[];
}

/** The environment, where Terraform describes something of it, or a spec says that there is a platform. */
export function networked(view: PlatformView): Subject[] {
  const described = topologiesOf(view).some(
    ({ network, configuration }) =>
      isNetworked(network, configuration.unread.length) || foreignOf(configuration).length > 0,
  );
  if (!described && (view.provisional || view.environment.kind === 'lab')) return [];
  return [{ kind: 'environment', name: view.environment.name }];
}

function isNetworked({ vpcs, subnets, groups, hosts }: Network, unread: number): boolean {
  return vpcs.length + subnets.length + groups.size + hosts.length + unread > 0;
}

export function tiers(): Query<Tiers> {
  return (view) => {
    const topologies = topologiesOf(view);
    return {
      subnets: topologies.flatMap(({ network }) => network.subnets.map((subnet) => subnetFact(network, subnet))),
      stores: topologies.flatMap(({ network }) =>
        network.hosts.filter(({ kind }) => kind === 'store').map((host) => storeFact(network, host)),
      ),
      doors: topologies.flatMap(({ network, configuration }) => [...doorsOf(network), ...moduleDoors(configuration)]),
      ajar: topologies.flatMap(({ network }) => ajarOf(network)),
      clusters: topologies.flatMap(({ configuration }) => [
        ...clustersOf(configuration),
        ...moduleClusters(configuration),
      ]),
      foreign: topologies.flatMap(({ configuration }) => foreignOf(configuration)),
      flows: managedFlows(view, topologies),
      unread: topologies.flatMap(({ configuration }) => unreadModules(configuration)),
    };
  };
}

function subnetFact(network: Network, subnet: Subnet): SubnetFact {
  const [internet, nat] = [wayOut(subnet, 'internet'), wayOut(subnet, 'nat')];
  const route = internet ?? nat;
  return {
    id: subnet.id,
    cidr: subnet.cidr,
    tier: tierOf(network, subnet),
    by: subnet.said?.by ?? 'its routes',
    zone: subnet.zone,
    vpc: subnet.vpc,
    out:
      route === undefined
        ? undefined
        : { way: internet === undefined ? 'nat' : 'internet', id: route.id, origin: route.origin },
    unclear: subnet.uncertain ?? subnet.unrouted,
    origin: subnet.origin,
  };
}

function storeFact(network: Network, host: Host): StoreFact {
  const told = host.public;
  return {
    id: host.id,
    what: host.what,
    ports: host.ports,
    public: told.known ? (told.value ? 'yes' : 'no') : { because: told.because, origin: told.origin },
    publicOrigin: told.origin,
    lies: host.subnets.map((subnet) => ({ subnet: subnet.id, tier: tierOf(network, subnet) })),
    unplaced: host.unplaced,
    reach: host.ports.map((port) => strangersPath(network, host, port)),
    ...admissionsOf(network, host),
    origin: host.origin,
  };
}

function doorsOf(network: Network): Door[] {
  return [...network.groups.values()].flatMap((group) =>
    group.ingress.flatMap((rule) =>
      rule.peers.flatMap((peer): Door[] =>
        rule.unsure === undefined && peer.is === 'block' && isInternet(peer.block)
          ? [{ group: group.id, from: peer.text, ports: rule.ports, protocol: rule.protocol, origin: rule.origin }]
          : [],
      ),
    ),
  );
}

function ajarOf(network: Network): Ajar[] {
  return [...network.groups.values()].flatMap(({ id, ingress, unlisted, origin: place }) => [
    ...ingress.flatMap(({ peers, ports, protocol, unsure, origin }) =>
      peers.flatMap((peer): Ajar[] => {
        const open = peer.is === 'unknown' && peer.group !== true ? peer.because : undefined;
        const because = open ?? (peer.is === 'block' && isInternet(peer.block) ? unsure : undefined);
        return because === undefined ? [] : [{ because: `${id}: ${because}`, ports, protocol, origin }];
      }),
    ),
    ...(unlisted === undefined
      ? []
      : [{ because: `${id}: ${unlisted}`, ports: { from: 0, to: 65_535 }, protocol: 'all', origin: place }]),
  ]);
}
