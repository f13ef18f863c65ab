import type { AddressBlock } from '../../../model/cidr.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Told } from '../read.ts';

/** Ports of one rule, both ends included. */
export interface Ports {
  readonly from: number;
  readonly to: number;
}

/** TCP, UDP and what carries neither ports nor a name here; `all` is every protocol. */
export type Protocol = 'tcp' | 'udp' | 'all' | 'other';

/** What a rule of a security group lets in or out. */
export type Peer =
  | { readonly is: 'block'; readonly block: AddressBlock; readonly text: string }
  /** Whatever carries the group. */
  | { readonly is: 'group'; readonly group: string }
  /** `group`: it is a group, so nobody from the internet. */
  | { readonly is: 'unknown'; readonly because: string; readonly group?: true };

export interface GroupRule {
  readonly protocol: Protocol;
  readonly ports: Ports;
  readonly peers: readonly Peer[];
  /** Why its protocol or its ports are not known; then they are all that they may be. */
  readonly unsure?: string;
  readonly origin: Origin;
}

/** A security group: connections that a rule lets in are answered by themselves. */
export interface Group {
  readonly id: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
  /** Why there may be more rules than these. */
  readonly open?: string;
  /** Why it cannot be told how many rules for what comes in stand in the group itself. */
  readonly unlisted?: string;
  readonly origin: Origin;
}

/** A rule of a network ACL: the lowest number that matches decides. */
export interface AclRule {
  readonly number: number;
  readonly allow: boolean;
  readonly protocol: Protocol;
  readonly ports: Ports;
  readonly block: AddressBlock;
  readonly origin: Origin;
}

export interface Acl {
  readonly id: string;
  readonly ingress: readonly AclRule[];
  readonly egress: readonly AclRule[];
  readonly open?: string;
  readonly origin: Origin;
}

/** Where a route leads. `internet`: an internet gateway, which alone lets connections in. */
export type Target =
  | 'local'
  | 'internet'
  | 'nat'
  | 'egress-only'
  | 'transit'
  | 'peering'
  | 'vpn'
  | 'endpoint'
  | 'other'
  | 'unknown';

export interface Route {
  readonly block: AddressBlock;
  readonly target: Target;
  readonly id: string;
  readonly origin: Origin;
}

export interface RouteTable {
  readonly id: string;
  readonly routes: readonly Route[];
  readonly open?: string;
  readonly origin: Origin;
}

export const TIERS = ['public', 'private', 'data', 'management', 'gpu'] as const;
export type Tier = (typeof TIERS)[number];

export interface Subnet {
  readonly id: string;
  readonly vpc: string | undefined;
  /** IPv4 first, then IPv6; empty where it is not known. */
  readonly blocks: readonly AddressBlock[];
  readonly cidr: string;
  /** Name or reference of its zone, equal for subnets of one zone; `undefined` where it is not known. */
  readonly zone: string | undefined;
  /** `undefined`: no association names it and the main table of its network is not here. */
  readonly table: RouteTable | undefined;
  /** Why its routes are not known. */
  readonly unrouted?: string;
  /** `undefined`: the default one of its network, which allows everything. */
  readonly acl: Acl | undefined;
  readonly uncertain?: string;
  /** What it is said to be, by the spec, a tag or its name. */
  readonly said: { readonly tier: Tier; readonly by: string } | undefined;
  readonly assignsPublic: Told<boolean>;
  readonly origin: Origin;
}

export type HostKind = 'store' | 'instance' | 'balancer' | 'nodes' | 'function' | 'endpoint';

/** Something with an address in a subnet. */
export interface Host {
  readonly id: string;
  readonly kind: HostKind;
  /** `PostgreSQL`, `Redis`, `load balancer`: what people call it. */
  readonly what: string;
  readonly subnets: readonly Subnet[];
  /** Why its subnets are not known. */
  readonly unplaced?: string;
  readonly groups: readonly string[];
  readonly ungrouped?: string;
  /** Whether it has an address of the internet's. */
  readonly public: Told<boolean>;
  /** Ports that it listens on; for a balancer those of its listeners. */
  readonly ports: readonly number[];
  /** What a balancer forwards to. */
  readonly forwards: readonly string[];
  readonly origin: Origin;
}

/** A network of AWS as one root of Terraform describes it. */
export interface Network {
  readonly vpcs: readonly { readonly id: string; readonly blocks: readonly AddressBlock[]; readonly origin: Origin }[];
  readonly subnets: readonly Subnet[];
  readonly groups: ReadonlyMap<string, Group>;
  readonly hosts: readonly Host[];
}
