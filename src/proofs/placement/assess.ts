import { oncePer } from '../../model/once.ts';
import { no, pods, unknown, type Verdict } from '../disruption/verdict.ts';
import { mostAfterScaleDown, mostIn, runnable } from './bounds.ts';
import { lossVerdict } from './loss.ts';
import { drainRoom, recovery, rolloutRoom } from './room.ts';
import type { PlacementInput } from './types.ts';

/** What the placement of a workload's pods guarantees, decided from its rules and what is known of the cluster. */
export interface PlacementAnswer {
  /** Does losing any one zone leave the quorum? */
  readonly zoneLoss: Verdict;
  /** Does losing any one node leave the quorum? */
  readonly nodeLoss: Verdict;
  /** Can every replica be scheduled at all? */
  readonly scheduled: Verdict;
  /** Does a pod that a drain evicts find a place while its node is away? */
  readonly drainRoom: Verdict;
  /** Does a rollout that adds pods first find places for them? */
  readonly rolloutRoom: Verdict;
  /** Are the pods of a lost zone replaced in those that are left? Decides nothing about the quorum. */
  readonly recovery: Verdict;
  /** The most pods that one zone, or one node, can hold, and those left without it. */
  readonly mostInZone: number;
  readonly mostOnNode: number;
  /** The same for a zone, after the workload was scaled down from its peak. */
  readonly mostAfterScaleDown: number;
  readonly running: number;
}

/**
 * Judges a workload at its fewest replicas, which is the worst case: pods left without a domain never shrink as replicas
 * grow. Pure.
 */
export const assessPlacement = oncePer((input: PlacementInput): PlacementAnswer => ({
  zoneLoss: lossVerdict(input, 'zone'),
  nodeLoss: lossVerdict(input, 'node'),
  scheduled: scheduled(input),
  drainRoom: drainRoom(input),
  rolloutRoom: rolloutRoom(input),
  recovery: recovery(input),
  mostInZone: mostIn(input, 'zone'),
  mostOnNode: mostIn(input, 'node'),
  mostAfterScaleDown: mostAfterScaleDown(input),
  running: runnable(input),
}));

function scheduled(input: PlacementInput): Verdict {
  const { id, replicas, rules, zones, nodes, homeless, refused } = input;
  if (refused !== undefined)
    return no(
      'rejected',
      `the API server refuses ${id}: ${refused.text}`,
      [{ action: 'the manifest is applied', state: `refused: ${refused.text}` }],
      refused.origin,
    );
  if (homeless !== undefined)
    return no('no-room', `no node takes the pods of ${id}: ${homeless}`, [
      { action: 'its pods are scheduled', state: `0 of ${replicas} run: Pending` },
    ]);
  const running = runnable(input);
  const limited = [...rules.apart, ...rules.spread].find(
    ({ topology }) => (topology === 'zone' ? zones : nodes).max !== undefined,
  );
  if (running < replicas) {
    const { topology, origin } = limited ?? { topology: 'zone', origin: input.origin };
    const domains = topology === 'zone' ? zones : nodes;
    const because = `the rules of ${id} let ${pods(running)} of ${replicas} run on ${domains.max ?? 0} ${topology}s (${domains.source}): the rest stays Pending`;
    const steps = [
      { action: `the ${replicas} pods are scheduled one by one`, state: `${running} run, every ${topology} is taken` },
      { action: 'the scheduler looks for a place for the next', state: `${replicas - running} Pending` },
    ] as const;
    return { answer: 'no', obstacle: 'no-room', because, steps, ...(origin !== undefined && { origin }) };
  }
  const open = rules.apart.find(({ topology }) => (topology === 'zone' ? zones : nodes).max === undefined);
  if (open !== undefined && replicas > 1)
    return unknown(
      `whether ${pods(replicas)} of ${id} find a ${open.topology} each is not known: ${(open.topology === 'zone' ? zones : nodes).source}`,
    );
  return { answer: 'yes', witness: { summary: `all ${replicas} can run`, facts: { running } }, assumes: [] };
}
