/** What an analysis concludes from what its metrics measure. */
import { oncePer } from '../../model/once.ts';
import { decide, type Answer } from './expr-eval.ts';
import { parseCondition } from './expr-parse.ts';

/** How a metric of an analysis judges and how often, with the defaults of argo-rollouts filled in by the reader. */
export interface Judgement {
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** Failed measurements it bears; more fail the run. Default 0; below 0: any number. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  /** Errors in a row that it bears. Default 4. */
  readonly errorLimit: number;
  /** Measurements it takes; absent: until it is ended. */
  readonly count?: number;
}

export type Measured = 'Successful' | 'Failed' | 'Inconclusive' | 'Error' | 'unknown';

/** `Running`: it never comes to an end by itself. */
export type Concluded = Measured | 'Running';

/** Parsed once: a metric is measured with many answers. */
const conditionsOf = oncePer(({ successCondition, failureCondition }: Judgement) => ({
  success: successCondition === undefined ? undefined : { expr: parseCondition(successCondition) },
  failure: failureCondition === undefined ? undefined : { expr: parseCondition(failureCondition) },
}));

/** One measurement: `EvaluateResult` of argo-rollouts utils/evaluate/evaluate.go. Without conditions it is a success. */
export function measure(judgement: Judgement, answer: Answer): Measured {
  const { success, failure } = conditionsOf(judgement);
  const good = success === undefined ? undefined : decide(success.expr, answer);
  const bad = failure === undefined ? undefined : decide(failure.expr, answer);
  if (good === 'unknown' || bad === 'unknown') return 'unknown';
  if (good === 'error' || bad === 'error') return 'Error';
  if (good === undefined && bad === undefined) return 'Successful';
  if (bad === undefined) return good === 'true' ? 'Successful' : 'Failed';
  if (bad === 'true') return 'Failed';
  return good === undefined || good === 'true' ? 'Successful' : 'Inconclusive';
}

/** What is measured without an end stops here: no rollout waits for so many measurements. */
const ENDLESS = 10_000;

/**
 * The end of a metric that measures the same again and again: `assessMetricStatus` of argo-rollouts analysis/analysis.go.
 * `measurements`: how many there is time for before the run is ended from outside, which is a success while no limit is
 * passed; absent: as many as it takes. An error does not count as a measurement.
 */
export function conclude(judgement: Judgement, measured: Measured, measurements?: number): Concluded {
  if (measured === 'unknown') return 'unknown';
  const limit =
    measured === 'Failed'
      ? judgement.failureLimit
      : measured === 'Inconclusive'
        ? judgement.inconclusiveLimit
        : judgement.errorLimit;
  const bears = measured === 'Successful' || limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const taken = Math.min(measurements ?? ENDLESS, (measured === 'Error' ? undefined : judgement.count) ?? ENDLESS);
  if (taken > bears) return measured;
  if (measurements !== undefined) return 'Successful';
  return measured === 'Error' || judgement.count === undefined ? 'Running' : 'Successful';
}
