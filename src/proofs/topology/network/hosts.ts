import { whyUnknown, type Body, type Configuration, type Resource } from '../evaluate/index.ts';
import { elements, flag, identityAt, identityOf, number, text, type Told } from '../read.ts';
import { ENGINE_PORTS, HOST_TYPES, type HostType } from './host-types.ts';
import type { Host, Subnet } from './types.ts';

export function hostsOf(configuration: Configuration, subnets: readonly Subnet[]): Host[] {
  const byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
  return HOST_TYPES.flatMap((type) =>
    configuration
      .of(type.type)
      .filter(({ mode }) => mode === 'managed')
      .flatMap((resource) => hostOf(configuration, type, resource, byId) ?? []),
  );
}

function hostOf(
  configuration: Configuration,
  type: HostType,
  resource: Resource,
  byId: ReadonlyMap<string, Subnet>,
): Host | undefined {
  const body = type.within === undefined ? resource : resource.blocks(type.within)[0];
  if (body === undefined && type.kind !== 'store') return undefined;
  const placement = placementOf(configuration, type, resource, body ?? resource, byId);
  const groups = groupsOf(configuration, type, resource, body ?? resource);
  return {
    id: resource.address,
    kind: type.kind,
    what: type.what,
    ...placement,
    ...groups,
    public: publicity(configuration, type, resource, body, placement.subnets),
    ports: portsOf(configuration, type, resource),
    forwards: type.kind === 'balancer' ? forwardsOf(configuration, resource) : [],
    origin: resource.origin,
  };
}

function placementOf(
  configuration: Configuration,
  { subnets: names, subnetGroup, type }: HostType,
  resource: Resource,
  body: Body,
  byId: ReadonlyMap<string, Subnet>,
): Pick<Host, 'subnets' | 'unplaced'> {
  let holder: Body = body;
  let listed: readonly string[] = names;
  if (subnetGroup !== undefined) {
    const found = groupNamed(configuration, resource, subnetGroup);
    if (typeof found === 'string') return { subnets: [], unplaced: found };
    [holder, listed] = [found, ['subnet_ids']];
  }
  const values = listed.flatMap((name) =>
    name === 'subnet_mapping'
      ? holder.blocks(name).flatMap((mapping) => elements(mapping, 'subnet_id'))
      : elements(holder, name),
  );
  if (values.length === 0) {
    const where =
      type.startsWith('aws_db') || type.startsWith('aws_rds') ? 'the default network' : 'no subnet that is named here';
    return { subnets: [], unplaced: `${resource.address} lies in ${where}` };
  }
  const found = values.map(({ value }) => byId.get(identityOf(value) ?? ''));
  const missing = found.indexOf(undefined);
  const subnets = found.filter((subnet) => subnet !== undefined);
  if (missing === -1) return { subnets };
  const value = values[missing]?.value ?? null;
  return {
    subnets,
    unplaced: `${resource.address} lies in ${identityOf(value) ?? 'a subnet'}, which is not described here`,
  };
}

/** The group of subnets that a resource names, by reference or by name; or why it is not known. */
function groupNamed(
  configuration: Configuration,
  resource: Resource,
  [attribute, type]: readonly [string, string],
): Resource | string {
  const at = resource.attribute(attribute);
  if (at === undefined) return `${resource.address} names no ${attribute}, so it lies in the default network`;
  const identity = identityOf(at.value);
  const found = configuration
    .of(type)
    .find(
      (one) =>
        one.address === identity ||
        (text(one, 'name', '').known && identityAt(one, 'name') === identity && identity !== undefined),
    );
  return found ?? `${resource.address} lies in ${identity ?? attribute}, which is not described here`;
}

function groupsOf(
  configuration: Configuration,
  type: HostType,
  resource: Resource,
  body: Body,
): Pick<Host, 'groups' | 'ungrouped'> {
  if (type.groups === 'none') return launched(configuration, resource);
  const values = elements(body, type.groups);
  const ids = values.map(({ value }) => identityOf(value));
  const missing = ids.indexOf(undefined);
  const groups = ids.filter((id) => id !== undefined);
  if (missing !== -1)
    return { groups, ungrouped: whyUnknown(values[missing]?.value ?? null) ?? 'a group is not known' };
  if (groups.length > 0) return { groups };
  if (
    type.kind === 'balancer' &&
    text(resource, 'load_balancer_type', 'application').known &&
    identityAt(resource, 'load_balancer_type') === 'network'
  )
    return { groups: [] };
  return { groups, ungrouped: `${resource.address} follows the default group of its network` };
}

/** Nodes take the groups of their launch template, or those of their cluster. */
function launched(configuration: Configuration, resource: Resource): Pick<Host, 'groups' | 'ungrouped'> {
  const cluster = identityAt(resource, 'cluster_name');
  const owner = configuration
    .of('aws_eks_cluster')
    .find((one) => one.address === cluster || (cluster !== undefined && identityAt(one, 'name') === cluster));
  const template = resource.blocks('launch_template')[0];
  const id = template === undefined ? undefined : (identityAt(template, 'id') ?? identityAt(template, 'name'));
  const launch = configuration
    .of('aws_launch_template')
    .find((one) => one.address === id || identityAt(one, 'name') === id);
  const named =
    launch === undefined
      ? []
      : elements(launch, 'vpc_security_group_ids').flatMap(({ value }) => identityOf(value) ?? []);
  if (named.length > 0) return { groups: named };
  return owner === undefined
    ? { groups: [], ungrouped: 'its groups are not described here' }
    : { groups: [owner.address] };
}

function publicity(
  configuration: Configuration,
  type: HostType,
  resource: Resource,
  body: Body | undefined,
  subnets: readonly Subnet[],
): Told<boolean> {
  const no: Told<boolean> = { known: true, value: false, origin: resource.origin };
  if (type.kind === 'balancer') return negated(flag(resource, 'internal', false));
  if (type.within === 'vpc_options' && body === undefined) return { known: true, value: true, origin: resource.origin };
  if (type.type === 'aws_msk_cluster') return brokersPublicity(resource, body);
  if (type.members !== undefined) return membersPublicity(configuration, type, resource, type.members);
  if (type.public === undefined) return no;
  if (type.kind !== 'instance') return flag(body ?? resource, type.public, false);
  const address =
    configuration.of('aws_eip').find((one) => identityAt(one, 'instance') === resource.address) ??
    configuration.of('aws_eip_association').find((one) => identityAt(one, 'instance_id') === resource.address);
  if (address !== undefined) return { known: true, value: true, origin: address.origin };
  if (resource.attribute(type.public) !== undefined) return flag(resource, type.public, false);
  return subnets[0]?.assignsPublic ?? no;
}

/** Brokers have addresses of the internet's where `public_access` gives them some; by themselves they have none. */
function brokersPublicity(cluster: Resource, nodes: Body | undefined): Told<boolean> {
  const open = nodes?.open('connectivity_info');
  if (open !== undefined) return { known: false, because: open, origin: cluster.origin };
  const [access] = nodes?.blocks('connectivity_info').flatMap((one) => one.blocks('public_access')) ?? [];
  if (access === undefined) return { known: true, value: false, origin: cluster.origin };
  const told = text(access, 'type', 'DISABLED');
  return told.known ? { ...told, value: told.value !== 'DISABLED' } : told;
}

function negated(told: Told<boolean>): Told<boolean> {
  return told.known ? { ...told, value: !told.value } : told;
}

function membersPublicity(
  configuration: Configuration,
  type: HostType,
  resource: Resource,
  [member, attribute]: readonly [string, string],
): Told<boolean> {
  const own = configuration.of(member).filter((one) => {
    const cluster = identityAt(one, attribute);
    return cluster === resource.address || (cluster !== undefined && cluster === identityAt(resource, attribute));
  });
  const answers = [resource, ...own].map((one) => flag(one, type.public ?? '', false));
  return (
    answers.find((answer) => answer.known && answer.value) ??
    answers.find((answer) => !answer.known) ?? { known: true, value: false, origin: resource.origin }
  );
}

function portsOf(configuration: Configuration, type: HostType, resource: Resource): number[] {
  if (type.kind === 'balancer')
    return listenersOf(configuration, resource).flatMap((one) => known(number(one, 'port', 0)) ?? []);
  const stated = known(number(resource, 'port', 0));
  if (stated !== undefined && stated !== 0) return [stated];
  const engine = known(text(resource, 'engine', '')) ?? '';
  const usual = ENGINE_PORTS.find(([pattern]) => pattern.test(engine));
  return usual === undefined ? [...type.ports] : [usual[1]];
}

function known<T>(told: Told<T>): T | undefined {
  return told.known ? told.value : undefined;
}

export function listenersOf(configuration: Configuration, balancer: Resource): readonly Resource[] {
  return ['aws_lb_listener', 'aws_alb_listener']
    .flatMap((type) => configuration.of(type))
    .filter((listener) => identityAt(listener, 'load_balancer_arn') === balancer.address);
}

/** What the target groups of a balancer's listeners and rules hold: instances by id; addresses are those of pods, which come and go. */
function forwardsOf(configuration: Configuration, balancer: Resource): string[] {
  const listeners = listenersOf(configuration, balancer);
  const own = new Set(listeners.map(({ address }) => address));
  const rules = configuration
    .of('aws_lb_listener_rule')
    .filter((rule) => own.has(identityAt(rule, 'listener_arn') ?? ''));
  const actions = [
    ...listeners.flatMap((one) => one.blocks('default_action')),
    ...rules.flatMap((one) => one.blocks('action')),
  ];
  const targets = new Set(
    actions.flatMap((action) => [
      identityAt(action, 'target_group_arn'),
      ...action
        .blocks('forward')
        .flatMap((forward) => forward.blocks('target_group').map((one) => identityAt(one, 'arn'))),
    ]),
  );
  return configuration
    .of('aws_lb_target_group_attachment')
    .filter((one) => targets.has(identityAt(one, 'target_group_arn')))
    .flatMap((one) => identityAt(one, 'target_id') ?? []);
}
