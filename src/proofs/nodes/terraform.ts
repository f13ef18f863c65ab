/** Node groups of EKS, GKE and AKS, as Terraform would make them. */
import type { PlatformView } from '../../model/platform.ts';
import { present } from '../disruption/read/present.ts';
import {
  isList,
  isMap,
  textOf,
  whyUnknown,
  type Body,
  type Configuration,
  type Resource,
} from '../topology/evaluate/index.ts';
import { configurationsOf } from '../topology/index.ts';
import { elements, knownNumber, knownText } from '../topology/read.ts';
import { parseTaint } from './taints.ts';
import type { NodePool, Taint } from './types.ts';

/** Class `terraform`. */
export function terraformPools(view: PlatformView): NodePool[] {
  return configurationsOf(view).flatMap((configuration) => [
    ...configuration.of('aws_eks_node_group').map((group) => eksPool(configuration, group)),
    ...configuration.of('google_container_node_pool').map(gkePool),
    ...configuration.of('azurerm_kubernetes_cluster_node_pool').map((pool) => aksPool(pool, pool, pool.address)),
    ...configuration
      .of('azurerm_kubernetes_cluster')
      .flatMap((cluster) =>
        cluster
          .blocks('default_node_pool')
          .map((pool) => aksPool(cluster, pool, `${cluster.address} default_node_pool`)),
      ),
  ]);
}

/** The autoscaling group of a node group balances over the zones of its subnets. */
function eksPool(configuration: Configuration, group: Resource): NodePool {
  const [scaling] = group.blocks('scaling_config');
  return pool(group, group, {
    name: knownText(group, 'node_group_name')?.value,
    labels: labelsAt(group, 'labels'),
    taints: group.blocks('taint').map(taintOf),
    open: group.open('taint'),
    zones: subnetZones(configuration, group),
    min: knownNumber(scaling, 'min_size')?.value,
    max: knownNumber(scaling, 'max_size')?.value,
    instanceType: textsAt(group, 'instance_types')?.[0] ?? templateType(configuration, group),
    origin: (scaling ?? group).origin,
  });
}

/** The zones of all its subnets, or nothing where one of them is not described here. */
function subnetZones(configuration: Configuration, group: Resource): string[] | undefined {
  const zones = elements(group, 'subnet_ids').map(({ value }) => {
    const [subnet] = configuration.named(value);
    return subnet?.type === 'aws_subnet' ? knownText(subnet, 'availability_zone')?.value : undefined;
  });
  return zones.length > 0 && zones.every((zone) => zone !== undefined) ? [...new Set(zones)] : undefined;
}

function templateType(configuration: Configuration, group: Resource): string | undefined {
  const [template] = group
    .blocks('launch_template')
    .flatMap((block) => configuration.named(block.attribute('id')?.value ?? null));
  return knownText(template, 'instance_type')?.value;
}

/** `node_count`, `min_node_count` and `max_node_count` are for each zone; the `total_` ones for all. */
function gkePool(resource: Resource): NodePool {
  const zones = textsAt(resource, 'node_locations');
  const [scaling] = resource.blocks('autoscaling');
  const [config] = resource.blocks('node_config');
  const perZone = (body: Body | undefined, name: string): number | undefined => {
    const count = knownNumber(body, name)?.value;
    return count === undefined || zones === undefined ? undefined : count * zones.length;
  };
  const fixed = perZone(resource, 'node_count') ?? perZone(resource, 'initial_node_count');
  return pool(resource, resource, {
    name: knownText(resource, 'name')?.value,
    labels: labelsAt(config, 'labels'),
    taints: config?.blocks('taint').map(taintOf) ?? [],
    open: config?.open('taint'),
    zones,
    min: knownNumber(scaling, 'total_min_node_count')?.value ?? perZone(scaling, 'min_node_count') ?? fixed,
    max: knownNumber(scaling, 'total_max_node_count')?.value ?? perZone(scaling, 'max_node_count') ?? fixed,
    instanceType: knownText(config, 'machine_type')?.value,
    origin: (scaling ?? resource).origin,
  });
}

function aksPool(resource: Resource, body: Body, source: string): NodePool {
  const fixed = knownNumber(body, 'node_count')?.value;
  const taints = body.attribute('node_taints')?.value;
  return pool(resource, body, {
    name: knownText(body, 'name')?.value,
    source,
    labels: labelsAt(body, 'node_labels'),
    taints: (textsAt(body, 'node_taints') ?? []).map(parseTaint),
    open: taints === undefined ? undefined : whyUnknown(taints),
    zones: textsAt(body, 'zones'),
    min: knownNumber(body, 'min_count')?.value ?? fixed,
    max: knownNumber(body, 'max_count')?.value ?? fixed,
    instanceType: knownText(body, 'vm_size')?.value,
    origin: body.origin,
  });
}

type Read = Pick<NodePool, 'taints' | 'origin'> & {
  readonly [K in 'name' | 'open' | 'zones' | 'min' | 'max' | 'instanceType']: NodePool[K] | undefined;
} & { readonly labels: Labels; readonly source?: string };

function pool(resource: Resource, body: Body, { labels, name, ...read }: Read): NodePool {
  return present<NodePool>({
    onDemand: undefined,
    room: undefined,
    ...read,
    name: name ?? /\["([^"]*)"\]$/.exec(resource.address)?.[1] ?? resource.name,
    source: read.source ?? resource.address,
    labels: labels.known,
    open: resource.uncertain ?? labels.open ?? read.open,
    origin: read.origin ?? body.origin,
  });
}

interface Labels {
  readonly known: Readonly<Record<string, string>>;
  readonly open: string | undefined;
}

function labelsAt(body: Body | undefined, name: string): Labels {
  const value = body?.attribute(name)?.value;
  if (value === undefined) return { known: {}, open: undefined };
  const texts = isMap(value) ? Object.entries(value).map(([key, one]) => [key, textOf(one)] as const) : [];
  const known = Object.fromEntries(texts.flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])));
  return { known, open: whyUnknown(value) };
}

const EFFECTS: Readonly<Record<string, string>> = { NO_EXECUTE: 'NoExecute', PREFER_NO_SCHEDULE: 'PreferNoSchedule' };

function taintOf(body: Body): Taint {
  const text = (name: string): string => knownText(body, name)?.value ?? '';
  return { key: text('key'), value: text('value'), effect: EFFECTS[text('effect')] ?? 'NoSchedule' };
}

/** A list of texts that are all known. */
function textsAt(body: Body, name: string): string[] | undefined {
  const value = body.attribute(name)?.value;
  const texts = value !== undefined && isList(value) ? value.map(textOf) : undefined;
  return texts?.every((text) => text !== undefined) === true ? texts : undefined;
}
