import { deploymentFenceposts } from '../disruption/fenceposts.ts';
import { replicaRange } from '../disruption/scaling.ts';
import type { DisruptedWorkload } from '../disruption/types.ts';
import { count, type Unknown } from './figure.ts';

/** The pods of a workload at the worst moment: the most replicas, and what a rollout adds to them. */
export interface Peak {
  readonly replicas: number;
  readonly surge: number;
  /** Replicas at rest, the fewest that autoscaling permits. */
  readonly fewest: number;
  /** `12 replicas (maximum of HorizontalPodAutoscaler shop/api) + 3 surge`. */
  readonly from: string;
}

/** How often a CronJob starts and how long one of its Jobs may run, in seconds; absent where nothing bounds it. */
export interface CronTiming {
  readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
  readonly shortestPause?: number;
  readonly activeDeadline?: number;
}

/** All pods at once. */
export function podsAt({ replicas, surge }: Peak): number {
  return replicas + surge;
}

/**
 * The most pods a workload runs at once, during a rollout at its most replicas. Surge as the controllers compute it
 * ({@link deploymentFenceposts}); a StatefulSet replaces in place and never surges. `nodes`: on how many a DaemonSet runs.
 */
export function peakOf(
  workload: DisruptedWorkload,
  context: { nodes?: number; cron?: CronTiming } = {},
): Peak | Unknown {
  if (workload.kind === 'DaemonSet') return onNodes(workload.id, context.nodes);
  if (workload.kind === 'Job') return jobPeak(workload.id, workload.replicas ?? 1, context.cron);
  const range = replicaRange(workload);
  if (range?.max === undefined)
    return { unknown: `how far ${workload.id} scales`, declare: 'Set a maximum in its autoscaler' };
  const { surge, why } = surgeOf(workload, range.max);
  const scaled = workload.autoscaler !== undefined && range.setBy.includes(workload.autoscaler.id);
  const limit = scaled ? `maximum of ${range.setBy}` : range.setBy;
  return {
    replicas: range.max,
    surge,
    fewest: range.min,
    from: `${count(range.max, 'replica')} (${limit})${surge === 0 ? '' : ` + ${surge} ${why}`}`,
  };
}

/**
 * What a rollout adds. A canary behind a traffic router keeps the stable version at full size while the new one grows to full
 * size, unless `dynamicStableScale` shrinks it in step, when both round up (argo-rollouts `utils/replicaset/canary.go`,
 * `CalculateReplicaCountsForTrafficRoutedCanary`). Blue-green runs both sets in full before it switches.
 */
function surgeOf(workload: DisruptedWorkload, replicas: number): { surge: number; why: string } {
  if (workload.kind === 'Deployment') {
    const surge = workload.strategy.type === 'Recreate' ? 0 : deploymentFenceposts(workload.strategy, replicas).surge;
    return { surge, why: 'surge' };
  }
  if (workload.kind !== 'Rollout') return { surge: 0, why: '' };
  const { strategy } = workload;
  if (strategy.type === 'blueGreen') return { surge: replicas, why: 'of the new version beside the old' };
  if (strategy.trafficRouting !== true) return { surge: deploymentFenceposts(strategy, replicas).surge, why: 'surge' };
  if (strategy.dynamicStableScale === true)
    return { surge: Math.min(1, replicas), why: 'while canary and stable both round up' };
  return { surge: replicas, why: 'of the canary at full weight, the stable version staying whole' };
}

function onNodes(id: string, nodes: number | undefined): Peak | Unknown {
  if (nodes === undefined)
    return {
      unknown: `on how many nodes ${id} runs`,
      declare: 'Describe the node pools under environments[].nodePools',
    };
  return { replicas: nodes, surge: 0, fewest: nodes, from: `one on each of ${count(nodes, 'node')}` };
}

/** Jobs of a CronJob that may run side by side: those started while the first may still run. */
function jobPeak(id: string, parallelism: number, cron: CronTiming | undefined): Peak | Unknown {
  if (cron === undefined || cron.concurrencyPolicy !== 'Allow')
    return { replicas: parallelism, surge: 0, fewest: 0, from: `${count(parallelism, 'pod')} of one run` };
  if (cron.activeDeadline === undefined || cron.shortestPause === undefined || cron.shortestPause === 0)
    return {
      unknown: `how many runs of ${id} overlap (concurrencyPolicy Allow, no activeDeadlineSeconds)`,
      declare: `Set concurrencyPolicy: Forbid or activeDeadlineSeconds on ${id}`,
    };
  const runs = Math.max(1, Math.ceil(cron.activeDeadline / cron.shortestPause));
  const from =
    runs === 1 ? `${count(parallelism, 'pod')} of one run` : `${runs} overlapping runs of ${count(parallelism, 'pod')}`;
  return { replicas: runs * parallelism, surge: 0, fewest: 0, from };
}
