/** Rules of Azure that let the whole internet in. */
import type { Origin } from '../../model/origin.ts';
import { coversInternet } from '../../proofs/topology/index.ts';
import { elements, flag, refersTo, text } from '../../proofs/topology/read.ts';
import { textOf, type Body, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import type { Opening } from './elsewhere.ts';

/** A rule of a network security group, as it stands in the group or is a resource of its own. */
interface Rule {
  readonly priority: number;
  readonly allows: boolean;
  readonly everybody: boolean;
  /** `22`, `1000-2000`, `*`. */
  readonly ports: readonly string[];
  readonly origin: Origin;
}

/** The ports of those asked for that a group, or a rule of its own, opens to the internet. The lowest number that matches decides. */
export function groupOpening(root: Configuration, group: Resource, ports: readonly number[]): Opening | undefined {
  const apart =
    group.type === 'azurerm_network_security_group'
      ? root.of('azurerm_network_security_rule').filter((rule) => isOf(rule, group))
      : [group];
  const rules = [...group.blocks('security_rule'), ...apart].flatMap(ruleOf).sort((a, b) => a.priority - b.priority);
  const open = ports.flatMap((port) => {
    const first = rules.find((rule) => rule.everybody && covers(rule, port));
    return first?.allows === true ? [{ port, origin: first.origin }] : [];
  });
  const [first] = open;
  if (first === undefined) return undefined;
  return { what: `lets the internet in on ${open.map(({ port }) => port).join(', ')}`, origin: first.origin };
}

/** Whether the group of a rule of its own is made here. */
export function belongsToGroup(root: Configuration, rule: Resource): boolean {
  return root.of('azurerm_network_security_group').some((group) => group.mode === 'managed' && isOf(rule, group));
}

function isOf(rule: Resource, group: Resource): boolean {
  return refersTo(rule, 'network_security_group_name', group, 'name');
}

/** A rule by TCP for what comes in, whose direction, source and priority are known. */
function ruleOf(body: Body): Rule[] {
  const told = (name: string, unset: string): string | undefined => {
    const one = text(body, name, unset);
    return one.known ? one.value.toLowerCase() : undefined;
  };
  if (told('direction', '') !== 'inbound' || !/^(?:\*|tcp)$/.test(told('protocol', '*') ?? '')) return [];
  const sources = textsOf(body, 'source_address_prefix', 'source_address_prefixes');
  const ports = textsOf(body, 'destination_port_range', 'destination_port_ranges');
  return [
    {
      priority: Number(told('priority', '') ?? Number.NaN),
      allows: told('access', '') === 'allow',
      everybody: sources.some((source) => /^(?:\*|any|internet)$/i.test(source)) || coversInternet(sources),
      ports,
      origin: body.origin,
    },
  ];
}

function textsOf(body: Body, ...names: readonly string[]): string[] {
  return names.flatMap((name) => elements(body, name)).flatMap(({ value }) => textOf(value) ?? []);
}

function covers({ ports }: Rule, port: number): boolean {
  return ports.some((range) => {
    const [from = '', to = from] = range.split('-');
    return range === '*' || (Number(from) <= port && port <= Number(to));
  });
}

/** Firewalls of databases and caches: `azurerm_mssql_firewall_rule`, `azurerm_postgresql_flexible_server_firewall_rule`. */
export const DATABASE_RULES =
  /^azurerm_(?:mssql|sql|postgresql|mysql|mariadb|redis|synapse|cosmosdb)\w*_firewall_rule$/;

/** `0.0.0.0` to itself stands for everything in Azure, whoever rents it. https://learn.microsoft.com/azure/azure-sql/database/firewall-configure */
export function databaseOpening(rule: Resource): Opening | undefined {
  const end = (name: string, short: string): ReturnType<typeof text> =>
    text(rule, rule.attribute(name) === undefined ? short : name, '');
  const [from, to] = [end('start_ip_address', 'start_ip'), end('end_ip_address', 'end_ip')];
  if (!from.known || !to.known) return undefined;
  const { origin } = from;
  if (from.value === '0.0.0.0' && to.value === '0.0.0.0')
    return { what: 'lets in everything that runs in Azure, of other customers too', origin, severity: 'high' };
  const isWide = /^[01]\./.test(from.value) && /^25[45]\./.test(to.value);
  return isWide ? { what: 'lets every address of the internet connect', origin } : undefined;
}

/** AKS answers the whole internet unless it is private or ranges are named. */
export function aksOpening(cluster: Resource): Opening | undefined {
  const isPrivate = flag(cluster, 'private_cluster_enabled', false);
  if (!isPrivate.known || isPrivate.value || cluster.mode === 'data') return undefined;
  const profiles = cluster.blocks('api_server_access_profile');
  if (cluster.open('api_server_access_profile') !== undefined) return undefined;
  const named = [cluster, ...profiles].find((body) => body.names().some((name) => RANGES.includes(name)));
  const ranges = named === undefined ? [] : RANGES.flatMap((name) => elements(named, name));
  const texts = ranges.flatMap(({ value }) => textOf(value) ?? []);
  if (ranges.length > 0 && !coversInternet(texts)) return undefined;
  return {
    what: 'has an API that answers the whole internet',
    origin: ranges[0]?.origin ?? cluster.origin,
    severity: 'high',
  };
}

const RANGES = ['authorized_ip_ranges', 'api_server_authorized_ip_ranges'];
