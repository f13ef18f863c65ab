import { oncePer } from '../../model/once.ts';
import type { Answer } from './expr-eval.ts';
import { conclude, measure, type Concluded, type Measured } from './measure.ts';
import { readQuery, type Empty, type QueryFacts, type Silence } from './promql.ts';
import type { Mark, Metric, Watch } from './types.ts';

export interface MetricAnswer {
  readonly measures: 'errors' | 'latency' | 'other';
  /** The highest quantile that a latency is asked at. */
  readonly quantile?: number;
  /** What comes of it when nothing is measured; `unknown` with the provider's ways. */
  readonly silent: readonly {
    readonly silence: Silence;
    readonly answer: string;
    /** Of one measurement, and of all of them. */
    readonly measured: Measured;
    readonly concluded: Concluded;
  }[];
  /** Some value ends the run badly. */
  readonly halts: 'yes' | 'no' | 'unknown';
  /** A step that waits for it goes on, whatever is measured. */
  readonly ends: boolean;
  /** Whose series it asks for. */
  readonly about: 'canary' | 'both' | 'unknown';
}

/** Values from ratios over percents to milliseconds: a threshold lies somewhere between them. */
const VALUES = [
  0, 1e-5, 1e-4, 1e-3, 0.005, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, 1, 2, 5, 10, 50, 90, 95, 99, 100,
  500, 1e3, 1e4, 1e5, 1e7, 1e9,
];
const BAD: readonly Concluded[] = ['Failed', 'Error', 'Inconclusive'];

/** The text that stands in a query for the hash of the new version's pods. */
export const CANARY_HASH = 'hash-of-the-new-version';

/** In place of a query: a built-in metric that is an average. */
export const AVERAGE = 'average';

/** Works a metric through: what it measures, what silence means to it, and whether it can stop a rollout. */
export function assessMetric(watch: Watch, marks: readonly Mark[]): MetricAnswer {
  const { metric } = watch;
  const facts = factsOf(metric);
  const quantile = quantileOf(metric, facts);
  return {
    measures: measuresOf(metric, facts, quantile),
    ...(quantile !== undefined && { quantile }),
    silent: silences(watch, facts),
    halts: haltsOf(watch, facts),
    ends: watch.background || metric.judgement.count !== undefined,
    about: metric.provider === 'builtin' ? 'canary' : facts === undefined ? 'unknown' : aboutOf(facts, marks),
  };
}

/** The end of a run that measures one value again and again. */
export function concludeAt({ metric, overall }: Watch, value: number): Concluded {
  return conclude(metric.judgement, measure(metric.judgement, isScalar(metric) ? value : [value]), overall);
}

/** Parsed once: every step and every value asks. */
const factsOf = oncePer(({ provider, query }: Metric) =>
  provider === 'prometheus' && query !== undefined ? readQuery(query) : undefined,
);

/** Whether its conditions see a number and not a list of them. */
function isScalar(metric: Metric): boolean {
  return metric.listed !== true && (metric.provider !== 'prometheus' || factsOf(metric)?.scalar === true);
}

/** Prometheus answers an empty list where no series is, Datadog nil; of the others it is not known. */
function silences(watch: Watch, facts: QueryFacts | undefined): MetricAnswer['silent'] {
  const { metric, overall } = watch;
  if (metric.listed === true && metric.provider !== 'prometheus') return [];
  const judge = (silence: Silence, answer: Answer, text: string) => {
    const measured = measure(metric.judgement, answer);
    return { silence, answer: text, measured, concluded: conclude(metric.judgement, measured, overall) };
  };
  if (metric.provider === 'datadog') return [judge('absent', null, 'nil')];
  if (facts === undefined)
    return metric.provider === 'job'
      ? []
      : [{ silence: 'absent', answer: 'not known', measured: 'unknown', concluded: 'unknown' }];
  return (['absent', 'idle'] as const).flatMap((silence) => {
    const answer = answerOf(facts[silence], facts.scalar);
    return answer === undefined ? [] : [judge(silence, answer, textOf(answer))];
  });
}

function answerOf(empty: Empty, scalar: boolean): Answer | undefined {
  if (empty.kind === 'unknown') return undefined;
  if (empty.kind === 'none') return [];
  return scalar ? empty.value : [empty.value];
}

function textOf(answer: Answer): string {
  if (Array.isArray(answer)) return answer.length === 0 ? 'an empty list' : String(answer[0]);
  return String(answer);
}

function haltsOf(watch: Watch, facts: QueryFacts | undefined): MetricAnswer['halts'] {
  const { metric } = watch;
  if (metric.dryRun) return 'no';
  if (metric.provider === 'job') return 'yes';
  // What the built-in metrics of Flagger mean is known, and so is their worst value.
  if (metric.provider === 'builtin')
    return BAD.includes(concludeAt(watch, metric.name === 'request-success-rate' ? 0 : 1e9)) ? 'yes' : 'no';
  const known = metric.listed === true || metric.provider === 'datadog' || facts !== undefined;
  const ends = VALUES.map((value) => concludeAt(watch, value));
  if (ends.some((end) => BAD.includes(end))) return known || !ends.includes('Error') ? 'yes' : 'unknown';
  return ends.includes('unknown') || !known ? 'unknown' : 'no';
}

function quantileOf({ query, name, provider }: Metric, facts: QueryFacts | undefined): number | undefined {
  if (provider === 'builtin') return query === AVERAGE && name === 'request-duration' ? 0.5 : undefined;
  if (facts !== undefined && facts.quantiles.length > 0) return Math.max(...facts.quantiles);
  const text = `${name} ${query ?? ''}`;
  const percent = /\bp(?:ercentile)?[-_ (]?(\d{2})(\d?)\b/i.exec(text);
  return percent === null ? undefined : Number(`0.${percent[1] ?? ''}${percent[2] ?? ''}`);
}

const LATENCY = /latency|duration|response.?time|seconds_bucket|milliseconds_bucket|_ms\b/i;
const ERRORS =
  /error|fail|5\.\.|5xx|success|availab|(?:^|[^a-z])(?:status|code|grpc_code|response_code|result|outcome)(?:$|[^a-z])/i;

/** By what its selectors ask for, else by its name: error ratios are known by a label of outcome, latencies by a quantile. */
function measuresOf(
  { name, query, provider }: Metric,
  facts: QueryFacts | undefined,
  quantile?: number,
): MetricAnswer['measures'] {
  if (provider === 'builtin') return name === 'request-success-rate' ? 'errors' : 'latency';
  if (quantile !== undefined) return 'latency';
  const words =
    facts === undefined
      ? [query ?? '']
      : facts.selectors.flat().map(({ label, value }) => (label === '__name__' ? value : `${label} ${value}`));
  const text = [name, ...words].join(' ');
  if (ERRORS.test(text)) return 'errors';
  return LATENCY.test(text) ? 'latency' : 'other';
}

/** One selector that asks for the new version is enough: the others compare it with the old one, or with all. */
function aboutOf({ selectors }: QueryFacts, marks: readonly Mark[]): MetricAnswer['about'] {
  const all = selectors.flat();
  if (all.some(({ op, value }) => (op === '=' || op === '=~') && value.includes(CANARY_HASH))) return 'canary';
  const marked = all.some(
    ({ label, op, value }) => (op === '=' || op === '=~') && marks.some((mark) => fits(mark, label, value)),
  );
  return marked ? 'canary' : 'both';
}

/** Label names reach Prometheus with what it does not take replaced by underscores. */
function fits(mark: Mark, label: string, value: string): boolean {
  if (mark.label === undefined) return value.includes(mark.value);
  return label === mark.label.replaceAll(/[^A-Za-z0-9_]/g, '_') && value === mark.value;
}
