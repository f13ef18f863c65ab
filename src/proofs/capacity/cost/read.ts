import { cursor, workloadName } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { parseQuantity } from '../../../model/quantity.ts';
import { instanceSize } from '../instances.ts';
import { isKnown, type Unknown } from '../figure.ts';
import { sizedPools } from '../nodes/sized-pools.ts';
import { readDemands } from '../nodes/read-demand.ts';
import type { SizedPool, PodDemand } from '../nodes/types.ts';
import type { Peak } from '../pods.ts';
import { readPeak } from '../read-pods.ts';
import { managedResources } from '../../topology/index.ts';
import { flag, knownNumber, knownText } from '../../topology/read.ts';
import type { Quantity } from './estimate.ts';

const GiB = 1024 ** 3;

/** Everything of the environment that a price can be put to: nodes (else requests), volumes, managed stores, declared usage. */
export function readQuantities(view: PlatformView): (Quantity | Unknown)[] {
  const pools = sizedPools(view);
  return [
    ...(pools.length > 0 && pools.every(isPriced) ? pools.map(ofPool) : ofRequests(view)),
    ...volumes(view),
    ...databases(view),
    ...caches(view),
    ...usage(view),
  ];
}

function isPriced({ elastic, instanceType, node }: SizedPool): boolean {
  return elastic !== true && (instanceType !== undefined || node !== undefined);
}

/** By instance type, else by what the nodes have. */
function ofPool({ name, source, min, max, instanceType, node }: SizedPool): Quantity | Unknown {
  if (max === 0)
    return {
      unknown: `how many nodes ${source} may have`,
      declare: 'Declare its min and max under environments[].nodePools',
    };
  const size = instanceType === undefined ? undefined : instanceSize(instanceType);
  const vcpu = size?.vcpu ?? (node?.cpu ?? 0) / 1000;
  const memory = size?.memoryGiB ?? (node?.memory ?? 0) / GiB;
  const gpus = node?.gpus ?? 0;
  const parts = [
    { sku: 'vcpu', amount: vcpu },
    { sku: 'memory', amount: memory },
    ...(gpus > 0 ? [{ sku: 'gpu', amount: gpus }] : []),
  ];
  return {
    what: `${min === max ? min : `${min} to ${max}`} nodes of pool ${name}`,
    skus: [...(instanceType === undefined ? [] : [[{ sku: instanceType, amount: 1 }]]), ...(vcpu > 0 ? [parts] : [])],
    least: min,
    most: max,
    standing: true,
  };
}

/** Without node pools, and where nodes are made to measure, what the pods request: nodes are never cheaper than that. */
function ofRequests(view: PlatformView): (Quantity | Unknown)[] {
  const fewest = new Map(view.workloads().map((workload) => [workloadName(workload), readPeak(view, workload)]));
  return readDemands(view).flatMap((demand): (Quantity | Unknown)[] => {
    if (!isKnown<PodDemand>(demand)) return [demand];
    const peak = fewest.get(demand.id);
    const least = peak !== undefined && isKnown<Peak>(peak) ? peak.fewest : 0;
    const most = peak !== undefined && isKnown<Peak>(peak) ? peak.replicas : 0;
    if (most === 0 || demand.each.cpu + demand.each.memory === 0) return [];
    const parts = [
      { sku: 'vcpu', amount: demand.each.cpu / 1000 },
      { sku: 'memory', amount: demand.each.memory / GiB },
    ];
    const all = demand.each.gpus > 0 ? [...parts, { sku: 'gpu', amount: demand.each.gpus }] : parts;
    return [
      {
        what: `${least === most ? most : `${least} to ${most}`} pods of ${demand.id}`,
        skus: [all],
        least,
        most,
        standing: true,
      },
    ];
  });
}

/** Claims of StatefulSets, by the name of their storage class, else as block storage. */
function volumes(view: PlatformView): Quantity[] {
  return view
    .workloads()
    .filter(({ kind }) => kind === 'StatefulSet')
    .flatMap((workload) => {
      const peak = readPeak(view, workload);
      if (!isKnown<Peak>(peak)) return [];
      return cursor(workload.object)
        .get('spec', 'volumeClaimTemplates')
        .items()
        .flatMap((template): Quantity[] => {
          const spec = template.get('spec');
          const bytes = parseQuantity(String(spec.get('resources', 'requests', 'storage').value ?? ''));
          if (bytes === undefined) return [];
          const amount = Number(bytes / 1_000_000_000n) / GiB;
          const storageClass = spec.get('storageClassName').string();
          const what = `${peak.fewest === peak.replicas ? peak.replicas : `${peak.fewest} to ${peak.replicas}`} volumes of ${workloadName(workload)}`;
          const choices = [...(storageClass === undefined ? [] : [storageClass]), 'block-storage'];
          return [
            {
              what,
              skus: choices.map((sku) => [{ sku, amount }]),
              least: peak.fewest,
              most: peak.replicas,
              standing: true,
            },
          ];
        });
    });
}

/** RDS: the class, twice with `multi_az`, and its storage, from what is allotted to what it may grow to. */
function databases(view: PlatformView): Quantity[] {
  return managedResources(view, 'aws_db_instance').flatMap((database): Quantity[] => {
    const type = knownText(database, 'instance_class')?.value;
    const zones = flag(database, 'multi_az', false);
    const copies = zones.known && zones.value ? 2 : 1;
    const storage = knownNumber(database, 'allocated_storage')?.value ?? 0;
    const most = Math.max(storage, knownNumber(database, 'max_allocated_storage')?.value ?? 0);
    return [
      {
        what: `${copies} x ${database.address}`,
        skus: [[{ sku: type ?? `instance_class of ${database.address}`, amount: 1 }]],
        least: copies,
        most: copies,
        standing: true,
      },
      {
        what: `storage of ${database.address}, GiB`,
        skus: [[{ sku: 'rds-storage', amount: 1 }], [{ sku: 'block-storage', amount: 1 }]],
        least: storage * copies,
        most: most * copies,
        standing: true,
      },
    ];
  });
}

function caches(view: PlatformView): Quantity[] {
  return managedResources(view, 'aws_elasticache_replication_group').map((cache): Quantity => {
    const nodes = knownNumber(cache, 'num_cache_clusters')?.value || 1;
    const type = knownText(cache, 'node_type')?.value;
    return {
      what: `${nodes} nodes of ${cache.address}`,
      skus: [[{ sku: type ?? `node_type of ${cache.address}`, amount: 1 }]],
      least: nodes,
      most: nodes,
      standing: true,
    };
  });
}

function usage(view: PlatformView): Quantity[] {
  return (view.spec.budget?.usage ?? []).map(({ what, sku, quantity, max }) => ({
    what,
    skus: [[{ sku, amount: 1 }]],
    least: quantity,
    most: Math.max(quantity, max ?? quantity),
    standing: false,
  }));
}
