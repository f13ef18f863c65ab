import type { Origin } from '../../model/origin.ts';
import { flag, elements, text } from '../../proofs/topology/read.ts';
import { coversInternet } from '../../proofs/topology/index.ts';
import { aksOpening, belongsToGroup, databaseOpening, DATABASE_RULES, groupOpening } from './azure.ts';
import { smallClouds } from './small-clouds.ts';
import {
  isList,
  textOf,
  whyUnknown,
  type Body,
  type Configuration,
  type Resource,
} from '../../proofs/topology/evaluate/index.ts';

/** The API of a Kubernetes cluster: who may speak to it. */
export interface Cluster {
  readonly id: string;
  readonly public: 'yes' | 'no' | { readonly because: string };
  /** Ranges that may; empty where they are not known. */
  readonly ranges: readonly string[];
  readonly origin: Origin;
}

/** EKS answers the whole internet unless told otherwise: both defaults are open. */
export function clustersOf(configuration: Configuration): Cluster[] {
  return configuration.of('aws_eks_cluster').flatMap((resource) => {
    const [config] = resource.blocks('vpc_config');
    if (config === undefined || resource.mode === 'data') return [];
    const told = flag(config, 'endpoint_public_access', true);
    const stated = elements(config, 'public_access_cidrs');
    const open = stated.find(({ value }) => textOf(value) === undefined);
    const ranges = stated.length === 0 ? ['0.0.0.0/0'] : stated.flatMap(({ value }) => textOf(value) ?? []);
    const answer = told.known ? (told.value ? 'yes' : 'no') : { because: told.because };
    if (open !== undefined && answer === 'yes')
      return [
        { id: resource.address, public: { because: whyUnknown(open.value) ?? '' }, ranges: [], origin: open.origin },
      ];
    return [{ id: resource.address, public: answer, ranges, origin: stated[0]?.origin ?? told.origin }];
  });
}

/** Something of another cloud that lets the whole internet in; or, without `open`, that is recognised and not proven. */
export interface Foreign {
  readonly id: string;
  readonly cloud: 'Google Cloud' | 'Azure' | 'Hetzner' | 'DigitalOcean';
  readonly open?: string;
  /** Of what is open; critical where it is not said. */
  readonly severity?: 'high';
  readonly origin: Origin;
}

/** What lets the internet in, and where. */
export interface Opening {
  readonly what: string;
  readonly origin: Origin;
  readonly severity?: 'high';
}

const GOOGLE = [
  'google_compute_network',
  'google_compute_subnetwork',
  'google_compute_firewall',
  'google_sql_database_instance',
  'google_container_cluster',
  'google_redis_instance',
];
const AZURE = [
  'azurerm_virtual_network',
  'azurerm_subnet',
  'azurerm_network_security_group',
  'azurerm_network_security_rule',
  'azurerm_postgresql_flexible_server',
  'azurerm_mysql_flexible_server',
  'azurerm_kubernetes_cluster',
  'azurerm_redis_cache',
  'azurerm_mssql_server',
];

export function foreignOf(configuration: Configuration): Foreign[] {
  return [
    ...GOOGLE.flatMap((type) => configuration.of(type)).map((resource) =>
      fact(resource, 'Google Cloud', googleOpening(resource)),
    ),
    ...azureOf(configuration).map((resource) => fact(resource, 'Azure', azureOpening(configuration, resource))),
    ...smallClouds(configuration, SENSITIVE).map(({ resource, cloud, open }) => fact(resource, cloud, open)),
  ];
}

/** A rule that stands by itself is judged with its group, where that is here. */
function azureOf(configuration: Configuration): Resource[] {
  const databaseRules = configuration.resources.filter(({ type }) => DATABASE_RULES.test(type));
  return [...AZURE.flatMap((type) => configuration.of(type)), ...databaseRules];
}

function azureOpening(configuration: Configuration, resource: Resource): Opening | undefined {
  switch (resource.type) {
    case 'azurerm_network_security_group':
      return groupOpening(configuration, resource, SENSITIVE);
    case 'azurerm_network_security_rule':
      return belongsToGroup(configuration, resource) ? undefined : groupOpening(configuration, resource, SENSITIVE);
    case 'azurerm_kubernetes_cluster':
      return aksOpening(resource);
    default:
      return DATABASE_RULES.test(resource.type) ? databaseOpening(resource) : undefined;
  }
}

function googleOpening(resource: Resource): Opening | undefined {
  switch (resource.type) {
    case 'google_sql_database_instance':
      return sqlRange(resource);
    case 'google_compute_firewall':
      return wideRule(resource);
    case 'google_container_cluster':
      return gkeOpening(resource);
    default:
      return undefined;
  }
}

function fact({ address, origin }: Resource, cloud: Foreign['cloud'], open: Opening | undefined): Foreign {
  return {
    id: address,
    cloud,
    origin: open?.origin ?? origin,
    ...(open === undefined ? {} : { open: open.what }),
    ...(open?.severity === undefined ? {} : { severity: open.severity }),
  };
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

/** A firewall of Google's that lets the internet in to a port of administration or of a database. */
function wideRule(resource: Resource): Opening | undefined {
  const direction = text(resource, 'direction', 'INGRESS');
  const sources = elements(resource, 'source_ranges');
  const disabled = flag(resource, 'disabled', false);
  if (!direction.known || direction.value !== 'INGRESS' || (disabled.known && disabled.value)) return undefined;
  if (!coversInternet(sources.flatMap(({ value }) => textOf(value) ?? []))) return undefined;
  const [allow] = resource.blocks('allow').filter((one) => {
    const protocol = text(one, 'protocol', 'all');
    if (protocol.known && !/^(?:all|tcp|6)$/i.test(protocol.value)) return false;
    const ports = one.attribute('ports')?.value;
    const listed = ports !== undefined && isList(ports) ? ports.map((port) => textOf(port) ?? '') : ['0-65535'];
    return listed.some((range) => SENSITIVE.some((port) => within(port, range)));
  });
  return allow === undefined
    ? undefined
    : { what: 'lets the internet in to a port of administration or of a database', origin: allow.origin };
}

/** Ports that databases, caches and brokers listen on. */
export const DATABASE_PORTS: readonly number[] = [1433, 3306, 5432, 6379, 9092, 9200, 27_017];
const SENSITIVE = [22, 3389, ...DATABASE_PORTS];

function within(port: number, range: string): boolean {
  const [from = '', to = from] = range.split('-');
  return Number(from) <= port && port <= Number(to);
}
