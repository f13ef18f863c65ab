/** Series that the selectors of an alert take, and ways in which each of them may go. */
import { walk, type Expr, type Selector } from '../promql/index.ts';
import { reads, type Book } from '../slo/judge/book.ts';
import { seriesFor, type Series } from '../slo/rehearsal/series.ts';
import type { Shape, ShapedSeries } from './timeline.ts';

/** One or more series that go the same way or another, and what they may do. */
export interface Actor {
  readonly key: string;
  /** Each option is the whole of the actor's series; none: they are absent. */
  readonly options: readonly (readonly ShapedSeries[])[];
}

/** Upper bounds of the buckets of a made-up histogram, seconds or whatever it counts. */
const BUCKETS = ['0.01', '0.1', '0.5', '1', '2.5', '5', '10', '60', '600', '+Inf'];
const COPIES = 3;
const RATES = [10, 0, 0.02, 0.2, 0.7, 2, 20, 200];
const TRAFFIC = 10;

/** The actors of an alert; `undefined` where a selector is not understood. Options come from the quiet to the loud. */
export function actorsOf(alert: Expr, book: Book): readonly Actor[] | undefined {
  const all = reads(book, alert).filter(({ name }) => name !== undefined && !book.records.has(name));
  const distinct = [...new Map(all.map((selector) => [textOf(selector), selector])).values()];
  const expressions = [alert, ...recordsBelow(alert, book)];
  const actors: Actor[] = [];
  for (const selector of distinct) {
    const narrower = distinct.find(
      (other) => other !== selector && other.name === selector.name && isNarrower(other, selector),
    );
    const series = seriesFor(selector, narrower);
    if (series === undefined) return undefined;
    if (actors.some(({ key }) => key === keyOf(series))) continue;
    actors.push({ key: keyOf(series), options: optionsOf(selector, series, expressions) });
  }
  return actors;
}

function optionsOf(selector: Selector, series: Series, expressions: readonly Expr[]): ShapedSeries[][] {
  const one = (shape: Shape): ShapedSeries[] => [{ ...series, shape }];
  const use = useOf(selector, expressions);
  if (use.predicted) return [one({ kind: 'level', value: 1000 }), one({ kind: 'slope', from: 1000, perSecond: -10 })];
  if (use.quantile)
    return [
      histogram(series, 1),
      histogram(series, BUCKETS.indexOf('600')),
      ...RATES.map((perSecond) => one({ kind: 'rate', perSecond })),
    ];
  if (use.ranged) return RATES.map((perSecond) => one({ kind: 'rate', perSecond }));
  const constants = constantsIn(expressions);
  const levels = [...new Set([1, 0, ...constants.flatMap((c) => [c / 2, c * 2, c * 10])])];
  const plain = levels.map((value) => one({ kind: 'level', value }));
  const ages = use.timed
    ? constants
        .flatMap((c) => [c / 10, c / 2, c * 2, c * 10, -c * 2, -c / 2])
        .map((seconds) => one({ kind: 'age', seconds }))
    : [];
  const counted = use.counted
    ? [copies(series, [1, 1, 1]), copies(series, [1, 0, 0]), copies(series, [1, 1, 0]), copies(series, [0, 0, 0])]
    : [];
  return [...counted, ...ages, ...plain, []];
}

/** Events all in one bucket: the counters of it and of all above it rise. */
function histogram(series: Series, bucket: number): ShapedSeries[] {
  return BUCKETS.map((le, at) => ({
    name: series.name,
    labels: { ...series.labels, le },
    shape: { kind: 'rate', perSecond: at >= bucket ? TRAFFIC : 0 },
  }));
}

function copies(series: Series, levels: readonly number[]): ShapedSeries[] {
  return levels.slice(0, COPIES).map((value, at) => ({
    name: series.name,
    labels: { ...series.labels, instance: series.labels['instance'] ?? `drill-${at + 1}` },
    shape: { kind: 'level', value },
  }));
}

interface Usage {
  readonly ranged: boolean;
  readonly predicted: boolean;
  readonly quantile: boolean;
  readonly counted: boolean;
  readonly timed: boolean;
}

/** How the expressions use a selector: which functions stand around it. */
function useOf(selector: Selector, expressions: readonly Expr[]): Usage {
  const text = textOf(selector);
  const holds = (expr: Expr, around: (expr: Expr) => boolean): boolean => {
    let found = false;
    walk(expr, (outer) => {
      if (!around(outer)) return;
      walk(outer, (inner) => {
        if (inner.kind === 'selector' && textOf(inner) === text) found = true;
      });
    });
    return found;
  };
  const within = (around: (expr: Expr) => boolean): boolean => expressions.some((expr) => holds(expr, around));
  const calls = (fn: string) => (expr: Expr) => expr.kind === 'call' && expr.fn === fn;
  const ranged = expressions.some((expr) =>
    holds(expr, (inner) => inner.kind === 'selector' && inner.range !== undefined),
  );
  const overTime = within((expr) => expr.kind === 'call' && expr.fn.endsWith('_over_time'));
  return {
    ranged: ranged && !overTime,
    predicted: within(calls('predict_linear')),
    quantile: within(calls('histogram_quantile')) && !selector.matchers.some(({ label }) => label === 'le'),
    counted: within((expr) => expr.kind === 'aggregation' && expr.op === 'count'),
    timed: expressions.some((expr) => holds(expr, () => true) && hasTime(expr)),
  };
}

function hasTime(expr: Expr): boolean {
  let found = false;
  walk(expr, (inner) => {
    if (inner.kind === 'call' && inner.fn === 'time') found = true;
  });
  return found;
}

/** Numbers that stand in them, and products of two: `6 * 3600`. */
function constantsIn(expressions: readonly Expr[]): number[] {
  const found = new Set<number>();
  for (const expr of expressions)
    walk(expr, (inner) => {
      if (inner.kind === 'number') found.add(inner.value);
      if (inner.kind === 'binary' && inner.lhs.kind === 'number' && inner.rhs.kind === 'number' && inner.op === '*')
        found.add(inner.lhs.value * inner.rhs.value);
    });
  return [...found].filter((value) => value !== 0 && Number.isFinite(value));
}

function recordsBelow(alert: Expr, book: Book): Expr[] {
  return [
    ...new Set(reads(book, alert).flatMap(({ name }) => (name === undefined ? [] : (book.records.get(name) ?? [])))),
  ].map(({ ast }) => ast);
}

/** Whether it has every matcher of the other, and more. */
function isNarrower(one: Selector, other: Selector): boolean {
  const has = (selector: Selector, { label, op, value }: Selector['matchers'][number]): boolean =>
    selector.matchers.some((own) => own.label === label && own.op === op && own.value === value);
  return one.matchers.length > other.matchers.length && other.matchers.every((matcher) => has(one, matcher));
}

function textOf({ name = '', matchers }: Selector): string {
  return `${name}{${matchers
    .map(({ label, op, value }) => `${label}${op}${value}`)
    .sort()
    .join(',')}}`;
}

function keyOf({ name, labels }: Series): string {
  return JSON.stringify([name, Object.entries(labels).sort()]);
}
