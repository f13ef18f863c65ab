/**
 * Node groups of Terraform, as far as their blocks are literal. What is computed (`for_each`, variables, modules) leaves
 * the zones and numbers of that group unknown; the group itself is still named.
 */
import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { present } from '../../disruption/read/present.ts';
import type { Pool, Taint } from './pools.ts';

export function terraformPools(view: PlatformView): Pool[] {
  const of = (type: string): readonly HclBlock[] => view.terraform('resource', type);
  return [
    ...of('aws_eks_node_group').map((block) => eksPool(view, block)),
    ...of('google_container_node_pool').map(gkePool),
    ...of('azurerm_kubernetes_cluster_node_pool').map((block) => aksPool(block, block.labels.join('.'))),
    ...of('azurerm_kubernetes_cluster').flatMap((cluster) =>
      child(cluster, 'default_node_pool').map((block) =>
        aksPool(block, `${cluster.labels.join('.')} default_node_pool`),
      ),
    ),
  ];
}

/** The autoscaling group of a node group balances over the zones of its subnets. */
function eksPool(view: PlatformView, block: HclBlock): Pool {
  const scaling = child(block, 'scaling_config')[0];
  const taints = child(block, 'taint').flatMap((taint): Taint[] => {
    const key = text(taint.attributes['key']);
    return key === undefined ? [] : [present<Taint>({ key, value: text(taint.attributes['value']) })];
  });
  return pool(block, block.labels.join('.'), {
    labels: labels(block.attributes['labels']),
    taints,
    zones: subnetZones(view, block),
    min: number(scaling?.attributes['min_size']),
    max: number(scaling?.attributes['max_size']),
  });
}

/** `subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]`, each with a literal zone; anything else is not known. */
function subnetZones(view: PlatformView, block: HclBlock): string[] | undefined {
  const list = /^\s*\[(.*)\]\s*$/s.exec(block.attributes['subnet_ids']?.text ?? '')?.[1];
  const references =
    list
      ?.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '') ?? [];
  const zones = references.map((reference) => {
    const name = /^aws_subnet\.([\w-]+)\.id$/.exec(reference)?.[1];
    const subnet = view
      .terraform('resource', 'aws_subnet')
      .find(({ labels: [, own], module }) => own === name && module === block.module);
    return subnet === undefined || computed(subnet) ? undefined : text(subnet.attributes['availability_zone']);
  });
  const known = zones.filter((zone) => zone !== undefined);
  return known.length > 0 && known.length === zones.length ? [...new Set(known)] : undefined;
}

/** `node_count`, `min_node_count` and `max_node_count` are for each zone; the `total_` ones for all. */
function gkePool(block: HclBlock): Pool {
  const zones = strings(block.attributes['node_locations']);
  const scaling = child(block, 'autoscaling')[0];
  const config = child(block, 'node_config')[0];
  const perZone = (attribute: HclAttribute | undefined): number | undefined => {
    const count = number(attribute);
    return count === undefined || zones === undefined ? undefined : count * zones.length;
  };
  const fixed = perZone(block.attributes['node_count'] ?? block.attributes['initial_node_count']);
  const taints = child(config, 'taint').flatMap((taint): Taint[] => {
    const key = text(taint.attributes['key']);
    return key === undefined ? [] : [present<Taint>({ key, value: text(taint.attributes['value']) })];
  });
  return pool(block, block.labels.join('.'), {
    labels: labels(config?.attributes['labels']),
    taints,
    zones,
    min: number(scaling?.attributes['total_min_node_count']) ?? perZone(scaling?.attributes['min_node_count']) ?? fixed,
    max: number(scaling?.attributes['total_max_node_count']) ?? perZone(scaling?.attributes['max_node_count']) ?? fixed,
  });
}

function aksPool(block: HclBlock, source: string): Pool {
  const fixed = number(block.attributes['node_count']);
  return pool(block, source, {
    labels: labels(block.attributes['node_labels']),
    taints: (strings(block.attributes['node_taints']) ?? []).map((one) => {
      const [key = '', value] = (one.split(':')[0] ?? '').split('=');
      return present<Taint>({ key, value });
    }),
    zones: strings(block.attributes['zones']),
    min: number(block.attributes['min_count']) ?? fixed,
    max: number(block.attributes['max_count']) ?? fixed,
  });
}

type Read = { [K in 'labels' | 'taints' | 'zones' | 'min' | 'max']: Pool[K] | undefined };

function pool(block: HclBlock, source: string, read: Read): Pool {
  const base = { name: source, onDemand: false, source };
  if (computed(block)) return { ...base, taints: [] };
  return present<Pool>({ ...base, ...read, labels: read.labels ?? {}, taints: read.taints ?? [] });
}

function computed(block: HclBlock): boolean {
  return block.attributes['for_each'] !== undefined || block.attributes['count'] !== undefined;
}

function child(block: HclBlock | undefined, type: string): HclBlock[] {
  return block?.blocks.filter((one) => one.type === type) ?? [];
}

function text(attribute: HclAttribute | undefined): string | undefined {
  return typeof attribute?.literal === 'string' ? attribute.literal : undefined;
}

function number(attribute: HclAttribute | undefined): number | undefined {
  return typeof attribute?.literal === 'number' ? attribute.literal : undefined;
}

function strings(attribute: HclAttribute | undefined): string[] | undefined {
  const value = attribute?.literal;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}

function labels(attribute: HclAttribute | undefined): Record<string, string> {
  const value = attribute?.literal;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
