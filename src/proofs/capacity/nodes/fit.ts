import { show, type Unknown } from '../figure.ts';
import { toleratesAll, type Room } from '../../nodes/index.ts';
import type { PodDemand, SizedPool } from './types.ts';

/** Whether the pods find room on the most nodes that the pools may have. */
export type Fit =
  | { readonly answer: 'fits'; readonly pools: readonly PoolUse[] }
  /** Proven without packing: more is requested than there is, or one pod is larger than any node that takes it. */
  | {
      readonly answer: 'short';
      readonly because: string;
      readonly pods: readonly PodDemand[];
      readonly pools: readonly SizedPool[];
    }
  | { readonly answer: 'unknown'; readonly open: Unknown };

export interface PoolUse {
  readonly pool: SizedPool;
  /** No packing needs fewer nodes. */
  readonly atLeast: number;
  /** A packing with so many nodes exists. */
  readonly enough: number;
}

const RESOURCES = ['cpu', 'memory', 'gpus', 'pods'] as const;

/**
 * Sums prove that pods do not fit; a packing proves that they do; in between nothing is known, because packing is hard and the
 * scheduler does not look for the best. Spread and anti-affinity are not looked at.
 */
export function fitPods(pools: readonly SizedPool[], demands: readonly PodDemand[]): Fit {
  const unsized = pools.find(({ node }) => node === undefined);
  if (unsized !== undefined)
    return {
      answer: 'unknown',
      open: {
        unknown: `what the nodes of pool ${unsized.name} have (${unsized.instanceType ?? unsized.source})`,
        declare: 'Declare its max, cpu and memory under environments[].nodePools',
      },
    };
  const open = pools.find((pool) => pool.open !== undefined);
  if (open !== undefined)
    return {
      answer: 'unknown',
      open: {
        unknown: `which pods the nodes of pool ${open.name} take (${open.open})`,
        declare: 'Describe the pool under environments[].nodePools',
      },
    };
  const placed = demands
    .filter(({ pods, everyNode }) => pods > 0 && !everyNode)
    .map((demand) => ({ demand, pools: pools.filter((pool) => takes(pool, demand)) }));
  const homeless = placed.find((one) => one.pools.length === 0);
  if (homeless !== undefined)
    return {
      answer: 'unknown',
      open: {
        unknown: `on which nodes ${homeless.demand.id} runs: no pool that is described takes it`,
        declare: 'Describe all pools under environments[].nodePools',
        ...(homeless.demand.origin && { origin: homeless.demand.origin }),
      },
    };
  const rooms = new Map(pools.map((pool) => [pool, roomFor(pool, demands)]));
  return tooLarge(placed, rooms) ?? overSum(placed, rooms) ?? oneToANode(placed, rooms) ?? packed(placed, rooms);
}

interface Placed {
  readonly demand: PodDemand;
  readonly pools: readonly SizedPool[];
}

/** What is left of a node when the pods that run on every node have theirs. */
function roomFor(pool: SizedPool, demands: readonly PodDemand[]): Room {
  const daemons = demands.filter((demand) => demand.everyNode && takes(pool, demand));
  const left = (resource: keyof Room): number =>
    (pool.node?.[resource] ?? 0) - daemons.reduce((sum, { each }) => sum + each[resource], 0);
  return { cpu: left('cpu'), memory: left('memory'), gpus: left('gpus'), pods: left('pods') };
}

function tooLarge(placed: readonly Placed[], rooms: ReadonlyMap<SizedPool, Room>): Fit | undefined {
  const found = placed.find(({ demand, pools }) => pools.every((pool) => !holds(rooms.get(pool), demand.each)));
  if (found === undefined) return undefined;
  const names = found.pools.map(({ name }) => name).join(', ');
  return {
    answer: 'short',
    because: `a pod of ${found.demand.id} (${roomText(found.demand.each)}) is larger than what a node of ${names} has for it`,
    pods: [found.demand],
    pools: found.pools,
  };
}

/** For each set of pools that some pods are bound to: everything bound to it or a part of it must fit into its sum. */
function overSum(placed: readonly Placed[], rooms: ReadonlyMap<SizedPool, Room>): Fit | undefined {
  for (const { pools } of placed) {
    const bound = placed.filter((other) => other.pools.every((pool) => pools.includes(pool)));
    for (const resource of RESOURCES) {
      const asked = bound.reduce((sum, { demand }) => sum + demand.pods * demand.each[resource], 0);
      const there = pools.reduce((sum, pool) => sum + pool.max * Math.max(0, rooms.get(pool)?.[resource] ?? 0), 0);
      if (asked <= there) continue;
      const names = pools.map(poolText).join(' and ');
      const because = `the pods at their most request ${amountText(resource, asked)}, and ${names} ${pools.length === 1 ? 'has' : 'have'} ${amountText(resource, there)} for them`;
      return { answer: 'short', because, pods: bound.map(({ demand }) => demand), pools };
    }
  }
  return undefined;
}

/** Pods that ask for more than half of any node they may go to never share one. */
function oneToANode(placed: readonly Placed[], rooms: ReadonlyMap<SizedPool, Room>): Fit | undefined {
  for (const { pools } of placed) {
    for (const resource of RESOURCES) {
      if (pools.some(({ elastic }) => elastic)) continue;
      const large = placed.filter(
        ({ demand, pools: own }) =>
          own.every((pool) => pools.includes(pool)) &&
          own.every((pool) => 2 * demand.each[resource] > (rooms.get(pool)?.[resource] ?? 0)),
      );
      const pods = large.reduce((sum, { demand }) => sum + demand.pods, 0);
      const nodes = pools.reduce((sum, { max }) => sum + max, 0);
      if (pods <= nodes) continue;
      const because = `${pods} pods ask for more than half of a node each, and ${pools.map(({ name }) => name).join(' and ')} may have ${nodes} nodes`;
      return { answer: 'short', because, pods: large.map(({ demand }) => demand), pools };
    }
  }
  return undefined;
}

/** Of the sum of elastic nodes, what surely is left for pods when the kubelet, the system and DaemonSets have theirs. */
const OF_ELASTIC = 0.8;

/** First fit, largest first, pods with the least choice first. */
function packed(placed: readonly Placed[], rooms: ReadonlyMap<SizedPool, Room>): Fit {
  const nodes = new Map<SizedPool, Room[]>([...rooms.keys()].map((pool) => [pool, []]));
  const usable = new Map([...rooms].map(([pool, room]) => [pool, pool.elastic ? shrunk(room) : room]));
  const size = ({ demand, pools }: Placed): number =>
    Math.max(
      ...RESOURCES.map(
        (resource) => demand.each[resource] / Math.max(1, ...pools.map((pool) => rooms.get(pool)?.[resource] ?? 0)),
      ),
    );
  const order = [...placed].sort((a, b) => a.pools.length - b.pools.length || size(b) - size(a));
  for (const { demand, pools } of order) {
    for (let pod = 0; pod < demand.pods; pod += 1) {
      if (pools.some((pool) => place(demand.each, pool, nodes.get(pool) ?? [], usable.get(pool)))) continue;
      const names = pools.map(poolText).join(' and ');
      return {
        answer: 'unknown',
        open: {
          unknown: pools.some(({ elastic }) => elastic)
            ? `whether all pods find a node: they request nearly all that ${names} may have, and part of it goes to the nodes themselves`
            : `whether all pods find a node: by their sum they fit into ${names}, and a first-fit packing leaves a pod of ${demand.id} without one`,
          declare: 'Allow the pool more nodes, or larger ones',
        },
      };
    }
  }
  return {
    answer: 'fits',
    pools: [...nodes].map(([pool, used]) => ({
      pool,
      atLeast: fewestNodes(pool, placed, rooms.get(pool)),
      enough: used.length,
    })),
  };
}

function shrunk(room: Room): Room {
  return { ...room, cpu: room.cpu * OF_ELASTIC, memory: room.memory * OF_ELASTIC };
}

function place(each: Room, pool: SizedPool, nodes: Room[], room: Room | undefined): boolean {
  const index = nodes.findIndex((node) => holds(node, each));
  const node = index >= 0 ? nodes[index] : nodes.length < pool.max && holds(room, each) ? room : undefined;
  if (node === undefined) return false;
  nodes[index >= 0 ? index : nodes.length] = {
    cpu: node.cpu - each.cpu,
    memory: node.memory - each.memory,
    gpus: node.gpus - each.gpus,
    pods: node.pods - each.pods,
  };
  return true;
}

/** Nodes that the pods bound to this pool alone need by their sums. */
function fewestNodes(pool: SizedPool, placed: readonly Placed[], room: Room | undefined): number {
  const bound = placed.filter(({ pools }) => pools.length === 1 && pools[0] === pool);
  return Math.max(
    0,
    ...RESOURCES.map((resource) => {
      const asked = bound.reduce((sum, { demand }) => sum + demand.pods * demand.each[resource], 0);
      return asked === 0 ? 0 : Math.ceil(asked / (room?.[resource] ?? 1));
    }),
  );
}

function poolText({ name, max, elastic }: SizedPool): string {
  return elastic ? `${name} (by its limits)` : `${name} (${max} nodes)`;
}

function holds(room: Room | undefined, each: Room): boolean {
  return room !== undefined && RESOURCES.every((resource) => each[resource] <= room[resource]);
}

/** Labels that the kubelet and the cloud set on every node; which pool has which value is not known here. */
const OF_EVERY_NODE =
  /^(?:(?:beta\.)?kubernetes\.io\/(?:os|arch|hostname)|(?:topology|failure-domain\.beta)\.kubernetes\.io\/(?:zone|region)|node\.kubernetes\.io\/instance-type)$/;

/** Whether the pool's labels and taints let the pods in. */
export function takes(pool: SizedPool, { nodeSelector, tolerations }: PodDemand): boolean {
  const labelled = Object.entries(nodeSelector).every(
    ([key, value]) => OF_EVERY_NODE.test(key) || pool.labels[key] === value,
  );
  return labelled && toleratesAll(tolerations, pool.taints);
}

function roomText(room: Room): string {
  return RESOURCES.filter((resource) => resource !== 'pods' && room[resource] > 0)
    .map((resource) => amountText(resource, room[resource]))
    .join(', ');
}

function amountText(resource: keyof Room, amount: number): string {
  if (resource === 'cpu') return `${show(amount / 1000)} cores`;
  if (resource === 'memory') return `${show(amount / 1024 ** 3)} GiB of memory`;
  return `${show(amount)} ${resource === 'gpus' ? 'GPUs' : 'pods'}`;
}
