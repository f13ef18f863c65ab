import type { Topology, TopologyNode } from './model.ts';

/** Most nodes one column holds before services are spread over several. */
const COLUMN_LIMIT = 16;
/** Services further from the edge than this share the last column of services. */
const MAX_DEPTH = 2;

/**
 * The nodes by column, left to right: internet, edge, services by distance from the edge, then stores, externals and
 * subnets. Without any link they make a block of a few columns.
 */
export function assignColumns(topology: Topology): TopologyNode[][] {
  const depths = serviceDepths(topology);
  const limit = topology.links.length === 0 ? Math.max(4, Math.ceil(topology.nodes.length / 5)) : COLUMN_LIMIT;
  const ofKind = (...kinds: TopologyNode['kind'][]): TopologyNode[] =>
    topology.nodes.filter((node) => kinds.includes(node.kind));
  const services = Array.from({ length: MAX_DEPTH + 1 }, (_, depth) =>
    ofKind('service').filter((node) => (depths.get(node.id) ?? MAX_DEPTH) === depth),
  );
  return [
    ofKind('internet'),
    ofKind('edge'),
    ...services.flatMap((column) => spread(column, limit)),
    ...spread([...ofKind('store'), ...ofKind('external', 'subnet')], limit),
  ].filter((column) => column.length > 0);
}

/** Steps of each service from what the public reaches; services that nothing reaches come after those that something does. */
function serviceDepths(topology: Topology): Map<string, number> {
  const isService = new Set(topology.nodes.filter((node) => node.kind === 'service').map((node) => node.id));
  const depths = new Map<string, number>();
  let front = topology.links
    .filter((link) => (link.from === 'edge' || link.from === 'internet') && isService.has(link.to))
    .map((link) => link.to);
  for (let depth = 0; front.length > 0; depth += 1) {
    for (const id of front) depths.set(id, Math.min(depth, MAX_DEPTH));
    const reached = new Set(front);
    front = topology.links
      .filter((link) => reached.has(link.from) && isService.has(link.to) && !depths.has(link.to))
      .map((link) => link.to);
  }
  const deepest = depths.size === 0 ? 0 : 1;
  for (const id of isService) if (!depths.has(id)) depths.set(id, deepest);
  return depths;
}

/** Cuts a tall column into even ones. */
function spread(column: readonly TopologyNode[], limit: number): TopologyNode[][] {
  const count = Math.ceil(column.length / limit);
  const size = Math.ceil(column.length / Math.max(count, 1));
  return Array.from({ length: count }, (_, index) => column.slice(index * size, (index + 1) * size));
}
