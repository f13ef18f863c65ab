import type { Origin } from '../../model/origin.ts';
import { elements, flag } from '../../proofs/topology/read.ts';
import { aksOpening, belongsToGroup, databaseOpening, DATABASE_RULES, groupOpening } from './azure.ts';
import { googleOpening, POLICY_RULES } from './google.ts';
import { otherClouds } from './other-clouds.ts';
import { smallClouds } from './small-clouds.ts';
import { textOf, whyUnknown, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';

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
  readonly cloud: string;
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
  ...POLICY_RULES,
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
      fact(resource, 'Google Cloud', googleOpening(resource, SENSITIVE)),
    ),
    ...azureOf(configuration).map((resource) => fact(resource, 'Azure', azureOpening(configuration, resource))),
    ...smallClouds(configuration, SENSITIVE).map(({ resource, cloud, open }) => fact(resource, cloud, open)),
    ...otherClouds(configuration).map(({ resource, cloud }) => fact(resource, cloud, undefined)),
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

function fact({ address, origin }: Resource, cloud: Foreign['cloud'], open: Opening | undefined): Foreign {
  return {
    id: address,
    cloud,
    origin: open?.origin ?? origin,
    ...(open === undefined ? {} : { open: open.what }),
    ...(open?.severity === undefined ? {} : { severity: open.severity }),
  };
}

/** Ports that databases, caches and brokers listen on. */
export const DATABASE_PORTS: readonly number[] = [1433, 3306, 5432, 6379, 9092, 9200, 27_017];
const SENSITIVE = [22, 3389, ...DATABASE_PORTS];
