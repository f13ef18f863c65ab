/** Who of a drill's customers rents which node: a node has one customer at a time, and drills follow one another. */
import { nodeId } from '../../lab/parts/postgres.ts';
import type { Lab } from '../../lab/part.ts';

export interface RentedNodes {
  /** For the customer whose journey is followed. */
  readonly journey: string | undefined;
  /** For the crowd that brings load. */
  readonly crowd: readonly string[];
}

/** Ids of the nodes. Of one node alone whoever comes first has it. */
export function nodesOf(lab: Lab): RentedNodes {
  const all = lab.replicas('node-agent').map(nodeId);
  return { journey: all.at(-1), crowd: all.length > 1 ? all.slice(0, -1) : all };
}
