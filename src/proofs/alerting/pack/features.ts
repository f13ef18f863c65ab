import { selectors, walk, type Expr, type Selector } from '../promql/index.ts';
import { bare } from '../promql/walk.ts';
import { constant } from '../slo/judge/constants.ts';
import { reads, recordsOf, restsOn, type Book, type ReadRule } from '../slo/judge/book.ts';

/** What an alert looks at and how, records followed: what it is recognised by, whatever its name. */
export interface Features {
  /** What it reads in the end: raw metrics, and records that nothing here records. */
  readonly reads: readonly Selector[];
  /** Something is held against a bound, or against its own past. That a metric is absent says nothing of its value. */
  readonly compares: boolean;
  /** It looks at an earlier time: `offset`, or a function that predicts or smooths. */
  readonly looksBack: boolean;
  /** It counts seconds since something: `time() - x`, or a metric of ages. */
  readonly measuresAge: boolean;
  /** It subtracts one metric from another. */
  readonly differs: boolean;
  /** Failures are told from the rest, by a label or by the name of the metric. */
  readonly failures: boolean;
  /** The service's own failures, not refusals of what a caller asked. */
  readonly faults: boolean;
  /** The highest quantile of a histogram, or the buckets up to a bound. */
  readonly quantile?: number;
  readonly buckets: boolean;
  /** True at all times: a dead-man switch. */
  readonly always: boolean;
}

export function featuresOf(alert: ReadRule, book: Book): Features {
  const trees = [alert.ast, ...restsOn(book, alert.ast).map(({ ast }) => ast)];
  const all = reads(book, alert.ast).filter((selector) => (recordsOf(book, selector) ?? []).length === 0);
  const quantile = trees.flatMap((tree) => quantiles(tree, book)).sort((a, b) => b - a)[0];
  return {
    reads: all,
    compares: trees.some((tree) => any(tree, isComparison)),
    looksBack: trees.some((tree) => any(tree, looksBack)) || all.some(({ offset }) => offset !== undefined),
    measuresAge:
      trees.some((tree) => any(tree, isTime)) || all.some(({ name = '' }) => /_age\b|_since_|_age_seconds/.test(name)),
    differs: trees.some((tree) => any(tree, isDifference)),
    failures: all.some((selector) => tells(selector, FAILURE_VALUE)),
    faults: all.some((selector) => tells(selector, FAULT_VALUE)),
    ...(quantile === undefined ? {} : { quantile }),
    buckets: all.some(
      ({ name = '', matchers }) => name.endsWith('_bucket') && matchers.some(({ label }) => label === 'le'),
    ),
    always: constant(alert.ast, book) !== undefined,
  };
}

function any(tree: Expr, test: (expr: Expr) => boolean): boolean {
  let found = false;
  walk(tree, (each) => {
    if (found) return false;
    found = test(each);
    return !found;
  });
  return found;
}

function isComparison(expr: Expr): boolean {
  return expr.kind === 'binary' ? /^(?:[<>]=?|[=!]=)$/.test(expr.op) : expr.kind === 'call' && expr.fn === 'changes';
}

function looksBack(expr: Expr): boolean {
  if (expr.kind === 'subquery') return expr.offset !== undefined;
  return (
    expr.kind === 'call' &&
    /^(?:predict_linear|holt_winters|double_exponential_smoothing|deriv|(?:stddev|quantile|avg)_over_time)$/.test(
      expr.fn,
    )
  );
}

function isTime(expr: Expr): boolean {
  return expr.kind === 'call' && expr.fn === 'time';
}

function isDifference(expr: Expr): boolean {
  if (expr.kind !== 'binary' || expr.op !== '-') return false;
  const names = (side: Expr): string =>
    selectors(side)
      .map(({ name = '' }) => name)
      .join();
  return names(expr.lhs) !== '' && names(expr.rhs) !== '' && names(expr.lhs) !== names(expr.rhs);
}

const OUTCOME_LABEL = /code|status|result|outcome|reason|state|error|condition|success/i;
const FAILURE_VALUE = /\b[45](?:\d\d|\.\.|xx)|\[?[45]|err|fail|abrupt|denied|bad|timeout|abort|invalid|reject|lost/i;

const FAULT_VALUE = /\b5(?:\d\d|\.\.|xx)|\[?5\b|\[45|err|fail|abrupt|timeout|abort|lost/i;

function tells({ name = '', matchers }: Selector, values: RegExp): boolean {
  if (/error|fail|exception|dead_?letter|dropped|abort|timeout|reject/i.test(name)) return true;
  return matchers.some(
    ({ label, value, op }) => OUTCOME_LABEL.test(label) && (op.startsWith('!') ? value !== '' : values.test(value)),
  );
}

function quantiles(tree: Expr, book: Book): number[] {
  const found: number[] = [];
  walk(tree, (each) => {
    if (each.kind === 'call' && each.fn === 'histogram_quantile' && each.args[0] !== undefined)
      found.push(constant(each.args[0], book) ?? 0);
    if (each.kind !== 'selector') return;
    const value = each.matchers.find(({ label, op }) => label === 'quantile' && op === '=')?.value;
    if (value !== undefined) found.push(Number(value));
  });
  return found;
}

/** The bound that a comparison at the top holds something against; of several the first. */
export function boundOf(expr: Expr, book: Book): number | undefined {
  let bound: number | undefined;
  walk(expr, (each) => {
    if (bound !== undefined) return false;
    if (each.kind === 'binary' && /^[<>]=?$/.test(each.op))
      bound = constant(bare(each.rhs), book) ?? constant(bare(each.lhs), book);
    return undefined;
  });
  return bound;
}
