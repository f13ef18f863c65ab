import { parse, type Expr, type Selector } from '../../alerting/promql/index.ts';
import { accepts } from '../../alerting/promql/matchers.ts';
import type { Moment } from './timeline.ts';

/** Labels that the series of a volume carry, as far as they are known; one that is not named may have any value. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** Whether an alert's expression is true in a state of the volume; undefined where it is about something else or not understood. */
export type Condition = (moment: Moment) => boolean;

/** What a metric says of the volume. */
type Meaning = (moment: Moment) => number;

const AVAILABLE: Meaning = ({ capacity, used }) => capacity - used;
const CAPACITY: Meaning = ({ capacity }) => capacity;
const USED: Meaning = ({ used }) => used;

/**
 * Metrics of the room that a store has: kubelet (`pkg/kubelet/metrics/collectors/volume_stats.go`), node_exporter, redis_exporter,
 * cloudwatch_exporter and yet-another-cloudwatch-exporter for RDS, nats-exporter, elasticsearch_exporter.
 */
const METRICS: readonly (readonly [pattern: RegExp, meaning: Meaning])[] = [
  [
    /^(?:kubelet_volume_stats_available_bytes|node_filesystem_(?:avail|free)_bytes|elasticsearch_filesystem_data_available_bytes)$/,
    AVAILABLE,
  ],
  [/^(?:aws_rds_free_storage_space_\w+)$/, AVAILABLE],
  [
    /^(?:kubelet_volume_stats_capacity_bytes|node_filesystem_size_bytes|redis_memory_max_bytes|elasticsearch_filesystem_data_size_bytes)$/,
    CAPACITY,
  ],
  [
    /^(?:kubelet_volume_stats_used_bytes|redis_memory_used_bytes|(?:gnatsd|nats)_varz_jetstream_stats_storage|(?:jetstream|nats)_server_total_message_bytes)$/,
    USED,
  ],
  [/^(?:(?:gnatsd|nats)_varz_jetstream_config_max_storage|(?:jetstream|nats)_server_max_storage)$/, CAPACITY],
];

type Value = (moment: Moment) => number | boolean;

/** Reads an expression; `metrics`: metrics that are about this kind of store at all. */
export function conditionOf(expression: string, labels: SeriesLabels, metrics: RegExp): Condition | undefined {
  const parsed = parse(expression);
  const value = parsed.ok ? valueOf(parsed.expr, { labels, metrics }) : undefined;
  return value === undefined ? undefined : (moment) => value(moment) === true;
}

interface About {
  readonly labels: SeriesLabels;
  readonly metrics: RegExp;
}

function valueOf(expr: Expr, about: About): Value | undefined {
  switch (expr.kind) {
    case 'number':
      return () => expr.value;
    case 'paren':
      return valueOf(expr.expr, about);
    case 'unary': {
      const inner = valueOf(expr.expr, about);
      return inner !== undefined && expr.op === '-' ? (moment) => -Number(inner(moment)) : inner;
    }
    case 'selector':
      return series(expr, about);
    case 'aggregation':
      // One volume is looked at, so every aggregation but a count gives its value.
      return /^(?:sum|avg|min|max)$/.test(expr.op) ? valueOf(expr.arg, about) : undefined;
    case 'call':
      return call(expr, about);
    case 'binary':
      return binary(expr, about);
    default:
      return undefined;
  }
}

const KEEPING: ReadonlySet<string> = new Set([
  'max_over_time',
  'min_over_time',
  'avg_over_time',
  'last_over_time',
  'abs',
  'ceil',
  'floor',
]);

function call({ fn, args: [first, second] }: Extract<Expr, { kind: 'call' }>, about: About): Value | undefined {
  const value = first === undefined ? undefined : valueOf(first, about);
  if (value === undefined) return undefined;
  if (KEEPING.has(fn)) return value;
  if (fn === 'deriv') return (moment) => slope(value, moment);
  const ahead = fn === 'predict_linear' && second !== undefined ? valueOf(second, about) : undefined;
  if (ahead === undefined) return undefined;
  // A straight line stays one: the value now and its slope.
  return (moment) => Number(value(moment)) + slope(value, moment) * Number(ahead(moment));
}

function binary({ op, lhs, rhs }: Extract<Expr, { kind: 'binary' }>, about: About): Value | undefined {
  const left = valueOf(lhs, about);
  // `unless` takes series away that carry a silencing label; `and` with something else cannot be told.
  if (op === 'unless') return left;
  const right = valueOf(rhs, about);
  const apply = OPERATORS[op];
  if (apply === undefined || left === undefined || right === undefined) return undefined;
  return (moment) => apply(left(moment), right(moment));
}

function series(selector: Selector, { labels, metrics }: About): Value | undefined {
  const { name = '', matchers } = selector;
  const meaning = metrics.test(name) ? METRICS.find(([pattern]) => pattern.test(name))?.[1] : undefined;
  const ours = matchers.every((matcher) => {
    const value = labels[matcher.label];
    return value === undefined || accepts(matcher, value) === true;
  });
  return ours ? meaning : undefined;
}

type Operator = (left: number | boolean, right: number | boolean) => number | boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  '^': (a, b) => Number(a) ** Number(b),
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '==': (a, b) => Number(a) === Number(b),
  and: (a, b) => a === true && b === true,
  or: (a, b) => a === true || b === true,
};

function slope(value: Value, moment: Moment): number {
  return Number(value({ ...moment, used: moment.used + moment.rate })) - Number(value(moment));
}
