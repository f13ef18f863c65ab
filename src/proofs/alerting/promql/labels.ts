import type { Aggregation, Binary, Call, Expr, Selector } from './ast.ts';
import { matchesEmpty } from './convert-selector.ts';
import { alternatives } from './matchers.ts';
import { nameOf } from './needs.ts';
import { typeOf } from './types.ts';

/** The labels of what an expression gives, less the name of the metric. */
export interface Labels {
  /** Every series has them, with a value that is not empty. */
  readonly certain: ReadonlySet<string>;
  /** No others occur; `any`: nothing is known of further ones. */
  readonly possible: ReadonlySet<string> | 'any';
  /** No series has them, whatever `possible` says. */
  readonly lacking: ReadonlySet<string>;
  /** Labels with one and the same value on every series. */
  readonly fixed: ReadonlyMap<string, string>;
}

const NONE: Labels = { certain: new Set(), possible: new Set(), lacking: new Set(), fixed: new Map() };
const ANY: Labels = { ...NONE, possible: 'any' };

/** Whether the series of an expression carry a label. */
export function carries(labels: Labels, label: string): 'always' | 'maybe' | 'never' {
  if (labels.certain.has(label)) return 'always';
  if (labels.lacking.has(label) || (labels.possible !== 'any' && !labels.possible.has(label))) return 'never';
  return 'maybe';
}

/** The rule behind what a selector reads, with the labels it sets; `undefined` where none, or more than one, may be it. */
export type Recorded = (
  selector: Selector,
) => { readonly expr: Expr; readonly labels: Readonly<Record<string, string>> } | undefined;

/** Records that rest on records; more are no rules that somebody wrote. */
const DEEPEST = 12;

/**
 * Which labels come out, by the rules of `promql/engine.go` (aggregation, `resultMetric`) and `promql/functions.go`. `scraped`: whether all
 * series of a metric have the labels that Prometheus sets on what it scrapes.
 */
export function labelsOf(expr: Expr, recorded?: Recorded, scraped?: (name: string) => boolean): Labels {
  return inside(expr, { recorded, scraped, depth: 0 });
}

/** What Prometheus sets on what it scrapes. https://prometheus.io/docs/concepts/jobs_instances/ */
const OF_SCRAPES = ['job', 'instance'];

/** What records are known, and how many stand between here and the expression that was asked of. */
interface Known {
  readonly recorded: Recorded | undefined;
  readonly scraped: ((name: string) => boolean) | undefined;
  readonly depth: number;
}

function inside(expr: Expr, known: Known): Labels {
  switch (expr.kind) {
    case 'selector':
      return ofSelector(expr, known);
    case 'paren':
    case 'unary':
    case 'subquery':
      return inside(expr.expr, known);
    case 'aggregation':
      return ofAggregation(expr, known);
    case 'call':
      return ofCall(expr, known);
    case 'binary':
      return ofBinary(expr, known);
    case 'placeholder':
      return ANY;
    default:
      return NONE;
  }
}

/** What a rule records has the labels of its expression, and those it sets over them; what is selected may tell more. */
function ofSelector(selector: Selector, known: Known): Labels {
  const name = nameOf(selector);
  const asked = ofMatchers(selector, name !== undefined && known.scraped?.(name) === true ? OF_SCRAPES : []);
  const rule = known.depth < DEEPEST ? known.recorded?.(selector) : undefined;
  if (rule === undefined) return asked;
  const inner = inside(rule.expr, { ...known, depth: known.depth + 1 });
  const set = Object.entries(rule.labels).filter(([, value]) => value !== '');
  const made = minus(inner, Object.keys(rule.labels));
  const names = [...asked.certain, ...set.map(([label]) => label)];
  return {
    certain: new Set([...made.certain, ...names]),
    possible: made.possible === 'any' ? 'any' : new Set([...made.possible, ...names]),
    lacking: new Set([...made.lacking, ...asked.lacking].filter((label) => !names.includes(label))),
    fixed: new Map([...made.fixed, ...asked.fixed, ...set]),
  };
}

function ofMatchers({ matchers }: Selector, set: readonly string[]): Labels {
  const known = matchers.filter(({ label, templated }) => label !== '__name__' && !templated);
  const certain = known.filter((matcher) => !matchesEmpty(matcher)).map(({ label }) => label);
  const lacking = known
    .filter(({ op, value }) => (op === '=' || op === '=~') && value === '')
    .map(({ label }) => label);
  const fixed = known.flatMap((matcher): [string, string][] => {
    const values = alternatives(matcher);
    return values?.length === 1 && values[0] !== '' ? [[matcher.label, values[0] ?? '']] : [];
  });
  const always = set.filter((label) => !lacking.includes(label));
  return {
    certain: new Set([...certain, ...always]),
    possible: 'any',
    lacking: new Set(lacking),
    fixed: new Map(fixed),
  };
}

function ofAggregation({ op, grouping, param, arg }: Aggregation, known: Known): Labels {
  const inner = inside(arg, known);
  if (/^(?:topk|bottomk|limitk|limit_ratio)$/.test(op)) return inner;
  const grouped =
    grouping === undefined ? NONE : grouping.templated ? { ...ANY, fixed: inner.fixed } : group(inner, grouping);
  if (op !== 'count_values' || param?.kind !== 'string') return grouped;
  return plus(grouped, param.value);
}

function group(inner: Labels, { mode, labels }: NonNullable<Aggregation['grouping']>): Labels {
  return mode === 'by' ? only(inner, labels) : minus(inner, labels);
}

function only(inner: Labels, labels: readonly string[]): Labels {
  const kept = labels.filter((label) => carries(inner, label) !== 'never');
  return {
    certain: new Set(labels.filter((label) => inner.certain.has(label))),
    possible: new Set(kept),
    lacking: new Set(),
    fixed: new Map([...inner.fixed].filter(([label]) => labels.includes(label))),
  };
}

function minus(inner: Labels, labels: readonly string[]): Labels {
  const left = <T>(all: Iterable<T>, name: (each: T) => string): T[] =>
    [...all].filter((each) => !labels.includes(name(each)));
  return {
    certain: new Set(left(inner.certain, (label) => label)),
    possible: inner.possible === 'any' ? 'any' : new Set(left(inner.possible, (label) => label)),
    lacking: new Set([...inner.lacking, ...labels]),
    fixed: new Map(left(inner.fixed, ([label]) => label)),
  };
}

/** What `label_replace(v, "dst", "value", "", "")` sets whatever the labels are: an empty pattern fits an empty source. */
function alwaysSet([, replacement, source, pattern]: readonly Expr[]): string | undefined {
  const texts = [replacement, source, pattern].map((one) =>
    one?.kind === 'string' && !one.templated ? one.value : undefined,
  );
  const [value, label, regex] = texts;
  return label === '' && (regex === '' || regex === '.*') && value !== undefined && /^[^$]+$/.test(value)
    ? value
    : undefined;
}

function plus(inner: Labels, label: string): Labels {
  const without = minus(inner, [label]);
  return {
    certain: inner.certain,
    possible: without.possible === 'any' ? 'any' : new Set([...without.possible, label]),
    lacking: new Set([...inner.lacking].filter((each) => each !== label)),
    fixed: without.fixed,
  };
}

function ofCall({ fn, args }: Call, known: Known): Labels {
  const [first = undefined, ...rest] = args;
  switch (fn) {
    case 'absent':
    case 'absent_over_time':
      return first === undefined ? NONE : ofAbsent(first);
    case 'vector':
    case 'time':
    case 'scalar':
    case 'pi':
      return NONE;
    case 'label_replace':
    case 'label_join': {
      const target = rest[0]?.kind === 'string' && !rest[0].templated ? rest[0].value : undefined;
      if (first === undefined || target === undefined) return ANY;
      const made = plus(inside(first, known), target);
      const value = fn === 'label_replace' ? alwaysSet(rest) : undefined;
      if (value !== undefined)
        return {
          ...made,
          certain: new Set([...made.certain, target]),
          fixed: new Map([...made.fixed, [target, value]]),
        };
      return { ...made, certain: new Set([...made.certain].filter((label) => label !== target)) };
    }
    case 'info':
      return ANY;
    case 'histogram_quantile':
    case 'histogram_fraction':
      return minus(inside(args.at(-1) ?? first ?? NOTHING, known), ['le']);
    default:
      return inside(args.find((argument) => typeOf(argument) !== 'scalar') ?? NOTHING, known);
  }
}

const NOTHING: Expr = { kind: 'number', value: 0, from: 0, to: 0 };

/** `absent` gives the labels that `=` fixes, each stated once (`promql/functions.go`: `createLabelsForAbsentFunction`). */
function ofAbsent(argument: Expr): Labels {
  if (argument.kind === 'paren') return ofAbsent(argument.expr);
  if (argument.kind !== 'selector') return NONE;
  const named = argument.matchers.filter(({ label }) => label !== '__name__');
  const single = named.filter(
    ({ label, op, value }) => op === '=' && value !== '' && named.filter((other) => other.label === label).length === 1,
  );
  const labels = new Set(single.map(({ label }) => label));
  const fixed = new Map(single.flatMap(({ label, value, templated }) => (templated ? [] : [[label, value] as const])));
  return { certain: labels, possible: labels, lacking: new Set(), fixed };
}

function ofBinary(expr: Binary, known: Known): Labels {
  const { op, lhs, rhs, matching } = expr;
  if (typeOf(lhs) === 'scalar') return inside(rhs, known);
  if (typeOf(rhs) === 'scalar') return inside(lhs, known);
  const [left, right] = [inside(lhs, known), inside(rhs, known)];
  if (op === 'and' || op === 'unless') return left;
  if (op === 'or') return either(left, right);
  if (matching === undefined) return left;
  if (matching.templated) return ANY;
  if (matching.group !== undefined) {
    const [many, one] = matching.group.side === 'left' ? [left, right] : [right, left];
    return matching.group.labels.reduce((made, label) => included(made, one, label), many);
  }
  return matching.mode === 'on' ? only(left, matching.labels) : minus(left, matching.labels);
}

/** A label that `group_left` takes from the side of one. */
function included(many: Labels, one: Labels, label: string): Labels {
  const value = one.fixed.get(label);
  const made = plus(many, label);
  const certain = new Set([...made.certain].filter((each) => each !== label));
  if (one.certain.has(label)) certain.add(label);
  return { ...made, certain, fixed: value === undefined ? made.fixed : new Map([...made.fixed, [label, value]]) };
}

function either(left: Labels, right: Labels): Labels {
  return {
    certain: new Set([...left.certain].filter((label) => right.certain.has(label))),
    possible:
      left.possible === 'any' || right.possible === 'any' ? 'any' : new Set([...left.possible, ...right.possible]),
    lacking: new Set([...left.lacking].filter((label) => carries(right, label) === 'never')),
    fixed: new Map([...left.fixed].filter(([label, value]) => right.fixed.get(label) === value)),
  };
}
