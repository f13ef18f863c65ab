/** Firewalls of Hetzner, DigitalOcean and OpenStack that let the whole internet in to a port of administration or of a database. */
import { coversInternet } from '../../proofs/topology/index.ts';
import { elements, number, text } from '../../proofs/topology/read.ts';
import { textOf, type Body, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import type { Foreign, Opening } from './elsewhere.ts';

type Judge = (resource: Resource, ports: readonly number[]) => Opening | undefined;

const TYPES: readonly (readonly [type: string, cloud: Foreign['cloud'], judge: Judge])[] = [
  ['hcloud_network', 'Hetzner', () => undefined],
  ['hcloud_server', 'Hetzner', () => undefined],
  ['hcloud_firewall', 'Hetzner', hetzner],
  ['digitalocean_vpc', 'DigitalOcean', () => undefined],
  ['digitalocean_droplet', 'DigitalOcean', () => undefined],
  ['digitalocean_firewall', 'DigitalOcean', digitalOcean],
  ['openstack_networking_secgroup_rule_v2', 'OpenStack', openStack],
  ['digitalocean_database_firewall', 'DigitalOcean', databaseFirewall],
];

export function smallClouds(
  configuration: Configuration,
  ports: readonly number[],
): { resource: Resource; cloud: Foreign['cloud']; open: Opening | undefined }[] {
  return TYPES.flatMap(([type, cloud, judge]) =>
    configuration.of(type).map((resource) => ({ resource, cloud, open: judge(resource, ports) })),
  );
}

/** https://registry.terraform.io/providers/hetznercloud/hcloud/latest/docs/resources/firewall */
function hetzner(firewall: Resource, ports: readonly number[]): Opening | undefined {
  const inward = firewall.blocks('rule').filter((rule) => isWord(rule, 'direction', 'in'));
  return openingOf(inward, ports, { port: 'port', sources: 'source_ips' });
}

/** https://registry.terraform.io/providers/digitalocean/digitalocean/latest/docs/resources/firewall */
function digitalOcean(firewall: Resource, ports: readonly number[]): Opening | undefined {
  return openingOf(firewall.blocks('inbound_rule'), ports, { port: 'port_range', sources: 'source_addresses' });
}

function databaseFirewall(firewall: Resource): Opening | undefined {
  const rules = firewall.blocks('rule').filter((rule) => isWord(rule, 'type', 'ip_addr'));
  const ranges = rules.flatMap((rule) => textOf(rule.attribute('value')?.value ?? null) ?? []);
  const [first] = rules;
  if (first === undefined || !coversInternet(ranges)) return undefined;
  return { what: 'lets every address of the internet connect', origin: first.origin };
}

/**
 * A rule that names no source lets everybody in, one without a protocol or ports lets them in to all.
 * https://registry.terraform.io/providers/terraform-provider-openstack/openstack/latest/docs/resources/networking_secgroup_rule_v2
 */
function openStack(rule: Resource, ports: readonly number[]): Opening | undefined {
  const protocol = text(rule, 'protocol', 'any');
  const isTcp = protocol.known && /^(?:tcp|any|6|0|)$/i.test(protocol.value);
  if (!isWord(rule, 'direction', 'ingress') || !isTcp || rule.attribute('remote_group_id') !== undefined)
    return undefined;
  const source = text(rule, 'remote_ip_prefix', '0.0.0.0/0');
  const [from, to] = [number(rule, 'port_range_min', 0), number(rule, 'port_range_max', 65_535)];
  if (!source.known || !coversInternet([source.value]) || !from.known || !to.known) return undefined;
  const open = ports.filter((port) => from.value <= port && port <= to.value);
  return open.length === 0 ? undefined : { what: `lets the internet in on ${open.join(', ')}`, origin: rule.origin };
}

function openingOf(
  rules: readonly Body[],
  ports: readonly number[],
  names: { readonly port: string; readonly sources: string },
): Opening | undefined {
  const wide = rules.filter(
    (rule) =>
      isWord(rule, 'protocol', 'tcp') &&
      coversInternet(elements(rule, names.sources).flatMap(({ value }) => textOf(value) ?? [])),
  );
  const open = ports.flatMap((port) => {
    const rule = wide.find((one) => isWithin(port, textOf(one.attribute(names.port)?.value ?? null) ?? ''));
    return rule === undefined ? [] : [{ port, origin: rule.origin }];
  });
  const [first] = open;
  if (first === undefined) return undefined;
  return { what: `lets the internet in on ${open.map(({ port }) => port).join(', ')}`, origin: first.origin };
}

function isWord(body: Body, name: string, word: string): boolean {
  const told = text(body, name, '');
  return told.known && told.value === word;
}

/** `22`, `1000-2000`, `any`, `all`, and `0` for all of DigitalOcean's. */
function isWithin(port: number, range: string): boolean {
  if (/^(?:any|all|0)$/.test(range)) return true;
  const [from = '', to = from] = range.split('-');
  return Number(from) <= port && port <= Number(to);
}
