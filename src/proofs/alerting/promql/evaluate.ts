import type { Binary, Expr, Selector } from './ast.ts';

/** A series with its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Value = number | readonly Sample[];

/** `undefined`: a join that Prometheus refuses to evaluate, many to many. */
class Refusal extends Error {}

/** Where an evaluation takes its samples from. */
export interface Source {
  /** What an instant selector takes. */
  select(selector: Selector): readonly Sample[];
  /** A function that this source knows how to work out, such as those of range vectors; `undefined`: as the evaluation knows it. */
  call?(fn: string, args: readonly Expr[]): Value | undefined;
}

/**
 * Evaluates an expression on given series at one instant, step by step as the documentation of Prometheus describes it. Shares nothing
 * with the analysis but the tree. Knows instant vectors only; a source may know more.
 */
export function evaluate(expr: Expr, data: readonly Sample[] | Source): readonly Sample[] | undefined {
  try {
    const value = run(
      expr,
      'select' in data ? data : { select: (selector) => data.filter((each) => selects(selector, each)) },
    );
    return typeof value === 'number' ? [{ labels: {}, value }] : value;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function run(expr: Expr, data: Source): Value {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'paren':
      return run(expr.expr, data);
    case 'unary': {
      const value = run(expr.expr, data);
      const sign = expr.op === '-' ? -1 : 1;
      return typeof value === 'number'
        ? sign * value
        : value.map((each) => ({ labels: nameless(each), value: sign * each.value }));
    }
    case 'selector':
      return data.select(expr);
    case 'call':
      return call(expr.fn, expr.args, data);
    case 'aggregation':
      return aggregate(expr, vector(expr.arg, data));
    case 'binary':
      return binary(expr, data);
    default:
      throw new Error(`no evaluation of ${expr.kind}`);
  }
}

function vector(expr: Expr, data: Source): readonly Sample[] {
  const value = run(expr, data);
  if (typeof value === 'number') throw new Error('a number for a vector');
  return value;
}

/** Whether a selector takes the sample. */
export function selects({ name, matchers }: Selector, { labels }: Sample): boolean {
  if (labels['__name__'] !== name) return false;
  return matchers.every(({ label, op, value }) => {
    const found = labels[label] ?? '';
    const equal = op === '=' || op === '!=' ? found === value : new RegExp(`^(?:${value})$`).test(found);
    return op.startsWith('=') ? equal : !equal;
  });
}

function call(fn: string, args: readonly Expr[], data: Source): Value {
  const own = data.call?.(fn, args);
  if (own !== undefined) return own;
  const [first] = args;
  if (first === undefined) throw new Error(fn);
  if (fn === 'vector') return [{ labels: {}, value: run(first, data) as number }];
  const input = vector(first, data);
  if (fn === 'scalar') return input.length === 1 ? (input[0]?.value ?? NaN) : NaN;
  if (fn === 'abs') return input.map((each) => ({ labels: nameless(each), value: Math.abs(each.value) }));
  if (fn === 'absent') return input.length > 0 ? [] : [{ labels: absentLabels(first), value: 1 }];
  throw new Error(fn);
}

function absentLabels(expr: Expr): Record<string, string> {
  if (expr.kind === 'paren') return absentLabels(expr.expr);
  if (expr.kind !== 'selector') return {};
  const once = expr.matchers.filter(({ label }, _, all) => all.filter((other) => other.label === label).length === 1);
  return Object.fromEntries(
    once.filter(({ op, value }) => op === '=' && value !== '').map(({ label, value }) => [label, value]),
  );
}

function nameless({ labels }: Sample): Record<string, string> {
  return pick(labels, (label) => label !== '__name__');
}

function pick(labels: Sample['labels'], keep: (label: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label, value]) => keep(label) && value !== ''));
}

function aggregate({ op, grouping }: Extract<Expr, { kind: 'aggregation' }>, input: readonly Sample[]): Sample[] {
  const groups = new Map<string, { labels: Record<string, string>; values: number[] }>();
  for (const each of input) {
    const listed = (label: string): boolean => grouping?.labels.includes(label) ?? false;
    const labels =
      grouping?.mode === 'without' ? pick(nameless(each), (label) => !listed(label)) : pick(each.labels, listed);
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, values: [] };
    group.values.push(each.value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: reduce(op, values) }));
}

function reduce(op: string, values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  switch (op) {
    case 'sum':
      return sum;
    case 'avg':
      return sum / values.length;
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'min':
      return values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a));
    default:
      return values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a));
  }
}

function keyOf(labels: Sample['labels']): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const COMPUTE: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};
const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

function binary(expr: Binary, data: Source): Value {
  const [left, right] = [run(expr.lhs, data), run(expr.rhs, data)];
  if (typeof left === 'number' && typeof right === 'number') return apply(expr, left, right, left) ?? 0;
  if (typeof left !== 'number' && typeof right !== 'number') return join(expr, left, right);
  const samples = typeof left === 'number' ? (right as readonly Sample[]) : left;
  return samples.flatMap((each) => {
    const [a, b] = typeof left === 'number' ? [left, each.value] : [each.value, right as number];
    const value = apply(expr, a, b, each.value);
    if (value === undefined) return [];
    return [{ labels: COMPARE[expr.op] !== undefined && !expr.bool ? each.labels : nameless(each), value }];
  });
}

/** What a filter keeps is the sample's own value. */
function apply({ op, bool }: Binary, a: number, b: number, kept: number): number | undefined {
  const compare = COMPARE[op];
  if (compare === undefined) return COMPUTE[op]?.(a, b);
  if (bool) return compare(a, b) ? 1 : 0;
  return compare(a, b) ? kept : undefined;
}

function join(expr: Binary, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const { op, matching } = expr;
  const listed = (label: string): boolean => matching?.labels.includes(label) ?? false;
  const signature = (each: Sample): string =>
    keyOf(pick(nameless(each), (label) => (matching?.mode === 'on' ? listed(label) : !listed(label))));
  const [here, there] = [new Set(left.map(signature)), new Set(right.map(signature))];
  if (op === 'and') return left.filter((each) => there.has(signature(each)));
  if (op === 'unless') return left.filter((each) => !there.has(signature(each)));
  if (op === 'or') return [...left, ...right.filter((each) => !here.has(signature(each)))];
  if (there.size !== right.length) throw new Refusal();
  if (matching?.group === undefined && here.size !== left.length) throw new Refusal();
  const partners = new Map(right.map((each) => [signature(each), each]));
  return left.flatMap((each) => {
    const partner = partners.get(signature(each));
    const value = partner === undefined ? undefined : apply(expr, each.value, partner.value, each.value);
    if (partner === undefined || value === undefined) return [];
    const own = nameless(each);
    if (matching?.group !== undefined) {
      const taken = Object.fromEntries(matching.group.labels.map((label) => [label, partner.labels[label] ?? '']));
      return [{ labels: pick({ ...own, ...taken }, () => true), value }];
    }
    return [
      {
        labels:
          matching === undefined
            ? own
            : pick(own, (label) => (matching.mode === 'on' ? listed(label) : !listed(label))),
        value,
      },
    ];
  });
}
