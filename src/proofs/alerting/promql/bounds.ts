import type { Binary, Call, Aggregation, Expr, Selector } from './ast.ts';
import { COMPARISONS } from './functions.ts';
import { arithmetic, clampTo, type Interval, intersect, isFinite, span, UNBOUNDED } from './interval.ts';
import { isCounterName, type Knowledge } from './knowledge.ts';
import { nameOf } from './needs.ts';
import { isPartOf } from './ratio.ts';
import { bare } from './walk.ts';

/** Metrics whose value is 0 or 1 by definition, not by habit. */
const FLAGS =
  /^(?:up|probe_success|(?:pg|redis|mysql|memcached|rabbitmq|haproxy|nginx|elasticsearch_node_stats|pgbouncer|mongodb)_up|ALERTS|kube_node_status_condition|kube_pod_status_(?:phase|ready|scheduled|unschedulable)|kube_pod_container_status_(?:ready|running|waiting|terminated|waiting_reason)|kube_deployment_spec_paused|kube_node_spec_unschedulable|kube_job_(?:complete|failed)|prometheus_config_last_reload_successful|alertmanager_config_last_reload_successful|node_textfile_scrape_error|node_timex_sync_status)$/;

const MAX_RECORDS = 20;

/** Between which values the samples of an expression lie. Always sound: what is not known is unbounded. */
export function boundsOf(expr: Expr, knowledge: Knowledge = {}, records = 0): Interval {
  const of = (inner: Expr): Interval => boundsOf(inner, knowledge, records);
  switch (expr.kind) {
    case 'number':
      return { lo: expr.value, hi: expr.value, nan: Number.isNaN(expr.value) };
    case 'paren':
    case 'subquery':
      return of(expr.expr);
    case 'unary':
      return expr.op === '+' ? of(expr.expr) : arithmetic('*', of(expr.expr), span(-1, -1));
    case 'selector':
      return ofSelector(expr, knowledge, records);
    case 'aggregation':
      return ofAggregation(expr, of);
    case 'call':
      return ofCall(expr, of);
    case 'binary':
      return ofBinary(expr, of, knowledge);
    default:
      return UNBOUNDED;
  }
}

function ofSelector(selector: Selector, knowledge: Knowledge, records: number): Interval {
  const name = nameOf(selector);
  if (name === undefined) return UNBOUNDED;
  const recorded = records < MAX_RECORDS ? knowledge.record?.(name) : undefined;
  if (recorded !== undefined) return boundsOf(recorded, knowledge, records + 1);
  if (FLAGS.test(name)) return span(0, 1, true);
  return isCounterName(name) || knowledge.type?.(name) === 'counter' ? span(0, Infinity) : UNBOUNDED;
}

function ofAggregation({ op, param, arg }: Aggregation, of: (expr: Expr) => Interval): Interval {
  const inner = of(arg);
  switch (op) {
    case '':
      return UNBOUNDED;
    case 'sum':
      return {
        lo: inner.lo >= 0 ? inner.lo : -Infinity,
        hi: inner.hi <= 0 ? inner.hi : Infinity,
        nan: inner.nan || !isFinite(inner),
        ...(inner.whole === true ? { whole: true } : {}),
      };
    case 'count':
    case 'count_values':
      return span(1, Infinity, true);
    case 'group':
      return span(1, 1, true);
    case 'stddev':
    case 'stdvar':
      return { ...span(0, Infinity), nan: inner.nan };
    case 'avg':
      return { ...inner, nan: inner.nan || !isFinite(inner), whole: false };
    case 'quantile': {
      const at = param === undefined ? UNBOUNDED : of(param);
      return at.lo >= 0 && at.hi <= 1 ? { ...inner, whole: false } : UNBOUNDED;
    }
    default:
      return inner;
  }
}

/** Functions whose result lies in a fixed range, from `promql/functions.go`. */
const RANGES: Readonly<Record<string, Interval>> = {
  time: span(0, Infinity),
  timestamp: span(0, Infinity),
  absent: span(1, 1, true),
  absent_over_time: span(1, 1, true),
  present_over_time: span(1, 1, true),
  count_over_time: span(1, Infinity, true),
  changes: span(0, Infinity, true),
  resets: span(0, Infinity, true),
  stddev_over_time: span(0, Infinity),
  stdvar_over_time: span(0, Infinity),
  hour: span(0, 23, true),
  minute: span(0, 59, true),
  day_of_week: span(0, 6, true),
  day_of_month: span(1, 31, true),
  day_of_year: span(1, 366, true),
  days_in_month: span(28, 31, true),
  month: span(1, 12, true),
  histogram_fraction: { ...span(0, 1), nan: true },
  exp: span(0, Infinity),
  sgn: span(-1, 1, true),
};
const SAME = new Set([
  'min_over_time',
  'max_over_time',
  'last_over_time',
  'first_over_time',
  'label_replace',
  'label_join',
  'sort',
  'sort_desc',
  'sort_by_label',
  'sort_by_label_desc',
  'vector',
  'scalar',
  'info',
]);

function ofCall({ fn, args }: Call, of: (expr: Expr) => Interval): Interval {
  const fixed = RANGES[fn];
  if (fixed !== undefined) return fixed;
  const [first, second, third] = args.map(of);
  if (first === undefined) return fn === 'pi' ? span(Math.PI, Math.PI) : UNBOUNDED;
  if (SAME.has(fn)) return fn === 'scalar' ? { ...first, nan: true } : first;
  switch (fn) {
    case 'avg_over_time':
      return { ...first, whole: false };
    case 'rate':
    case 'increase':
    case 'irate':
    case 'sum_over_time':
      return first.lo >= 0 ? { ...span(0, Infinity), nan: first.nan } : UNBOUNDED;
    case 'abs':
      return {
        ...span(first.lo >= 0 ? first.lo : 0, Math.max(Math.abs(first.lo), Math.abs(first.hi))),
        nan: first.nan,
      };
    case 'ceil':
    case 'floor':
      return { lo: Math.floor(first.lo), hi: Math.ceil(first.hi), nan: first.nan, whole: true };
    case 'clamp':
      return clampTo(first, second ?? UNBOUNDED, third ?? UNBOUNDED);
    case 'clamp_min':
      return clampTo(first, second ?? UNBOUNDED, span(Infinity, Infinity));
    case 'clamp_max':
      return clampTo(first, span(-Infinity, -Infinity), second ?? UNBOUNDED);
    case 'sqrt':
      return { ...span(0, Infinity), nan: true };
    case 'quantile_over_time': {
      const values = second ?? UNBOUNDED;
      return first.lo >= 0 && first.hi <= 1 ? { ...values, whole: false } : UNBOUNDED;
    }
    default:
      return UNBOUNDED;
  }
}

function ofBinary(expr: Binary, of: (expr: Expr) => Interval, knowledge: Knowledge): Interval {
  const { op, lhs, rhs, bool, fill } = expr;
  if (fill !== undefined) return UNBOUNDED;
  const [left, right] = [of(lhs), of(rhs)];
  if (COMPARISONS.has(op)) return bool ? span(0, 1, true) : (intersect(op, left, right) ?? left);
  if (op === 'and' || op === 'unless') return left;
  if (op === 'or')
    return { lo: Math.min(left.lo, right.lo), hi: Math.max(left.hi, right.hi), nan: left.nan || right.nan };
  const part = op === '/' && isPartOf(bare(lhs), bare(rhs), knowledge);
  return part ? { lo: 0, hi: 1, nan: true } : arithmetic(op, left, right);
}
