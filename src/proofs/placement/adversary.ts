/**
 * The worst placement that the scheduler can be led to, built step by step on a model of the cluster: what proves that
 * a quorum can be lost. The upper bounds of bounds.ts prove that it cannot.
 */
import { domainsOf, of } from './bounds.ts';
import type { PlacementInput, Spread, Topology } from './types.ts';

interface Node {
  readonly zone: number;
  pods: number;
}

/** Pods in each zone, the worst first, and the most on one node. */
export interface WorstPlacement {
  readonly perZone: readonly number[];
  readonly onOneNode: number;
}

/** Fills one zone, or one node, as far as the rules let it. `undefined` where the cluster is not known well enough. */
export function worstPlacement(input: PlacementInput, target: Topology): WorstPlacement | undefined {
  const zones = modelZones(input);
  if (zones === undefined) return undefined;
  const nodes = modelNodes(input, zones);
  if (nodes === undefined) return undefined;
  for (let placed = 0; placed < input.replicas; placed += 1) {
    const node = choose(input, nodes, target);
    if (node === undefined) break;
    node.pods += 1;
  }
  const perZone = Array.from({ length: zones }, (_, zone) => podsIn(nodes, zone));
  return { perZone, onOneNode: Math.max(0, ...nodes.map(({ pods }) => pods)) };
}

/** Any number does where nothing refers to zones; else it must be known exactly. */
function modelZones({ rules, zones, volumes }: PlacementInput): number | undefined {
  if (rules.spread.some(({ others }) => others !== undefined)) return undefined;
  if (volumes.kind === 'unknown') return undefined;
  const matter = [...rules.spread, ...rules.apart].some(({ topology }) => topology === 'zone');
  if (!matter) return Math.max(1, zones.min);
  return zones.max === zones.min ? zones.min : undefined;
}

/** As many nodes in each zone as there are pods, unless a rule counts nodes and their number is known. */
function modelNodes({ rules, nodes, replicas, volumes }: PlacementInput, zones: number): Node[] | undefined {
  const counts = rules.spread.some(({ topology }) => topology === 'node');
  if (counts && nodes.max !== nodes.min) return undefined;
  if (volumes.kind === 'one-node') return [{ zone: 0, pods: 0 }];
  const perZone = counts ? nodes.min / zones : replicas;
  if (!Number.isInteger(perZone)) return undefined;
  return Array.from({ length: zones * perZone }, (_, index) => ({ zone: index % zones, pods: 0 }));
}

/** The target where it is allowed; else the emptiest other place, which raises the minimum soonest. */
function choose(input: PlacementInput, nodes: readonly Node[], target: Topology): Node | undefined {
  const allowed = nodes.filter((node) => admits(input, nodes, node));
  const inTarget = allowed.filter((node) => (target === 'zone' ? node.zone === 0 : node === nodes[0]));
  if (inTarget.length > 0) return inTarget.toSorted((a, b) => b.pods - a.pods)[0];
  return allowed.toSorted((a, b) => podsIn(nodes, a.zone) - podsIn(nodes, b.zone) || a.pods - b.pods)[0];
}

function admits({ rules }: PlacementInput, nodes: readonly Node[], node: Node): boolean {
  const apart = rules.apart.every(({ topology }) => countAt(nodes, node, topology) === 0);
  const empty = nodes.every(({ pods }) => pods === 0);
  const together = empty || rules.together.every(({ topology }) => countAt(nodes, node, topology) > 0);
  return apart && together && rules.spread.every((spread) => withinSkew(spread, nodes, node));
}

function withinSkew({ topology, maxSkew, minDomains = 1 }: Spread, nodes: readonly Node[], node: Node): boolean {
  const counts =
    topology === 'node' ? nodes.map(({ pods }) => pods) : zonesOf(nodes).map((zone) => podsIn(nodes, zone));
  const minimum = counts.length < minDomains ? 0 : Math.min(...counts);
  return countAt(nodes, node, topology) + 1 - minimum <= maxSkew;
}

function countAt(nodes: readonly Node[], node: Node, topology: Topology): number {
  return topology === 'node' ? node.pods : podsIn(nodes, node.zone);
}

function zonesOf(nodes: readonly Node[]): number[] {
  return [...new Set(nodes.map(({ zone }) => zone))];
}

function podsIn(nodes: readonly Node[], zone: number): number {
  return nodes.filter((node) => node.zone === zone).reduce((sum, { pods }) => sum + pods, 0);
}

/** `a 2, b 1, c 0`, as messages show a placement. */
export function placementText(input: PlacementInput, { perZone }: WorstPlacement): string {
  const names = domainsOf(input, 'zone').names ?? [];
  const bound = of([...input.rules.spread, ...input.rules.apart], 'zone').length > 0;
  if (!bound) return `${perZone[0] ?? 0} in one zone`;
  const nameOf = (zone: number): string => {
    const name = names[zone] ?? String(zone + 1);
    return /^\d+$/.test(name) ? `zone ${name}:` : name;
  };
  return perZone.map((pods, zone) => `${nameOf(zone)} ${pods}`).join(', ');
}
