/** The analysis of a delivery, made ready to be asked at a target that has no canary of its own. Pure. */
import { assessMetric, type DeliveryPlan, type Measured, type Metric } from '../../proofs/canary/index.ts';
import { measure, type Judgement } from '../../proofs/canary/measure.ts';

/** A metric that tells errors of the new version, as the manifests ask for it. */
export interface Analysed {
  readonly name: string;
  readonly template: string;
  readonly query: string;
  readonly judgement: Judgement;
  /** Matchers that name the new version in the query: `rollout="canary"`. */
  readonly marks: readonly string[];
}

/** Error rates of the new version alone that a stage waits for. Those over both versions cannot be asked of one replica. */
export function analysed({ stages, marks }: DeliveryPlan): Analysed[] {
  return stages.flatMap(({ watched }) =>
    watched.flatMap((watch) => {
      const { metric } = watch;
      const { measures, about } = assessMetric(watch, marks);
      const found = metric.query === undefined ? [] : matchersOf(metric.query, marks);
      if (metric.provider !== 'prometheus' || metric.dryRun || measures !== 'errors') return [];
      return about === 'canary' && metric.query !== undefined && found.length > 0
        ? [toAnalysed(metric, metric.query, found)]
        : [];
    }),
  );
}

function toAnalysed({ name, template, judgement }: Metric, query: string, marks: readonly string[]): Analysed {
  return { name, template, query, judgement, marks };
}

/** Every matcher of the query whose value holds a mark of the new version. */
function matchersOf(query: string, marks: DeliveryPlan['marks']): string[] {
  const matchers = [...query.matchAll(/([a-zA-Z_]\w*)\s*(=~?)\s*"([^"]*)"/g)];
  return [
    ...new Set(
      matchers.flatMap(([text, label, , value = '']) =>
        marks.some((mark) => (mark.label === undefined || mark.label === label) && value.includes(mark.value))
          ? [text]
          : [],
      ),
    ),
  ];
}

/** The same query for one replica of the target, over windows of so many seconds. Nothing else of it changes. */
export function canaryQuery(
  { query, marks }: Analysed,
  replica: { readonly label: string; readonly value: string },
  window: number,
): string {
  const matcher = `${replica.label}="${replica.value}"`;
  const about = marks.reduce((text, mark) => text.replaceAll(mark, matcher), query);
  return about.replaceAll(/\[\d+(?:ms|[smhd])\]/g, `[${window}s]`);
}

/** What one measurement comes to, by the conditions of the manifests. */
export function measured({ judgement }: Analysed, answer: readonly number[]): Measured {
  return measure(judgement, answer);
}
