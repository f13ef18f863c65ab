import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { assessPlacement, type PlacementAnswer, type PlacementInput } from '../../proofs/placement/index.ts';
import { openAmong, refutation, type Verdict } from '../../proofs/disruption/index.ts';
import type { Placed, Placements } from './input.ts';

export interface Params {
  readonly zones: boolean;
  readonly nodes: boolean;
  readonly scaleDowns: boolean;
  readonly exempt: readonly string[];
}

export function check(_subject: Subject, input: Placements, params: Params): Result {
  const judged = input.workloads.filter(({ id }) => !params.exempt.includes(id));
  const findings = judged.flatMap((one) => {
    if (one.input === undefined) return [];
    const found = findingsFor(one.input, params);
    return input.declared ? found : found.map(milder(one.input));
  });
  const sum = sumQuestion(judged, input, params);
  const open =
    judged.find(({ unclear }) => unclear !== undefined)?.unclear ??
    judged.map((one) => openQuestion(one, params)).find(Boolean) ??
    sum;
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const exempt = input.workloads.length - judged.length;
  const summary = [...judged.map(summaryOf), ...(exempt > 0 ? [`${exempt} exempt`] : [])].join('; ');
  return failOr(findings, summary, factsOf(judged));
}

const FEWER =
  'Run no more pods than there are zones or nodes for them, or spread with maxSkew instead of required anti-affinity.';
const FITTING = 'Correct the node selector, the affinity or the tolerations, or the labels and taints of the pool.';

function schedulingRemedy({ refused, homeless }: PlacementInput): string {
  if (refused !== undefined)
    return 'Correct the field; until then an older version of the object, or none, is what runs.';
  return homeless === undefined ? FEWER : FITTING;
}

/** What the loss of a zone or node breaks, and what keeps drains and rollouts waiting. */
export function findingsFor(input: PlacementInput, params: Params): Finding[] {
  if (input.replicas === 0) return [];
  const answer = assessPlacement(input);
  const losses = [params.zones ? answer.zoneLoss : undefined, params.nodes ? answer.nodeLoss : undefined];
  const loss = losses.find((verdict) => verdict?.answer === 'no');
  return [
    loss === undefined ? undefined : refutation(loss, 'high', lossRemedy(input, loss), input.origin),
    refutation(answer.scheduled, 'high', schedulingRemedy(input), input.origin),
    refutation(
      answer.rolloutRoom,
      'high',
      'Add matchLabelKeys: [pod-template-hash] to the anti-affinity term (rollouts-pod-template-hash for an Argo Rollout), allow maxUnavailable: 1, or let the pool grow beyond the replicas.',
      input.origin,
    ),
    refutation(
      answer.drainRoom,
      'medium',
      'Let the pool have a node more than its pods need, or spread over nodes with ScheduleAnyway or nodeTaintsPolicy: Honor.',
      input.origin,
    ),
    params.scaleDowns && loss === undefined ? scaledDown(input, answer) : undefined,
  ].filter((one) => one !== undefined);
}

/** No constraint is asked when pods are taken away. */
function scaledDown(
  input: PlacementInput,
  { running, mostAfterScaleDown: most }: PlacementAnswer,
): Finding | undefined {
  const { id, replicas, setBy, peak, quorum, origin } = input;
  if (running - most >= quorum || peak === replicas) return undefined;
  const from = peak === undefined ? 'its peak' : String(peak);
  return {
    message: `scaling ${id} down from ${from} to ${replicas} (${setBy}) may leave ${most} of ${running} in one zone: without it ${running - most} are left, quorum ${quorum}`,
    severity: 'medium',
    counterExample: [
      { action: `it runs at ${from}`, state: 'pods are spread over the zones' },
      {
        action: `the autoscaler scales it to ${replicas}`,
        state: `pods are taken from the other zones: ${most} of ${running} are in one`,
      },
      { action: 'that zone is lost', state: `${running - most} ready, quorum ${quorum}` },
    ],
    remediation:
      'Run a descheduler that evicts what violates the spread, and waive this with it as the reason, or raise the minimum.',
    ...(origin !== undefined && { origin }),
  };
}

/** Nobody said how many pods it needs, nor that there are zones: where nodes hold them apart, that is little. */
function milder(input: PlacementInput): (finding: Finding) => Finding {
  const apart = assessPlacement(input).nodeLoss.answer === 'yes';
  return (finding) => ({ ...finding, severity: finding.severity === 'high' && !apart ? 'medium' : 'low' });
}

function lossRemedy(input: PlacementInput, loss: Verdict): string {
  const { replicas, quorum, volumes, rules } = input;
  if (replicas <= quorum)
    return `Run at least ${quorum + 1} replicas, spread over zones with whenUnsatisfiable: DoNotSchedule.`;
  if (volumes.kind === 'one-node')
    return 'Give each pod a claim of its own (a StatefulSet), or a claim that many nodes can mount.';
  if (rules.together.length > 0) return 'Make the pod affinity a preference, or drop it.';
  if (loss.answer === 'no' && loss.obstacle === 'unspread')
    return 'Add a topology spread constraint over topology.kubernetes.io/zone with maxSkew: 1, whenUnsatisfiable: DoNotSchedule and a labelSelector that matches these pods.';
  const enough = replicasEnough(input);
  const more = enough === undefined ? '' : `run at least ${enough} replicas, `;
  return rules.spread.some(({ maxSkew }) => maxSkew > 1)
    ? `Set maxSkew: 1, ${more}or use more zones.`
    : `Use more zones, ${more}or lower the quorum.`;
}

/** The fewest replicas with which no zone or node is needed; `undefined` where twice as many would not do. */
function replicasEnough(input: PlacementInput): number | undefined {
  const sizes = Array.from({ length: input.replicas + input.quorum * 2 }, (_, index) => input.replicas + 1 + index);
  return sizes.find((replicas) => {
    const { zoneLoss, nodeLoss } = assessPlacement({ ...input, replicas });
    return zoneLoss.answer === 'yes' && nodeLoss.answer === 'yes';
  });
}

/** What stays open about the loss of a zone or node. That room is not known decides nothing. */
function openQuestion({ input }: Placed, params: Params): string | undefined {
  if (input === undefined || input.replicas === 0) return undefined;
  const { zoneLoss, nodeLoss } = assessPlacement(input);
  return openAmong([params.zones ? zoneLoss : undefined, params.nodes ? nodeLoss : undefined]);
}

/** A quorum over several workloads is met by what each is sure to keep; whether the worst falls together is not known. */
function sumQuestion(judged: readonly Placed[], { quorum, workloads }: Placements, params: Params): string | undefined {
  if (workloads.length < 2 || quorum < 2 || !params.zones) return undefined;
  const kept = judged.flatMap(({ input }) => (input === undefined ? [] : [assessPlacement(input)]));
  const sum = kept.reduce((total, { running, mostInZone }) => total + running - mostInZone, 0);
  if (sum >= quorum) return undefined;
  return `its ${workloads.length} workloads are sure to keep ${sum} pods between them when a zone is lost, quorum ${quorum}`;
}

function summaryOf({ id, input }: Placed): string {
  if (input === undefined) return `${id} runs on every node`;
  if (input.replicas === 0) return `${id} may scale to no pods (${input.setBy})`;
  const { running, mostInZone, mostOnNode, drainRoom } = assessPlacement(input);
  const room = drainRoom.answer === 'unknown' ? `; whether a drain finds room is not known: ${drainRoom.because}` : '';
  return `${id}: of ${running} pods a zone holds at most ${mostInZone} and a node ${mostOnNode}, quorum ${input.quorum}${room}`;
}

function factsOf(judged: readonly Placed[]): Record<string, number | string> {
  const [first] = judged;
  if (judged.length !== 1 || first?.input === undefined) return { workloads: judged.length };
  const { running, mostInZone, mostOnNode, recovery, mostAfterScaleDown } = assessPlacement(first.input);
  return {
    running,
    mostInZone,
    mostOnNode,
    quorum: first.input.quorum,
    zones: first.input.zones.max ?? 'not known',
    ...(mostAfterScaleDown > mostInZone && { mostInZoneAfterScaleDown: mostAfterScaleDown }),
    ...(recovery.answer === 'no' && { afterZoneLoss: recovery.because }),
    assumes: 'pods stand as they were scheduled',
  };
}
