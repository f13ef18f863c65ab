import { workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { rolloutPlan } from '../../disruption/fenceposts.ts';
import { readDisruption } from '../../disruption/read/index.ts';
import { replicaRange } from '../../disruption/scaling.ts';
import type { DisruptedWorkload } from '../../disruption/types.ts';
import type { PlacementInput } from '../types.ts';
import { eligibleNodes } from './nodes.ts';
import { refusedRule } from './refused.ts';
import { placementRules } from './rules.ts';
import { volumesOf } from './volumes.ts';

/** What the engine needs to know of a workload. No input: a DaemonSet, which runs on every node by nature, or one whose pods are described elsewhere. */
export interface ReadPlacement {
  readonly id: string;
  readonly input?: PlacementInput;
  readonly unclear?: string;
}

/** Reads the classes `kubernetes` and `terraform`, and the environment of the spec. */
export function readPlacement(view: PlatformView, workload: Workload, quorum: number): ReadPlacement {
  const id = workloadName(workload);
  const { input, unclear } = readDisruption(view, workload);
  const range = replicaRange(input.workload);
  if (range === undefined) return { id };
  const volumes = volumesOf(view, workload);
  const refused = refusedRule(workload);
  return {
    id,
    input: {
      id,
      replicas: range.min,
      setBy: range.setBy,
      ...(range.max !== undefined && { peak: range.max }),
      rules: placementRules(view, workload),
      ...(refused !== undefined && { refused }),
      ...eligibleNodes(view, workload, volumes.zones),
      volumes: volumes.bond,
      surges: surges(input.workload, Math.max(1, range.min)),
      quorum,
      origin: workload.object.origin,
    },
    ...(unclear !== undefined && { unclear }),
  };
}

/** The fewest pods that a workload may run with; `undefined` for a DaemonSet, which has one on each node. */
export function fewestReplicas(view: PlatformView, workload: Workload): number | undefined {
  return replicaRange(readDisruption(view, workload).input.workload)?.min;
}

function surges(workload: DisruptedWorkload, replicas: number): boolean {
  const plan = rolloutPlan(workload, replicas);
  if (plan.kind === 'rolling') return plan.fenceposts.unavailable === 0;
  if (plan.kind === 'canary') return plan.stable !== 'shrinks' || plan.fenceposts.unavailable === 0;
  return plan.kind === 'blue-green';
}
