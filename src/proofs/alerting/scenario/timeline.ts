/** Made-up series over time, and what an expression says of them at any moment. */
import type { Expr, Selector } from '../promql/index.ts';
import { evaluate, selects, type Sample, type Source, type Value } from '../promql/evaluate.ts';
import type { Book } from '../slo/judge/book.ts';

/** How a series goes on; as an injector of series has it. */
export type Shape =
  | { readonly kind: 'level'; readonly value: number }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'age'; readonly seconds: number }
  | { readonly kind: 'slope'; readonly from: number; readonly perSecond: number };

export interface ShapedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly shape: Shape;
}

/** All series from a moment on, seconds; the first phase holds since ever. */
export interface Phase {
  readonly from: number;
  readonly series: readonly ShapedSeries[];
}

/** A Unix time for moment 0. */
const EPOCH = 1_800_000_000;
/** Points at which a range is looked at. */
const POINTS = 60;
const DEPTH = 4;

/** A series with its shape in each phase. */
interface Course {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly shapes: readonly (Shape | undefined)[];
}

/** Phases, read once. */
export interface Timeline {
  readonly from: readonly number[];
  readonly courses: readonly Course[];
}

export function timelineOf(phases: readonly Phase[]): Timeline {
  const courses = new Map<string, { name: string; labels: Course['labels']; shapes: (Shape | undefined)[] }>();
  for (const [at, { series }] of phases.entries())
    for (const { name, labels, shape } of series) {
      const key = keyOf({ name, labels });
      const known = courses.get(key) ?? { name, labels, shapes: phases.map(() => undefined) };
      known.shapes[at] = shape;
      courses.set(key, known);
    }
  return { from: phases.map(({ from }) => from), courses: [...courses.values()] };
}

/** Whether an expression answers anything at a moment; throws for what is not known here, such as subqueries. */
export function holdsAt(expr: Expr, phases: Timeline, at: number, book: Book): boolean {
  const answer = evaluate(expr, sourceAt(phases, at, book, 0));
  return answer !== undefined && answer.some(({ value }) => !Number.isNaN(value));
}

/** The first moment from `from` to `until`, in steps, at which it holds, or no longer does. */
export function firstMoment(
  holds: (at: number) => boolean,
  { from, until, step }: { readonly from: number; readonly until: number; readonly step: number },
): number | undefined {
  for (let at = from; at <= until; at += step) if (holds(at)) return at;
  return undefined;
}

function sourceAt(phases: Timeline, at: number, book: Book, depth: number): Source {
  return {
    select: (selector) => selected(selector, phases, at, book, depth),
    call: (fn, args) => called(fn, args, phases, at, book, depth),
  };
}

/** Records are evaluated when they are read. */
function selected(selector: Selector, phases: Timeline, at: number, book: Book, depth: number): Sample[] {
  if (selector.at !== undefined) throw new RangeError('a time that is fixed by @ is not known here');
  const moment = at - (selector.offset?.seconds ?? 0);
  const records = selector.name === undefined ? undefined : book.records.get(selector.name);
  if (records !== undefined && depth < DEPTH)
    return records
      .flatMap(({ ast, name, labels }) =>
        (evaluate(ast, sourceAt(phases, moment, book, depth + 1)) ?? []).map((sample) => ({
          labels: { ...without(sample.labels, '__name__'), ...labels, __name__: name },
          value: sample.value,
        })),
      )
      .filter((sample) => selects(selector, sample));
  return phases.courses.flatMap((course) => {
    const sample = { labels: { ...course.labels, __name__: course.name }, value: 0 };
    if (course.name !== selector.name || !selects(selector, sample)) return [];
    const value = valueAt(phases, course, moment);
    return value === undefined ? [] : [{ ...sample, value }];
  });
}

/** Counters go on from phase to phase; everything else starts anew with each. */
function valueAt({ from }: Timeline, { shapes }: Course, at: number): number | undefined {
  const current = from.findLastIndex((begin) => begin <= at);
  const shape = shapes[current];
  if (shape === undefined) return undefined;
  switch (shape.kind) {
    case 'level':
      return shape.value;
    case 'age':
      return EPOCH + at - shape.seconds;
    case 'slope':
      return shape.from + shape.perSecond * (at - beginOf(from[current]!));
    case 'rate':
      return shapes.reduce((sum, own, index) => {
        if (index > current || own?.kind !== 'rate') return sum;
        const end = index === current ? at : from[index + 1]!;
        return sum + own.perSecond * (end - beginOf(from[index]!));
      }, 0);
  }
}

/** Since ever is as good as since moment 0, backwards. */
function beginOf(from: number): number {
  return Number.isFinite(from) ? from : 0;
}

type RangeFunction = (points: readonly { readonly at: number; readonly value: number }[], window: number) => number;

const slopeOf: RangeFunction = (points, window) => (points.at(-1)!.value - points[0]!.value) / window;
const values =
  (reduce: (all: readonly number[]) => number): RangeFunction =>
  (points) =>
    reduce(points.map(({ value }) => value));

const RANGES: Readonly<Record<string, RangeFunction>> = {
  rate: slopeOf,
  irate: slopeOf,
  deriv: slopeOf,
  increase: (points, window) => slopeOf(points, window) * window,
  delta: (points, window) => slopeOf(points, window) * window,
  avg_over_time: values((all) => all.reduce((a, b) => a + b, 0) / all.length),
  max_over_time: values((all) => Math.max(...all)),
  min_over_time: values((all) => Math.min(...all)),
  last_over_time: values((all) => all.at(-1)!),
  changes: values((all) => all.filter((value, at) => at > 0 && value !== all[at - 1]).length),
};

function called(
  fn: string,
  args: readonly Expr[],
  phases: Timeline,
  at: number,
  book: Book,
  depth: number,
): Value | undefined {
  if (fn === 'time') return EPOCH + at;
  const source = sourceAt(phases, at, book, depth);
  if (fn === 'histogram_quantile') return quantiles(args, source);
  const [first, second] = args;
  const range = first?.kind === 'selector' && first.range !== undefined ? first : undefined;
  if (range === undefined) return undefined;
  if (fn === 'absent_over_time')
    return over(range, phases, at, (points) => points.length).length > 0 ? [] : [{ labels: {}, value: 1 }];
  if (fn === 'predict_linear') {
    const ahead = second === undefined ? 0 : numberOf(second, source);
    return over(range, phases, at, (points, window) => points.at(-1)!.value + slopeOf(points, window) * ahead);
  }
  const known = RANGES[fn];
  if (known === undefined) throw new RangeError(`the function ${fn} of a range is not known here`);
  return over(range, phases, at, known);
}

/** One value for each series that has at least two points in the range. */
function over(selector: Selector, phases: Timeline, at: number, work: RangeFunction): Sample[] {
  const window = selector.range?.seconds;
  if (window === undefined) throw new RangeError('a range of unknown length');
  const end = at - (selector.offset?.seconds ?? 0);
  return phases.courses.flatMap((course) => {
    const { name, labels } = course;
    if (name !== selector.name || !selects(selector, { labels: { ...labels, __name__: name }, value: 0 })) return [];
    const points = Array.from({ length: POINTS + 1 }, (_, index) => {
      const moment = end - window + (window * index) / POINTS;
      return { at: moment, value: valueAt(phases, course, moment) };
    }).filter((point): point is { at: number; value: number } => point.value !== undefined);
    if (points.length < 2) return [];
    return [{ labels, value: work(points, points.at(-1)!.at - points[0]!.at) }];
  });
}

/** As Prometheus interpolates within a bucket (`promql/quantile.go`). */
function quantiles([q, vector]: readonly Expr[], source: Source): Sample[] {
  if (q === undefined || vector === undefined) return [];
  const wanted = numberOf(q, source);
  const groups = Map.groupBy(evaluate(vector, source) ?? [], ({ labels }) =>
    JSON.stringify(Object.entries(without(without(labels, 'le'), '__name__')).sort()),
  );
  return [...groups.values()].flatMap((own) => {
    const buckets = own
      .map(({ labels, value }) => ({ upper: Number((labels['le'] ?? '').replace('+Inf', 'Infinity')), value }))
      .sort((a, b) => a.upper - b.upper);
    const total = buckets.at(-1)?.value ?? 0;
    if (buckets.length < 2 || total === 0) return [];
    const at = buckets.findIndex(({ value }) => value >= wanted * total);
    const bucket = buckets[at]!;
    if (at === buckets.length - 1) return [{ labels: {}, value: buckets[at - 1]!.upper }];
    const [lower, below] = at === 0 ? [0, 0] : [buckets[at - 1]!.upper, buckets[at - 1]!.value];
    return [
      { labels: {}, value: lower + ((bucket.upper - lower) * (wanted * total - below)) / (bucket.value - below) },
    ];
  });
}

function numberOf(expr: Expr, source: Source): number {
  return evaluate(expr, source)?.[0]?.value ?? NaN;
}

function without(labels: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));
}

/** A series by its name and labels. */
export function keyOf({ name, labels }: Omit<ShapedSeries, 'shape'>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
