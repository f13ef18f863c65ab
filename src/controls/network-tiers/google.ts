/** What lets the whole internet in on Google Cloud: clusters, ranges of Cloud SQL, firewalls and rules of firewall policies. */
import { coversInternet } from '../../proofs/topology/index.ts';
import { isList, textOf, type Body, type Resource } from '../../proofs/topology/evaluate/index.ts';
import { elements, flag, text } from '../../proofs/topology/read.ts';
import type { Opening } from './elsewhere.ts';

/** Rules of firewall policies, each a resource of its own. */
export const POLICY_RULES = [
  'google_compute_firewall_policy_rule',
  'google_compute_network_firewall_policy_rule',
  'google_compute_region_network_firewall_policy_rule',
];

export function googleOpening(resource: Resource, ports: readonly number[]): Opening | undefined {
  switch (resource.type) {
    case 'google_sql_database_instance':
      return sqlRange(resource);
    case 'google_compute_firewall':
      return wideRule(resource, ports);
    case 'google_container_cluster':
      return gkeOpening(resource);
    default:
      return POLICY_RULES.includes(resource.type) ? widePolicyRule(resource, ports) : undefined;
  }
}

/** GKE answers the whole internet unless its endpoint is private or networks are named. */
function gkeOpening(cluster: Resource): Opening | undefined {
  if (cluster.mode === 'data' || cluster.open('master_authorized_networks_config') !== undefined) return undefined;
  const [isPrivate] = cluster
    .blocks('private_cluster_config')
    .map((one) => flag(one, 'enable_private_endpoint', false));
  const told = isPrivate ?? { known: true, value: false };
  if (!told.known || told.value || cluster.open('private_cluster_config') !== undefined) return undefined;
  if (answersByNameAlone(cluster)) return undefined;
  const what = 'has an API that answers the whole internet';
  const [config] = cluster.blocks('master_authorized_networks_config');
  if (config === undefined) return { what, origin: cluster.origin, severity: 'high' };
  const ranges = config
    .blocks('cidr_blocks')
    .flatMap((one) => textOf(one.attribute('cidr_block')?.value ?? null) ?? []);
  return coversInternet(ranges) ? { what, origin: config.origin, severity: 'high' } : undefined;
}

/** The endpoint by address may be turned off; that by name asks IAM. */
function answersByNameAlone(cluster: Resource): boolean {
  return cluster
    .blocks('control_plane_endpoints_config')
    .flatMap((config) => config.blocks('ip_endpoints_config'))
    .map((one) => flag(one, 'enabled', true))
    .some((told) => !told.known || !told.value);
}

/** Ranges of Cloud SQL that may sign in from outside. */
function sqlRange(resource: Resource): Opening | undefined {
  const networks = resource
    .blocks('settings')
    .flatMap((settings) => settings.blocks('ip_configuration'))
    .flatMap((one) => one.blocks('authorized_networks'));
  const wide = networks.find((one) => coversInternet(rangeOf(one))) ?? networks[0];
  if (wide === undefined || !coversInternet(networks.flatMap(rangeOf))) return undefined;
  return { what: 'lets every address of the internet connect', origin: wide.origin };
}

function rangeOf(network: Body): string[] {
  const told = text(network, 'value', '');
  return told.known ? [told.value] : [];
}

/** A firewall that lets the internet in to one of the ports. */
function wideRule(resource: Resource, ports: readonly number[]): Opening | undefined {
  if (!letsIn(resource) || !isWide(resource, 'source_ranges')) return undefined;
  return openingOf(resource.blocks('allow'), 'protocol', ports);
}

/** https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network_firewall_policy_rule */
function widePolicyRule(rule: Resource, ports: readonly number[]): Opening | undefined {
  const action = text(rule, 'action', '');
  const [match] = rule.blocks('match');
  if (match === undefined || !action.known || action.value !== 'allow') return undefined;
  if (!letsIn(rule) || !isWide(match, 'src_ip_ranges')) return undefined;
  return openingOf(match.blocks('layer4_configs'), 'ip_protocol', ports);
}

/** Whether a rule is about what comes in, and on. */
function letsIn(rule: Resource): boolean {
  const direction = text(rule, 'direction', 'INGRESS');
  const disabled = flag(rule, 'disabled', false);
  return direction.known && direction.value === 'INGRESS' && !(disabled.known && disabled.value);
}

function isWide(body: Body, ranges: string): boolean {
  return coversInternet(elements(body, ranges).flatMap(({ value }) => textOf(value) ?? []));
}

/** The first of these protocols with ports that holds one of those asked for; without ports it holds all. */
function openingOf(protocols: readonly Body[], name: string, ports: readonly number[]): Opening | undefined {
  const open = protocols.find((one) => {
    const protocol = text(one, name, 'all');
    if (protocol.known && !/^(?:all|tcp|6)$/i.test(protocol.value)) return false;
    const stated = one.attribute('ports')?.value;
    const listed = stated !== undefined && isList(stated) ? stated.map((port) => textOf(port) ?? '') : ['0-65535'];
    return listed.some((range) => ports.some((port) => within(port, range)));
  });
  if (open === undefined) return undefined;
  return { what: 'lets the internet in to a port of administration or of a database', origin: open.origin };
}

function within(port: number, range: string): boolean {
  const [from = '', to = from] = range.split('-');
  return Number(from) <= port && port <= Number(to);
}
