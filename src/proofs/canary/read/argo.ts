import { parseDuration } from '../../../model/duration.ts';
import { Cursor } from '../../../model/cursor.ts';
import { cursor, workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readDisruption } from '../../disruption/read/index.ts';
import { replicaRange, scaled } from '../../disruption/scaling.ts';
import type { DeliveryPlan, Mark, Stage, Watch } from '../types.ts';
import { readAnalysis, type Analysis } from './templates.ts';

/** The stages of an Argo Rollout. */
export function argoPlan(view: PlatformView, workload: Workload): DeliveryPlan {
  const spec = cursor(workload.object).get('spec');
  const { input } = readDisruption(view, workload);
  const replicas = Math.max(1, replicaRange(input.workload)?.min ?? 1);
  const canary = spec.get('strategy', 'canary');
  const green = spec.get('strategy', 'blueGreen');
  const read = green.exists ? greenStages(view, workload, green) : canaryStages(view, workload, canary);
  const history = spec.get('revisionHistoryLimit');
  return {
    id: workloadName(workload),
    by: green.exists ? 'argo-blue-green' : 'argo-canary',
    stages: read.stages,
    replicas,
    maxSurge: scaled(canary.get('maxSurge').integerOrString() ?? '25%', replicas, 'up'),
    routed: canary.get('trafficRouting').exists,
    marks: green.exists ? greenMarks(green) : canaryMarks(canary),
    history: history.at(history.integer() ?? 10),
    abortsHanging: spec.get('progressDeadlineAbort').boolean() === true,
    missing: read.missing,
    origin: green.exists ? green.origin : canary.exists ? canary.origin : workload.object.origin,
  };
}

interface Stages {
  readonly stages: readonly Stage[];
  readonly missing: Analysis['missing'];
}

/** Nobody sees the new version before the switch, everybody after it: what is judged before decides. */
function greenStages(view: PlatformView, workload: Workload, green: Cursor): Stages {
  const { metrics, missing } = readAnalysis(view, workload.namespace, green.get('prePromotionAnalysis'));
  const watched = metrics.map((metric) => ({ metric, background: false }));
  const person = green.get('autoPromotionEnabled').boolean() === false;
  return { stages: [{ weight: 0, watched, person, origin: green.origin }], missing };
}

interface Part {
  readonly weight: number;
  readonly steps: readonly { readonly at: Cursor; readonly index: number }[];
  readonly origin: Cursor['origin'];
}

/** A stage begins with a `setWeight` and lasts until the next; the last one, at 100 %, is the end. */
function canaryStages(view: PlatformView, workload: Workload, canary: Cursor): Stages {
  const parts = partsOf(canary).filter(({ weight }) => weight > 0 && weight < 100);
  const background = canary.get('analysis');
  const always = readAnalysis(view, workload.namespace, background);
  const from = background.get('startingStep').integer() ?? 0;
  const watchedTime = sum(parts.map((part) => pauseOf(part, from)));
  const inline = parts.map((part) => inlineOf(view, workload, part));
  const stages = parts.map((part, index): Stage => {
    const here = pauseOf(part, from);
    const behind = always.metrics.flatMap((metric): Watch[] => {
      const measurements = (seconds: number | undefined): number | undefined =>
        seconds === undefined
          ? undefined
          : Math.max(
              0,
              Math.floor((seconds - metric.initialDelay) / (metric.interval ?? Number.POSITIVE_INFINITY)) +
                (seconds > 0 ? 1 : 0),
            );
      const overall = measurements(watchedTime);
      const now = measurements(here);
      return now === 0
        ? []
        : [
            {
              metric,
              background: true,
              ...(overall !== undefined && { overall }),
              ...(now !== undefined && { here: now }),
            },
          ];
    });
    const own = inline[index]?.metrics.map((metric) => ({ metric, background: false })) ?? [];
    return { weight: part.weight, watched: [...own, ...behind], person: waitsForPerson(part), origin: part.origin };
  });
  return { stages, missing: [...always.missing, ...inline.flatMap(({ missing }) => missing)] };
}

function partsOf(canary: Cursor): Part[] {
  const parts: { weight: number; steps: { at: Cursor; index: number }[]; origin: Cursor['origin'] }[] = [];
  for (const [index, at] of canary.get('steps').items().entries()) {
    const weight = at.get('setWeight').integer();
    if (weight !== undefined) parts.push({ weight, steps: [{ at, index }], origin: at.origin });
    else if (parts.length === 0) parts.push({ weight: 0, steps: [{ at, index }], origin: at.origin });
    else parts.at(-1)?.steps.push({ at, index });
  }
  return parts;
}

function inlineOf(view: PlatformView, workload: Workload, { steps }: Part): Analysis {
  const found = steps
    .flatMap(({ at }) => [
      at.get('analysis'),
      ...at
        .get('experiment', 'analyses')
        .items()
        .map((one) => experimentAnalysis(one)),
    ])
    .filter(({ exists }) => exists)
    .map((at) => readAnalysis(view, workload.namespace, at));
  return { metrics: found.flatMap(({ metrics }) => metrics), missing: found.flatMap(({ missing }) => missing) };
}

/** An analysis of an experiment names one template by itself; brought into the form of the others. */
function experimentAnalysis(at: Cursor): Cursor {
  const { value } = at;
  if (typeof value !== 'object' || value === null || !('templateName' in value)) return at;
  return new Cursor({ ...value, templates: [value] }, at.origin);
}

/** Seconds that a stage pauses from a step on; `undefined` where a person ends the pause. */
function pauseOf(part: Part, from: number): number | undefined {
  return sum(
    part.steps
      .filter(({ at, index }) => at.get('pause').value !== undefined && index >= from)
      .map(({ at }) => durationOf(at.get('pause', 'duration'))),
  );
}

/** A pause is a number of seconds or a duration; without one it lasts until somebody promotes. */
function durationOf(at: Cursor): number | undefined {
  const value = at.integerOrString();
  if (typeof value === 'number' || value === undefined) return value;
  return /^\d+$/.test(value) ? Number(value) : parseDuration(value);
}

function waitsForPerson({ steps }: Part): boolean {
  return steps.some(({ at }) => at.get('pause').value !== undefined && !at.get('pause', 'duration').exists);
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  );
}

/** Labels that only the new version's pods carry, and the Service that only leads to it. */
function canaryMarks(canary: Cursor): Mark[] {
  const own = canary.get('canaryMetadata', 'labels').stringMap();
  const stable = canary.get('stableMetadata', 'labels').stringMap();
  const labels = Object.entries(own).filter(([key, value]) => stable[key] !== value);
  const service = canary.get('canaryService').string();
  const subset = canary.get('trafficRouting', 'istio', 'destinationRule', 'canarySubsetName').string();
  const values = [service, subset].filter((value) => value !== undefined);
  return [...labels.map(([label, value]) => ({ label, value })), ...values.map((value) => ({ value }))];
}

function greenMarks(green: Cursor): Mark[] {
  const labels = Object.entries(green.get('previewMetadata', 'labels').stringMap());
  const service = green.get('previewService').string();
  return [
    ...labels.map(([label, value]) => ({ label, value })),
    ...(service === undefined ? [] : [{ value: service }]),
  ];
}
