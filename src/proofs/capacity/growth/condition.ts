import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parseDuration } from '../../../model/duration.ts';
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
  const root = parser.parse(expression).topNode.firstChild;
  if (root === null) return undefined;
  const value = new Reader(expression, labels, metrics).value(root);
  return value === undefined ? undefined : (moment) => value(moment) === true;
}

class Reader {
  readonly #text: string;
  readonly #labels: SeriesLabels;
  readonly #metrics: RegExp;

  constructor(text: string, labels: SeriesLabels, metrics: RegExp) {
    this.#text = text;
    this.#labels = labels;
    this.#metrics = metrics;
  }

  value(node: SyntaxNode): Value | undefined {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return constant(this.#number(node));
      case 'ParenExpr':
      case 'StepInvariantExpr':
        return this.#only(node);
      case 'UnaryExpr':
        return this.#negated(node);
      case 'VectorSelector':
        return this.#series(node);
      case 'AggregateExpr':
        return this.#aggregate(node);
      case 'FunctionCall':
        return this.#call(node);
      case 'BinaryExpr':
        return this.#binary(node);
      default:
        return undefined;
    }
  }

  #number(node: SyntaxNode): number {
    const text = this.#text.slice(node.from, node.to);
    return parseDuration(text) ?? Number(text);
  }

  #only(node: SyntaxNode): Value | undefined {
    const inner = children(node).find((child) => /Expr|Selector|Call|Literal/.test(child.name));
    return inner === undefined ? undefined : this.value(inner);
  }

  #negated(node: SyntaxNode): Value | undefined {
    const inner = this.#only(node);
    if (inner === undefined) return undefined;
    return this.#text[node.from] === '-' ? (moment) => -Number(inner(moment)) : inner;
  }

  /** One volume is looked at, so every aggregation but a count gives its value. */
  #aggregate(node: SyntaxNode): Value | undefined {
    const operator = node.getChild('AggregateOp');
    const name = operator === null ? '' : this.#text.slice(operator.from, operator.to);
    const body = node.getChild('FunctionCallBody');
    if (!/^(?:sum|avg|min|max)$/i.test(name) || body === null) return undefined;
    return this.#only(body);
  }

  #call(node: SyntaxNode): Value | undefined {
    const name = node.getChild('FunctionIdentifier');
    const body = node.getChild('FunctionCallBody');
    if (name === null || body === null) return undefined;
    const [first, second] = children(body);
    const series =
      first === undefined ? undefined : first.name === 'MatrixSelector' ? this.#only(first) : this.value(first);
    if (series === undefined) return undefined;
    switch (this.#text.slice(name.from, name.to)) {
      case 'predict_linear':
        return second === undefined ? undefined : this.#predicted(series, this.value(second));
      case 'deriv':
        return (moment) => slope(series, moment);
      case 'max_over_time':
      case 'min_over_time':
      case 'avg_over_time':
      case 'last_over_time':
      case 'abs':
      case 'ceil':
      case 'floor':
        return series;
      default:
        return undefined;
    }
  }

  /** A straight line stays one: the value now and its slope. */
  #predicted(series: Value, ahead: Value | undefined): Value | undefined {
    if (ahead === undefined) return undefined;
    return (moment) => Number(series(moment)) + slope(series, moment) * Number(ahead(moment));
  }

  #binary(node: SyntaxNode): Value | undefined {
    const parts = children(node);
    const operator = parts.find(({ name }) => OPERATORS[name] !== undefined || name === 'Unless');
    const operands = parts.filter(({ name }) => /Expr|Selector|Call|Literal$/.test(name) && !/Modifier/.test(name));
    const left = operands[0] === undefined ? undefined : this.value(operands[0]);
    const right = operands[1] === undefined ? undefined : this.value(operands[1]);
    if (operator === undefined) return undefined;
    // `unless` takes series away that carry a silencing label; `and` with something else cannot be told.
    if (operator.name === 'Unless') return left;
    const apply = OPERATORS[operator.name];
    if (apply === undefined || left === undefined || right === undefined) return undefined;
    return (moment) => apply(left(moment), right(moment));
  }

  #series(node: SyntaxNode): Value | undefined {
    const identifier = node.getChild('Identifier');
    const name = identifier === null ? '' : this.#text.slice(identifier.from, identifier.to);
    const meaning = this.#metrics.test(name) ? METRICS.find(([pattern]) => pattern.test(name))?.[1] : undefined;
    if (meaning === undefined || !this.#selects(node.getChild('LabelMatchers'))) return undefined;
    return meaning;
  }

  #selects(matchers: SyntaxNode | null): boolean {
    return children(matchers).every((matcher) => {
      const [, name = '', operator, quoted = ''] =
        /^\s*"?([\w.]+)"?\s*(=~|!~|!=|=)\s*(.*)$/s.exec(this.#text.slice(matcher.from, matcher.to)) ?? [];
      const value = this.#labels[name];
      const wanted = quoted.trim().slice(1, -1);
      if (operator === undefined || value === undefined) return true;
      if (operator === '=' || operator === '!=') return (value === wanted) === (operator === '=');
      return matchesWhole(wanted, value) === (operator === '=~');
    });
  }
}

type Operator = (left: number | boolean, right: number | boolean) => number | boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: (a, b) => Number(a) + Number(b),
  Sub: (a, b) => Number(a) - Number(b),
  Mul: (a, b) => Number(a) * Number(b),
  Div: (a, b) => Number(a) / Number(b),
  Pow: (a, b) => Number(a) ** Number(b),
  Lss: (a, b) => Number(a) < Number(b),
  Lte: (a, b) => Number(a) <= Number(b),
  Gtr: (a, b) => Number(a) > Number(b),
  Gte: (a, b) => Number(a) >= Number(b),
  Eql: (a, b) => Number(a) === Number(b),
  And: (a, b) => a === true && b === true,
  Or: (a, b) => a === true || b === true,
};

function slope(series: Value, moment: Moment): number {
  return Number(series({ ...moment, used: moment.used + moment.rate })) - Number(series(moment));
}

/**
 * PromQL anchors its patterns (RE2). One that JavaScript cannot read matches nothing, nor does one with a repeated group, on which
 * JavaScript's matcher, unlike RE2, may take for ever.
 */
function matchesWhole(pattern: string, value: string): boolean {
  if (pattern.length > 500 || /\)[*+{]/.test(pattern)) return false;
  try {
    return new RegExp(`^(?:${pattern.replaceAll('\\\\', '\\')})$`).test(value);
  } catch {
    return false;
  }
}

function constant(value: number): Value {
  return () => value;
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
