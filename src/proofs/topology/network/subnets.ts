import { parseCidr, type AddressBlock } from '../../../model/cidr.ts';
import { Reference, textOf, type Body, type Configuration, type Resource } from '../evaluate/index.ts';
import { flag, identityAt, text } from '../read.ts';
import { aclsOf } from './rules.ts';
import type { Route, RouteTable, Subnet, Target, Tier } from './types.ts';

/** The subnets of a root with their routes, ACLs and what they are said to be. `named`: tiers that the spec gives to ranges. */
export function subnetsOf(
  configuration: Configuration,
  named: (block: AddressBlock) => { tier: Tier; by: string } | undefined,
): Subnet[] {
  const tables = new Map(
    ['aws_route_table', 'aws_default_route_table']
      .flatMap((type) => configuration.of(type))
      .map((resource) => [resource.address, tableOf(configuration, resource)] as const),
  );
  const routing = associationsOf(configuration, tables);
  const acls = aclsOf(configuration);
  return ['aws_subnet', 'aws_default_subnet'].flatMap((type) =>
    configuration.of(type).map((resource): Subnet => {
      const blocks = ['cidr_block', 'ipv6_cidr_block'].flatMap((name) => {
        const written = text(resource, name, '');
        return written.known ? (parseCidr(written.value) ?? []) : [];
      });
      const vpc = identityAt(resource, 'vpc_id');
      const acl = acls.ofSubnet.get(resource.address) ?? acls.ofNetwork.get(vpc ?? '');
      const routed = routing(resource.address, vpc);
      return {
        id: resource.address,
        vpc,
        blocks,
        cidr: text(resource, 'cidr_block', '').known
          ? (textOf(resource.attribute('cidr_block')?.value ?? '') ?? '')
          : '',
        zone: zoneOf(resource),
        table: routed.table,
        ...(routed.because === undefined ? {} : { unrouted: routed.because }),
        acl:
          acl ??
          (acls.open === undefined
            ? undefined
            : { id: 'unknown', ingress: [], egress: [], open: acls.open, origin: resource.origin }),
        ...(resource.uncertain === undefined ? {} : { uncertain: resource.uncertain }),
        said: blocks.map(named).find((found) => found !== undefined) ?? saidBy(resource),
        assignsPublic: flag(resource, 'map_public_ip_on_launch', false),
        origin: resource.origin,
      };
    }),
  );
}

function zoneOf(resource: Resource): string | undefined {
  const value = (resource.attribute('availability_zone') ?? resource.attribute('availability_zone_id'))?.value;
  if (value instanceof Reference) return value.text;
  return value === undefined ? undefined : textOf(value);
}

/** A route table, or the main one of a network, which has local routes and those that are added to it by name. */
function tableOf(configuration: Configuration, resource: Resource): RouteTable {
  const apart = configuration
    .of('aws_route')
    .filter((route) => identityAt(route, 'route_table_id') === resource.address);
  const routes = [...resource.blocks('route'), ...apart].map(routeOf);
  const open =
    resource.open('route') ??
    apart.find(({ uncertain }) => uncertain !== undefined)?.uncertain ??
    routes.find((route): route is string => typeof route === 'string');
  return {
    id: resource.type === 'aws_vpc' ? `the main table of ${resource.address}` : resource.address,
    routes: routes.flatMap((route) => (typeof route === 'string' ? [] : [route])),
    ...(open === undefined ? {} : { open }),
    origin: resource.origin,
  };
}

const TARGETS: readonly (readonly [attribute: string, target: Target])[] = [
  ['nat_gateway_id', 'nat'],
  ['egress_only_gateway_id', 'egress-only'],
  ['transit_gateway_id', 'transit'],
  ['vpc_peering_connection_id', 'peering'],
  ['vpc_endpoint_id', 'endpoint'],
  ['network_interface_id', 'other'],
  ['local_gateway_id', 'other'],
  ['carrier_gateway_id', 'other'],
  ['core_network_arn', 'transit'],
];

/** A route, or why it is not known. Routes to prefix lists lead to services of AWS. */
function routeOf(body: Body): Route | string {
  const name = ['destination_cidr_block', 'cidr_block', 'destination_ipv6_cidr_block', 'ipv6_cidr_block'].find(
    (candidate) => body.attribute(candidate) !== undefined && body.attribute(candidate)?.value !== '',
  );
  const prefix: AddressBlock = { family: 4, first: 0n, last: -1n };
  const written = name === undefined ? undefined : text(body, name, '');
  if (written !== undefined && !written.known) return written.because;
  const block = written === undefined ? prefix : parseCidr(written.value);
  if (block === undefined) return `${written?.value ?? ''} is no address block`;
  const [target, id] = targetOf(body);
  return { block, target, id, origin: body.origin };
}

function targetOf(body: Body): [Target, string] {
  for (const [attribute, target] of TARGETS) {
    const value = body.attribute(attribute)?.value;
    if (value !== undefined && value !== '') return [target, identityAt(body, attribute) ?? attribute];
  }
  const gateway = identityAt(body, 'gateway_id');
  if (gateway === undefined) return ['unknown', 'a target that is not known'];
  if (gateway === 'local') return ['local', gateway];
  if (/aws_vpn_gateway|^vgw-/.test(gateway)) return ['vpn', gateway];
  return /aws_internet_gateway|^igw-|module\.[^.]+\.igw/.test(gateway) ? ['internet', gateway] : ['unknown', gateway];
}

interface Routed {
  readonly table: RouteTable | undefined;
  readonly because?: string;
}

/** Which table a subnet follows: the one that is associated with it, else the main table of its network. */
function associationsOf(
  configuration: Configuration,
  tables: ReadonlyMap<string, RouteTable>,
): (subnet: string, vpc: string | undefined) => Routed {
  const bySubnet = new Map<string, Resource>();
  let unclear: string | undefined;
  for (const resource of configuration.of('aws_route_table_association')) {
    const subnet = identityAt(resource, 'subnet_id');
    if (subnet !== undefined) bySubnet.set(subnet, resource);
    else if (resource.attribute('gateway_id') === undefined)
      unclear = `${resource.address} is for a subnet that is not known`;
  }
  const mainOf = new Map<string, string>();
  for (const resource of configuration.of('aws_main_route_table_association'))
    mainOf.set(identityAt(resource, 'vpc_id') ?? '', identityAt(resource, 'route_table_id') ?? '');
  for (const resource of configuration.of('aws_default_route_table'))
    mainOf.set(identityAt(resource, 'default_route_table_id') ?? '', resource.address);
  const mainTables = new Map(
    configuration.of('aws_vpc').map((vpc) => [vpc.address, tableOf(configuration, vpc)] as const),
  );
  return (subnet, vpc) => {
    const association = bySubnet.get(subnet);
    const id = association === undefined ? mainOf.get(vpc ?? '') : identityAt(association, 'route_table_id');
    const table = id !== undefined ? tables.get(id) : association === undefined ? mainTables.get(vpc ?? '') : undefined;
    if (table !== undefined && association === undefined && unclear !== undefined)
      return { table: undefined, because: unclear };
    if (table !== undefined)
      return table.open === undefined ? { table } : { table, because: `${table.id}: ${table.open}` };
    if (association !== undefined)
      return { table: undefined, because: `the route table of ${subnet} is not described here` };
    if (unclear !== undefined) return { table: undefined, because: unclear };
    return {
      table: undefined,
      because: `${subnet} follows the main route table of its network, which is not described here`,
    };
  };
}

const WORDS: readonly (readonly [RegExp, Tier])[] = [
  [/^(?:gpu|tenant)s?$/, 'gpu'],
  [/^(?:data|database|databases|db|dbs|rds|cache|elasticache|redshift|persistence|storage)$/, 'data'],
  [/^(?:management|mgmt|bastion|control|endpoint|endpoints|transit|tgw)$/, 'management'],
  [/^(?:public|dmz|edge|ingress|web|lb)$/, 'public'],
  [/^(?:private|app|apps|application|compute|eks|nodes|workers|internal|intra|isolated)$/, 'private'],
];

/** What tags and the name say: `Tier = "data"`, `aws_subnet.private_db`. The more special word decides. */
function saidBy(resource: Resource): Subnet['said'] {
  const tags = resource.attribute('tags')?.value;
  const tag = (key: string): string | undefined => {
    const found =
      typeof tags === 'object' && tags !== null && !Array.isArray(tags)
        ? (tags as Record<string, unknown>)[key]
        : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  const sources: [string | undefined, string][] = [
    [tag('Tier') ?? tag('tier') ?? tag('Type') ?? tag('type'), 'its tag'],
    [resource.name, 'its name'],
    [tag('Name'), 'its name'],
  ];
  for (const [words, by] of sources) {
    const parts = (words ?? '').toLowerCase().split(/[^a-z]+/);
    const found = WORDS.find(([pattern]) => parts.some((part) => pattern.test(part)));
    if (found !== undefined) return { tier: found[1], by };
  }
  return undefined;
}
