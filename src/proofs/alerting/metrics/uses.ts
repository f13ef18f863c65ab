import type { Origin } from '../../../model/origin.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { platformExpressions, recordings, type Use } from '../expressions.ts';
import type { MetricNeed } from '../promql/needs.ts';
import {
  metricNeeds,
  parse,
  pitfallsOf,
  position,
  truthOf,
  type Expr,
  type Knowledge,
  type Pitfall,
} from '../promql/index.ts';
import { EXPORTERS, namesOf } from './catalog/index.ts';
import { nearest } from './nearest.ts';
import { exposure, intervalOf, jobsOf, type Exposure } from './exposed.ts';
import { sourcesOf, type Sources } from './sources.ts';

/** What is to be said of one expression. */
export interface ExpressionUse {
  readonly use: Use;
  readonly name: string;
  readonly holder: string;
  /** Prometheus refuses it, with line and column within the expression. */
  readonly error?: string;
  /** Why an alert or a record can have no result. */
  readonly never?: string;
  /** A function that does not fit the sort of the metric, or a comparison that an alert cannot use. */
  readonly misused: readonly Pick<Pitfall, 'sort' | 'message'>[];
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
  const intervals = new Map<string, number | undefined>();
  const knowledge: Knowledge = {
    record: (name) => records.get(name),
    scraped: (name) => !names.has(name) && !name.startsWith('ALERTS') && (jobsOf(name, sources)?.length ?? 0) > 0,
    type: (name) => sources.types[name] ?? catalogued(name),
    interval: (name) => {
      if (!intervals.has(name)) intervals.set(name, names.has(name) ? undefined : intervalOf(name, sources));
      return intervals.get(name);
    },
  };
  const alerts = new Set(platformExpressions(view).flatMap(({ use, name }) => (use === 'alert' ? [name] : [])));
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
    const truth = use === 'alert' || use === 'record' ? truthOf(parsed.expr, knowledge) : undefined;
    return {
      ...base,
      ...(truth?.verdict === 'never' ? { never: truth.because } : {}),
      misused: pitfallsOf(parsed.expr, knowledge).flatMap(({ sort, message }) =>
        /^(?:rate-of|delta-of|quantile)/.test(sort) ||
        (use === 'alert' && OF_ALERTS.test(sort) && !(sort === 'indifferent' && HEARTBEAT.test(name)))
          ? [{ sort, message }]
          : [],
      ),
      open: [
        ...openNeeds(parsed.expr, lookUp, sources),
        ...metricNeeds(parsed.expr).flatMap((need) => ofNoAlert(need, alerts)),
      ],
    };
  });
});

/** Pitfalls of what fires; a record or a panel may show what it likes. */
const OF_ALERTS = /^(?:bool|indifferent|cumulative)$/;

/** Names of alerts that are to fire at all times: that they stop is the news. */
const HEARTBEAT = /watch_?dog|dead_?mans?|heart_?beat/i;

/** Whether all that an expression reads is surely exposed; variables of Grafana may stand in it. */
export function exposedIn(view: PlatformView, text: string): boolean {
  const parsed = parse(text, 'templated');
  if (!parsed.ok) return false;
  const names = new Set(recordings(view).keys());
  return metricNeeds(parsed.expr).every(
    ({ name }) => name !== undefined && exposure(name, sourcesOf(view), names).state === 'exposed',
  );
}

function openNeeds(expr: Expr, lookUp: (name: string) => Exposure, sources: Sources): ExpressionUse['open'] {
  const needs = metricNeeds(expr);
  const names = new Set(needs.flatMap(({ name }) => name ?? []));
  const open = [...names].flatMap((metric) => {
    const found = lookUp(metric);
    return found.state === 'exposed' ? [] : [{ metric, ...found }];
  });
  return [...open, ...needs.flatMap((need) => ofNoJob(need, lookUp, sources))];
}

/** The state of an alert that no rule here raises and whose name is a slip of one that is raised. Others may come from rules that are kept elsewhere. */
function ofNoAlert({ name, matchers, inAbsent }: MetricNeed, alerts: ReadonlySet<string>): ExpressionUse['open'] {
  const asked = matchers.find(({ label, op, templated }) => label === 'alertname' && op === '=' && !templated)?.value;
  if (name === undefined || !/^ALERTS(?:_FOR_STATE)?$/.test(name) || asked === undefined || inAbsent) return [];
  const closest = alerts.has(asked) ? undefined : nearest(asked, alerts);
  if (closest === undefined) return [];
  return [
    {
      metric: `${name}{alertname="${asked}"}`,
      state: 'missing',
      because: 'no rule raises that alert',
      closest: `${name}{alertname="${closest}"}`,
    },
  ];
}

/** A metric that is exposed, but by no target of the job that is asked for. That it is absent may be the very question. */
function ofNoJob(
  { name, matchers, inAbsent }: MetricNeed,
  lookUp: (name: string) => Exposure,
  sources: Sources,
): ExpressionUse['open'] {
  const asked = matchers.find(
    ({ label, op, value, templated }) => label === 'job' && op === '=' && value !== '' && !templated,
  );
  if (name === undefined || asked === undefined || inAbsent) return [];
  const found = lookUp(name);
  if (found.state !== 'exposed' || found.by === 'a recording rule' || name.startsWith('ALERTS')) return [];
  const jobs = jobsOf(name, sources);
  if (jobs === undefined || jobs.includes(asked.value)) return [];
  const has = jobs.length > 4 ? `${jobs.slice(0, 4).join(', ')} and ${jobs.length - 4} more` : jobs.join(', ');
  return [
    { metric: `${name}{job="${asked.value}"}`, state: 'missing', because: `no target has that job; there are ${has}` },
  ];
}

/** The sort of a metric, where its exporter exposes gauges alone besides counters of the usual ending. */
function catalogued(name: string): 'gauge' | undefined {
  const isGauge = EXPORTERS.some((exporter) => exporter.gauges === true && namesOf(exporter).has(name));
  return isGauge && !name.endsWith('_total') ? 'gauge' : undefined;
}
