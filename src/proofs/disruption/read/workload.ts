import { MalformedValue, type Cursor } from '../../../model/cursor.ts';
import { cursor, workloadName, type Workload } from '../../../model/kube.ts';
import type {
  ArgoStrategy,
  Autoscaler,
  DaemonSetLike,
  DeploymentStrategy,
  DisruptedWorkload,
  StatefulSetLike,
} from '../types.ts';
import { present } from './present.ts';

/** Reads a workload of the platform into what the engine judges; a CronJob as the Job it makes. */
export function disruptedWorkload(workload: Workload, autoscaler: Autoscaler | undefined): DisruptedWorkload {
  const spec = cursor(workload.object).get('spec');
  const base = {
    id: workloadName(workload),
    replicas: spec.get('replicas').integer(),
    autoscaler,
    minReadySeconds: spec.get('minReadySeconds').integer(),
    origin: workload.object.origin,
  };
  switch (workload.kind) {
    case 'Deployment':
      return present<DisruptedWorkload>({
        ...base,
        kind: 'Deployment',
        strategy: deploymentStrategy(spec.get('strategy')),
        progressDeadlineSeconds: spec.get('progressDeadlineSeconds').integer(),
        paused: spec.get('paused').boolean(),
      });
    case 'StatefulSet':
      return present<StatefulSetLike>({
        ...base,
        kind: 'StatefulSet',
        podManagementPolicy: oneOf(spec.get('podManagementPolicy'), ['OrderedReady', 'Parallel']),
        strategy: statefulSetStrategy(spec.get('updateStrategy')),
      });
    case 'DaemonSet':
      return present<DaemonSetLike>({
        ...base,
        kind: 'DaemonSet',
        strategy: daemonSetStrategy(spec.get('updateStrategy')),
      });
    case 'Rollout':
      return present<DisruptedWorkload>({
        ...base,
        kind: 'Rollout',
        strategy: argoStrategy(spec.get('strategy')),
        progressDeadlineSeconds: spec.get('progressDeadlineSeconds').integer(),
        paused: spec.get('paused').boolean(),
      });
    case 'Job':
    case 'CronJob': {
      const job = workload.kind === 'Job' ? spec : spec.get('jobTemplate', 'spec');
      return present<DisruptedWorkload>({ ...base, kind: 'Job', replicas: job.get('parallelism').integer() });
    }
    case 'ReplicaSet':
    case 'Pod':
      return present<DisruptedWorkload>({ ...base, kind: workload.kind });
    case 'ReplicationController':
      return present<DisruptedWorkload>({ ...base, kind: 'ReplicaSet' });
  }
}

function deploymentStrategy(at: Cursor): DeploymentStrategy {
  const type = oneOf(at.get('type'), ['RollingUpdate', 'Recreate']) ?? 'RollingUpdate';
  return present<DeploymentStrategy>({ type, ...bounds(at.get('rollingUpdate')) });
}

function daemonSetStrategy(at: Cursor): DaemonSetLike['strategy'] {
  const type = oneOf(at.get('type'), ['RollingUpdate', 'OnDelete']) ?? 'RollingUpdate';
  return type === 'OnDelete' ? { type } : present({ type, ...bounds(at.get('rollingUpdate')) });
}

function statefulSetStrategy(at: Cursor): StatefulSetLike['strategy'] {
  const type = oneOf(at.get('type'), ['RollingUpdate', 'OnDelete']) ?? 'RollingUpdate';
  if (type === 'OnDelete') return { type };
  const rolling = at.get('rollingUpdate');
  return present<StatefulSetLike['strategy']>({
    type,
    partition: rolling.get('partition').integer(),
    maxUnavailable: rolling.get('maxUnavailable').integerOrString(),
  });
}

function argoStrategy(at: Cursor): ArgoStrategy {
  const blueGreen = at.get('blueGreen');
  if (blueGreen.exists)
    return present<ArgoStrategy>({
      type: 'blueGreen',
      waitsForPerson: blueGreen.get('autoPromotionEnabled').boolean() === false ? true : undefined,
    });
  const canary = at.get('canary');
  const pauses = canary
    .get('steps')
    .items()
    .map((step) => step.get('pause'));
  return present<ArgoStrategy>({
    type: 'canary',
    ...bounds(canary),
    trafficRouting: canary.get('trafficRouting').exists ? true : undefined,
    dynamicStableScale: canary.get('dynamicStableScale').boolean(),
    waitsForPerson: pauses.some((pause) => pause.exists && !pause.get('duration').exists) ? true : undefined,
  });
}

function bounds(at: Cursor) {
  return { maxSurge: at.get('maxSurge').integerOrString(), maxUnavailable: at.get('maxUnavailable').integerOrString() };
}

function oneOf<T extends string>(at: Cursor, values: readonly T[]): T | undefined {
  const text = at.string();
  if (text === undefined) return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new MalformedValue(at.origin, values.join(' or '), text);
  return value;
}
