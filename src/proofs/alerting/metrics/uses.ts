import type { Origin } from '../../../model/origin.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { platformExpressions, recordings, type Use } from '../expressions.ts';
import { metricNeeds, pitfallsOf, position, truthOf, type Expr, type Knowledge } from '../promql/index.ts';
import { EXPORTERS, namesOf } from './catalog/index.ts';
import { exposure, type Exposure } from './exposed.ts';
import { sourcesOf } from './sources.ts';

/** What is to be said of one expression. */
export interface ExpressionUse {
  readonly use: Use;
  readonly name: string;
  readonly holder: string;
  /** Prometheus refuses it, with line and column within the expression. */
  readonly error?: string;
  /** An alert that can have no result, and why. */
  readonly never?: string;
  /** A function that does not fit the sort of the metric. */
  readonly misused: readonly string[];
  /** Metrics of it that are missing, or of which it cannot be told; each name once. */
  readonly open: readonly ({ readonly metric: string } & Exclude<Exposure, { state: 'exposed' }>)[];
  readonly origin: Origin;
}

/**
 * Every expression of the platform with what is wrong about it. Reads the classes `spec`, `kubernetes`, `prometheus-config`,
 * `prometheus-rules`, `grafana-dashboard`, `otel-collector` and `metrics-capture`.
 */
export const usesOf = oncePerPlatform((view: PlatformView): readonly ExpressionUse[] => {
  const sources = sourcesOf(view);
  const records = recordings(view);
  const names = new Set(records.keys());
  const knowledge: Knowledge = {
    record: (name) => records.get(name),
    type: (name) => sources.types[name] ?? catalogued(name),
  };
  const known = new Map<string, Exposure>();
  const lookUp = (name: string): Exposure => {
    const found = known.get(name) ?? exposure(name, sources, names);
    known.set(name, found);
    return found;
  };
  return platformExpressions(view).map(({ use, name, holder, parsed, origin }): ExpressionUse => {
    const base = { use, name, holder, misused: [], open: [], origin };
    if (!parsed.ok) {
      const { line, column } = position(parsed.text, parsed.error.from);
      return { ...base, error: `${parsed.error.message}, at line ${line}, column ${column} of the expression` };
    }
    const truth = use === 'alert' ? truthOf(parsed.expr, knowledge) : undefined;
    return {
      ...base,
      ...(truth?.verdict === 'never' ? { never: truth.because } : {}),
      misused: pitfallsOf(parsed.expr, knowledge).flatMap(({ sort, message }) =>
        /^(?:rate-of|delta-of)/.test(sort) ? [message] : [],
      ),
      open: openNeeds(parsed.expr, lookUp),
    };
  });
});

function openNeeds(expr: Expr, lookUp: (name: string) => Exposure): ExpressionUse['open'] {
  const names = new Set(metricNeeds(expr).flatMap(({ name }) => name ?? []));
  return [...names].flatMap((metric) => {
    const found = lookUp(metric);
    return found.state === 'exposed' ? [] : [{ metric, ...found }];
  });
}

/** The sort of a metric, where its exporter exposes gauges alone besides counters of the usual ending. */
function catalogued(name: string): 'gauge' | undefined {
  const isGauge = EXPORTERS.some((exporter) => exporter.gauges === true && namesOf(exporter).has(name));
  return isGauge && !name.endsWith('_total') ? 'gauge' : undefined;
}
