import type { NonEmpty, Step } from '../../model/result.ts';
import { no, pods, unknown, yes, type Verdict } from '../disruption/verdict.ts';
import { placementText, worstPlacement } from './adversary.ts';
import { mostIn, of, runnable } from './bounds.ts';
import type { PlacementInput, Topology } from './types.ts';

/** The scheduler is asked when a pod is placed, and never again. */
const AS_SCHEDULED = 'pods stand as they were scheduled: scaling down and rollouts move none';

/**
 * Whether losing any one zone or node leaves the quorum. `yes` rests on the upper bound of what a domain can hold, `no`
 * on a placement that the scheduler can be led to; between the two it is not known.
 */
export function lossVerdict(input: PlacementInput, topology: Topology): Verdict {
  const { id, quorum, volumes, refused } = input;
  if (refused !== undefined) return unknown(`the API server refuses ${id}: ${refused.text}`);
  const running = runnable(input);
  const most = mostIn(input, topology);
  const left = running - most;
  if (left >= quorum && volumes.kind !== 'unknown')
    return yes(
      `one ${topology} holds at most ${most} of ${running}, so ${left} stay, ${quorum} needed`,
      { [`mostIn${topology === 'zone' ? 'Zone' : 'Node'}`]: most, left, quorum },
      [AS_SCHEDULED],
    );
  if (left >= quorum && volumes.kind === 'unknown') return unknown(volumes.because);
  const worst = worstPlacement(input, topology);
  if (worst === undefined) return unknown(missing(input, topology));
  const held = topology === 'zone' ? (worst.perZone[0] ?? 0) : worst.onOneNode;
  const total = worst.perZone.reduce((sum, count) => sum + count, 0);
  if (total - held >= quorum) return unknown(missing(input, topology));
  const reason = reasonFor(input, topology);
  const because = `losing one ${topology} may leave ${total - held} of ${pods(total)} of ${id}, quorum ${quorum}: ${reason}`;
  const steps: NonEmpty<Step> = [
    {
      action: `the scheduler places ${pods(input.replicas)} (${input.setBy})`,
      state: topology === 'zone' ? placementText(input, worst) : `${held} on one node`,
    },
    { action: `that ${topology} is lost`, state: `${total - held} ready, quorum ${quorum}` },
  ];
  const obstacle = running === held ? 'unspread' : 'below-quorum';
  return no(obstacle, because, steps, place(input, topology));
}

function reasonFor(input: PlacementInput, topology: Topology): string {
  const { rules, replicas, volumes } = input;
  if (volumes.kind === 'one-node') return volumes.because;
  const together = rules.together.find((bond) => bond.topology === topology || bond.topology === 'node');
  if (together !== undefined) return `required pod affinity keeps its pods in the same ${together.topology}`;
  if (replicas === 1) return `there is a single pod (${input.setBy})`;
  if (input.zones.max === 1 && topology === 'zone') return `its nodes are in one zone only (${input.zones.source})`;
  const ruled = [...of(rules.spread, topology), ...of(rules.apart, topology)].length > 0;
  if (!ruled && mostIn(input, topology) === runnable(input)) {
    const wish = rules.wishes.length === 0 ? '' : ` (${rules.wishes.map(({ text }) => text).join('; ')})`;
    return `nothing that the scheduler must obey keeps its pods in different ${topology}s${wish}`;
  }
  return `one ${topology} may hold ${mostIn(input, topology)} of them`;
}

function missing(input: PlacementInput, topology: Topology): string {
  const { id, zones, nodes, rules, volumes, quorum } = input;
  if (volumes.kind === 'unknown') return volumes.because;
  if (rules.spread.some(({ others }) => others !== undefined))
    return `the spread of ${id} counts pods of other workloads as well, so that how its own stand is not known`;
  const open = topology === 'zone' || zones.max === undefined ? zones : nodes;
  const what = open === zones ? 'zones' : 'nodes';
  return `whether ${id} keeps its quorum of ${quorum} when a ${topology} is lost depends on the number of ${what}: ${open.source}`;
}

/** Where the rule that gives way stands; the workload where there is none. */
function place(input: PlacementInput, topology: Topology) {
  const { rules, volumes, origin, replicas } = input;
  if (replicas === 1) return origin;
  const together = rules.together[0]?.origin;
  const weak = of(rules.spread, topology)[0]?.origin;
  return (
    (volumes.kind === 'one-node' ? volumes.origin : undefined) ?? together ?? weak ?? rules.wishes[0]?.origin ?? origin
  );
}
