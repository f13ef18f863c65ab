import { cursor, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { shortestPause } from '../../model/schedule.ts';
import { readDisruption } from '../disruption/read/index.ts';
import type { Unknown } from './figure.ts';
import { peakOf, type CronTiming, type Peak } from './pods.ts';

/** The most pods of a workload at once, from its manifest and its autoscaler. A suspended Job or CronJob has none. */
export function readPeak(view: PlatformView, workload: Workload, nodes?: number): Peak | Unknown {
  const { input, unclear } = readDisruption(view, workload);
  if (unclear !== undefined) return { unknown: unclear, declare: 'Let one autoscaler scale the workload' };
  const spec = cursor(workload.object).get('spec');
  const isJob = workload.kind === 'Job' || workload.kind === 'CronJob';
  if (isJob && spec.get('suspend').boolean() === true) return { replicas: 0, surge: 0, fewest: 0, from: 'suspended' };
  const cron = workload.kind === 'CronJob' ? cronTiming(workload) : undefined;
  return peakOf(bounded(input.workload, workload), {
    ...(nodes !== undefined && { nodes }),
    ...(cron !== undefined && { cron }),
  });
}

/** A Job never runs more pods than it has completions left. */
function bounded(judged: ReturnType<typeof readDisruption>['input']['workload'], workload: Workload): typeof judged {
  if (judged.kind !== 'Job') return judged;
  const spec = cursor(workload.object).get('spec');
  const job = workload.kind === 'CronJob' ? spec.get('jobTemplate', 'spec') : spec;
  const completions = job.get('completions').integer();
  const parallelism = judged.replicas ?? 1;
  return { ...judged, replicas: completions === undefined ? parallelism : Math.min(parallelism, completions) };
}

/** How often it starts is worked out only where runs may overlap: it takes a walk through the calendar. */
function cronTiming(workload: Workload): CronTiming {
  const spec = cursor(workload.object).get('spec');
  const policy = spec.get('concurrencyPolicy').string();
  if (policy === 'Forbid' || policy === 'Replace') return { concurrencyPolicy: policy };
  const activeDeadline = spec.get('jobTemplate', 'spec', 'activeDeadlineSeconds').integer();
  if (activeDeadline === undefined) return { concurrencyPolicy: 'Allow' };
  const pause = shortestPause(spec.get('schedule').string() ?? '');
  return { concurrencyPolicy: 'Allow', activeDeadline, ...(pause !== undefined && { shortestPause: pause }) };
}
