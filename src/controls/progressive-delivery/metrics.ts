import type { Finding } from '../../model/result.ts';
import {
  assessMetric,
  concludeAt,
  percentOf,
  type Concluded,
  type Measured,
  type DeliveryPlan,
  type Metric,
  type MetricAnswer,
  type Stage,
  type Watch,
} from '../../proofs/canary/index.ts';
import { shareOf } from './stages.ts';

const BAD: readonly Concluded[] = ['Failed', 'Error', 'Inconclusive'];

/** Metrics that pass without data, stop nothing, or cannot see the new version. */
export function metricFindings(plan: DeliveryPlan): Finding[] {
  return plan.stages.flatMap((stage) =>
    stage.watched.flatMap((watch) => {
      const answer = assessMetric(watch, plan.marks);
      if (!answer.ends) return [endless(plan, watch)];
      if (answer.halts === 'no') return [powerless(plan, watch)];
      return [...silent(plan, watch, answer), ...diluted(plan, stage, watch, answer)];
    }),
  );
}

/** Why it cannot be told what a metric does; none when it can. */
export function unclearMetric(watch: Watch, marks: DeliveryPlan['marks']): string[] {
  const { silent: silences, halts, measures } = assessMetric(watch, marks);
  if (measures === 'other') return [];
  const { name, template, provider } = watch.metric;
  if (halts === 'unknown') return [`what ${name} of ${template} concludes cannot be told from its conditions`];
  return silences.some(({ concluded }) => concluded === 'unknown')
    ? [`what ${name} of ${template} concludes without data cannot be told (provider ${provider})`]
    : [];
}

function silent({ id }: DeliveryPlan, watch: Watch, { silent: silences }: MetricAnswer): Finding[] {
  const { metric } = watch;
  const worst = silences.find(({ concluded }) => concluded === 'Successful');
  if (worst === undefined) return [];
  const absent = worst.silence === 'absent';
  const reason = toleranceOf(watch, worst.measured) ?? `${conditionText(metric)} takes that for success`;
  return [
    {
      message: `${metric.name} of ${metric.template} passes ${id} without data: where ${absent ? 'no series is there' : 'no request comes'} the query answers ${worst.answer}, and ${reason}`,
      severity: absent ? 'high' : 'medium',
      origin: metric.judged.origin,
      counterExample: [
        {
          action: absent
            ? 'the metrics of the new version are not scraped, or have another name'
            : 'the new version gets no request',
          state: `the query answers ${worst.answer}`,
        },
        {
          action: `${metric.name} measures that again and again: ${worst.measured}`,
          state: 'the run ends as Successful',
        },
      ],
      remediation: silenceRemedy(worst.measured, worst.answer),
    },
  ];
}

/** Where a measurement is no success and the run is one all the same: the limit that bears it. */
function toleranceOf({ metric, overall }: Watch, measured: Measured): string | undefined {
  const { failureLimit, inconclusiveLimit, errorLimit, count } = metric.judgement;
  const taken = overall === undefined ? `${count ?? 0} of them` : `the ${overall} that the rollout has time for`;
  if (measured === 'Error')
    return `errors in a row are borne up to ${errorLimit} (consecutiveErrorLimit): ${taken} are no more`;
  if (measured === 'Inconclusive') return `inconclusiveLimit ${inconclusiveLimit} bears ${taken}`;
  return measured === 'Failed' ? `failureLimit ${failureLimit} bears ${taken}` : undefined;
}

function silenceRemedy(measured: Measured, answer: string): string {
  if (measured !== 'Successful')
    return 'Lower the limit below the number of measurements that the rollout has time for.';
  return ['an empty list', 'NaN', 'nil'].includes(answer)
    ? 'Ask for data in successCondition: len(result) > 0 && !isNaN(result[0]) && ….'
    : 'Let the query answer nothing where there is nothing: judge a ratio, without "or vector(…)".';
}

/** `ValidateAnalysisTemplateWithType` of argo-rollouts refuses a Rollout whose step waits for a metric with an interval and no count. */
function endless({ id }: DeliveryPlan, { metric }: Watch): Finding {
  return {
    message: `${metric.name} of ${metric.template} measures without end (an interval and no count): ${id} waits for it for ever, and is refused as invalid`,
    severity: 'high',
    origin: metric.origin,
    remediation: 'Give the metric a count.',
  };
}

function powerless({ id }: DeliveryPlan, watch: Watch): Finding {
  const { metric } = watch;
  return {
    message: `${metric.name} of ${metric.template} cannot stop ${id}: ${whyPowerless(watch)}`,
    severity: 'high',
    origin: metric.judged.origin,
    remediation: 'Let it fail on a value that users would notice, with a failureLimit below its count.',
  };
}

function whyPowerless({ metric, overall }: Watch): string {
  const { judgement, dryRun, provider, name } = metric;
  if (dryRun) return 'it is measured as a dry run';
  if (judgement.successCondition === undefined && judgement.failureCondition === undefined)
    return 'it has no condition, so that any answer is a success';
  if (provider === 'builtin')
    return `its threshold lets ${name === 'request-success-rate' ? 'a success rate of 0 %' : 'any duration'} pass`;
  const taken = overall ?? judgement.count;
  if (taken !== undefined && judgement.failureLimit >= taken)
    return `it bears ${judgement.failureLimit} failures (failureLimit) and measures ${taken} times`;
  return `no value makes ${conditionText(metric)} fail`;
}

/** A metric over both versions shows only as much of a broken canary as its share is. */
function diluted(plan: DeliveryPlan, stage: Stage, watch: Watch, answer: MetricAnswer): Finding[] {
  if (answer.about !== 'both' || plan.by === 'flagger') return [];
  const { metric } = watch;
  const share = shareOf(plan, stage);
  const part = (share === undefined ? stage.weight : percentOf(share)) / 100;
  const shows = answer.measures === 'errors' ? errorsShow(watch, part) : latencyShows(answer, part);
  if (shows !== false) return [];
  const sees = `${metric.name} of ${metric.template} asks for both versions together`;
  return [
    {
      message: `${sees}: at ${Math.round(part * 100)} % a version of ${plan.id} that is broken through and through does not show`,
      severity: 'medium',
      origin: metric.origin,
      remediation:
        'Ask for the new version alone: by a label of canaryMetadata, the canary Service or the hash of its pods.',
    },
  ];
}

/** Whether the run ends badly if the new version answers nothing but errors; `undefined` where the scale is not known. */
function errorsShow(watch: Watch, part: number): boolean | undefined {
  const bad = (value: number): boolean => BAD.includes(concludeAt(watch, value));
  if (!bad(0) && bad(1)) return bad(part);
  if (bad(0) && !bad(1)) return bad(1 - part);
  if (bad(0) && !bad(100)) return bad(100 * (1 - part));
  return undefined;
}

/** A quantile sees a slow version once it serves more than what the quantile leaves out. */
function latencyShows({ measures, quantile }: MetricAnswer, part: number): boolean | undefined {
  return measures === 'latency' && quantile !== undefined && part > 0 ? part > 1 - quantile : undefined;
}

function conditionText({ judgement, listed }: Metric): string {
  const { successCondition, failureCondition } = judgement;
  if (listed === true) return 'its threshold';
  if (successCondition !== undefined) return `successCondition ${JSON.stringify(successCondition)}`;
  return failureCondition === undefined
    ? 'the lack of a condition'
    : `the lack of a successCondition beside ${JSON.stringify(failureCondition)}`;
}
