import type { Binary, Call, Expr, Span } from './ast.ts';
import { boundsOf } from './bounds.ts';
import { isCounter, isCounterName, type Knowledge } from './knowledge.ts';
import { cumulative } from './cumulative.ts';
import { COMPARISONS } from './functions.ts';
import { indifference } from './indifferent.ts';
import { within } from './matchers.ts';
import { nameOf } from './needs.ts';
import { typeOf } from './types.ts';
import { bare, selectors, walk } from './walk.ts';

/** Something that Prometheus accepts and that does not do what it seems to. */
export interface Pitfall extends Span {
  readonly sort:
    | 'rate-of-gauge'
    | 'rate-of-sum'
    | 'delta-of-counter'
    | 'nan'
    | 'silent-outage'
    | 'always'
    | 'indifferent'
    | 'cumulative'
    | 'bool'
    | 'quantile';
  readonly message: string;
}

/** The pitfalls of an alert's expression, in the order of the text. */
export function pitfallsOf(expr: Expr, knowledge: Knowledge = {}): Pitfall[] {
  const found: Pitfall[] = [];
  walk(expr, (each) => {
    if (each.kind === 'call') found.push(...beyondQuantiles(each), ...ofCall(each, knowledge));
    if (each.kind === 'binary') found.push(...ofComparison(each, knowledge));
  });
  return [...found, ...alwaysFires(expr, knowledge)];
}

const OF_COUNTERS = /^(?:rate|increase|irate|resets)$/;
const OF_GAUGES = /^(?:delta|idelta|deriv|predict_linear)$/;

/** A quantile is a share. https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
function beyondQuantiles({ fn, args, from, to }: Call): Pitfall[] {
  const share = args[0] === undefined ? undefined : bare(args[0]);
  if (!/^(?:histogram_quantile|quantile_over_time)$/.test(fn) || share?.kind !== 'number' || !(share.value > 1))
    return [];
  const message = `${fn} of ${share.value} is +Inf, whatever the samples are: a quantile lies between 0 and 1`;
  return [{ sort: 'quantile', message, from, to }];
}

function ofCall(call: Call, knowledge: Knowledge): Pitfall[] {
  const { fn, from, to } = call;
  const argument = call.args.find((each) => typeOf(each) === 'matrix');
  if (argument === undefined) return [];
  const inner = bare(argument);
  if (OF_COUNTERS.test(fn) && inner.kind === 'subquery' && bare(inner.expr).kind === 'aggregation')
    return [
      {
        sort: 'rate-of-sum',
        message: `${fn} of a sum takes the restart of any one pod for a jump; take the rate first, then sum`,
        from,
        to,
      },
    ];
  if (inner.kind !== 'selector') return [];
  const name = nameOf(inner);
  if (name === undefined) return [];
  const type = knowledge.type?.(name);
  if (OF_COUNTERS.test(fn) && type === 'gauge' && !isCounterName(name))
    return [{ sort: 'rate-of-gauge', message: `${name} is a gauge: ${fn} takes every fall for a restart`, from, to }];
  if (OF_GAUGES.test(fn) && isCounter(name, knowledge))
    return [{ sort: 'delta-of-counter', message: `${name} is a counter: ${fn} is wrong across a restart`, from, to }];
  return [];
}

/** A quotient that is compared: what happens without traffic, and what when everything fails. */
function ofComparison({ op, lhs, rhs, bool }: Binary, knowledge: Knowledge): Pitfall[] {
  if (!COMPARISONS.has(op) || bool) return [];
  const quotient = bare(lhs);
  if (
    quotient.kind !== 'binary' ||
    quotient.op !== '/' ||
    typeOf(quotient.lhs) !== 'vector' ||
    typeOf(quotient.rhs) !== 'vector'
  )
    return [];
  const place = { from: quotient.from, to: quotient.to };
  const [numerator] = selectors(quotient.lhs);
  const [denominator] = selectors(quotient.rhs);
  if (numerator === undefined || denominator === undefined) return [];
  const narrower = within(numerator, denominator) && numerator.matchers.length > denominator.matchers.length;
  if ((op === '<' || op === '<=') && narrower)
    return [
      {
        sort: 'silent-outage',
        message: 'when nothing succeeds the numerator has no series, the quotient is empty, and the alert stays silent',
        ...place,
      },
    ];
  const zero = boundsOf(quotient.rhs, knowledge);
  if (zero.lo <= 0 && zero.hi >= 0 && typeOf(rhs) === 'scalar' && /^(?:<|<=)$/.test(op))
    return [{ sort: 'nan', message: 'without traffic the quotient is 0/0, which no comparison holds for', ...place }];
  return [];
}

/** Fires at all times, right for a dead-man switch alone, or for good. */
function alwaysFires(expr: Expr, knowledge: Knowledge): Pitfall[] {
  const inner = bare(expr);
  const { from, to } = inner;
  if (inner.kind === 'binary' && inner.bool && COMPARISONS.has(inner.op)) {
    const message = `with bool, ${inner.op} gives 0 where it does not hold in place of nothing, and an alert fires for any value`;
    return [{ sort: 'bool', message, from, to }];
  }
  if (inner.kind === 'call' && inner.fn === 'vector')
    return [{ sort: 'always', message: 'it has a result at all times, whatever its value', from, to }];
  const indifferent = indifference(inner, knowledge);
  if (indifferent !== undefined) return [{ sort: 'indifferent', message: indifferent, from, to }];
  const growing = cumulative(inner, knowledge);
  return growing === undefined ? [] : [{ sort: 'cumulative', message: growing, from, to }];
}
