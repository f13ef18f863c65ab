/**
 * What a PromQL expression answers when there is nothing to answer, and what it speaks of. Parsed by Prometheus' own grammar.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A value of an expression under an assumption: a number (NaN included), an empty vector, or not known. */
export type Empty =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** `absent`: no series is there at all. `idle`: the series are there, and nothing happens. */
export type Silence = 'absent' | 'idle';

export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

export interface QueryFacts {
  /** The matchers of each selector, its metric's name included as `__name__`. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** Quantiles asked for by `histogram_quantile` or a `quantile` label. */
  readonly quantiles: readonly number[];
  /** The answer is a number and not a list. */
  readonly scalar: boolean;
  readonly absent: Empty;
  readonly idle: Empty;
}

const LONGEST = 20_000;
const NONE: Empty = { kind: 'none' };
const UNKNOWN: Empty = { kind: 'unknown' };

/** `undefined` where the text is no PromQL. */
export function readQuery(query: string): QueryFacts | undefined {
  if (query.length > LONGEST) return undefined;
  const tree = parser.parse(query);
  let broken = false;
  tree.iterate({ enter: ({ type }) => void (broken ||= type.isError) });
  const top = tree.topNode.firstChild;
  if (broken || top === null) return undefined;
  const text = (node: SyntaxNode): string => query.slice(node.from, node.to);
  const selectors = all(tree.topNode, 'VectorSelector').map((node) => matchersOf(node, text));
  return {
    selectors,
    quantiles: [...quantileCalls(tree.topNode, text), ...selectors.flatMap(quantileLabels)],
    scalar: isScalar(top, text),
    absent: valueOf(top, 'absent', text),
    idle: valueOf(top, 'idle', text),
  };
}

function all(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((one) => {
    if (one.name === name) found.push(one.node);
  });
  return found;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

type Text = (node: SyntaxNode) => string;

function matchersOf(selector: SyntaxNode, text: Text): Matcher[] {
  const name = selector.getChild('Identifier');
  const matchers = ['UnquotedLabelMatcher', 'QuotedLabelMatcher']
    .flatMap((kind) => all(selector, kind))
    .map((node) => {
      const [label, op, value] = childrenOf(node);
      const bare = (part: SyntaxNode | undefined): string =>
        part === undefined ? '' : text(part).replaceAll(/^["'`]|["'`]$/g, '');
      return { label: bare(label), op: op === undefined ? '=' : text(op), value: bare(value) };
    });
  return name === null ? matchers : [{ label: '__name__', op: '=', value: text(name) }, ...matchers];
}

function quantileLabels(matchers: readonly Matcher[]): number[] {
  return matchers.filter(({ label, op }) => label === 'quantile' && op === '=').map(({ value }) => Number(value));
}

function quantileCalls(root: SyntaxNode, text: Text): number[] {
  return all(root, 'FunctionCall')
    .filter((node) => text(node).startsWith('histogram_quantile'))
    .flatMap((node) => {
      const first = argumentsOf(node)[0];
      const value = first === undefined ? Number.NaN : Number(text(first));
      return Number.isNaN(value) ? [] : [value];
    });
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const body = call.getChild('FunctionCallBody');
  return body === null ? [] : childrenOf(body);
}

function isScalar(node: SyntaxNode, text: Text): boolean {
  if (node.name === 'NumberDurationLiteral') return true;
  if (node.name === 'FunctionCall') return /^(?:scalar|time|pi)\b/.test(text(node));
  const parts = childrenOf(node).filter(isExpression);
  const wraps = ['ParenExpr', 'UnaryExpr', 'BinaryExpr'].includes(node.name);
  return wraps && parts.length > 0 && parts.every((part) => isScalar(part, text));
}

function isExpression({ name }: SyntaxNode): boolean {
  return /Expr$|Call$|Selector$|Literal$/.test(name) && name !== 'OffsetDurationExpr' && name !== 'DurationExpr';
}

/** Follows an expression with every selector empty, or every counter still. */
function valueOf(node: SyntaxNode, silence: Silence, text: Text): Empty {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return numeric(Number(text(node).toLowerCase().replace('inf', 'Infinity')));
    case 'VectorSelector':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return silence === 'absent' ? NONE : numeric(0);
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'UnaryExpr': {
      const inner = childrenOf(node).find(isExpression);
      return inner === undefined ? UNKNOWN : valueOf(inner, silence, text);
    }
    case 'AggregateExpr':
      return aggregate(node, silence, text);
    case 'FunctionCall':
      return callValue(node, silence, text);
    case 'BinaryExpr':
      return binary(node, silence, text);
    default:
      return UNKNOWN;
  }
}

function aggregate(node: SyntaxNode, silence: Silence, text: Text): Empty {
  const name = node.firstChild === null ? '' : text(node.firstChild);
  const inner = argumentsOf(node).at(-1);
  if (inner === undefined) return UNKNOWN;
  const value = valueOf(inner, silence, text);
  if (value.kind !== 'number') return value;
  return ['sum', 'avg', 'min', 'max', 'topk', 'bottomk', 'quantile'].includes(name) ? value : UNKNOWN;
}

/** Functions that keep a still counter at 0, and those that answer out of nothing. */
function callValue(node: SyntaxNode, silence: Silence, text: Text): Empty {
  const name = node.firstChild === null ? '' : text(node.firstChild);
  const parts = argumentsOf(node);
  const [first] = parts;
  if (name === 'vector' || name === 'scalar') {
    const value = first === undefined ? UNKNOWN : valueOf(first, silence, text);
    return name === 'scalar' && value.kind === 'none' ? numeric(Number.NaN) : value;
  }
  if (name === 'absent' || name === 'absent_over_time') return silence === 'absent' ? numeric(1) : NONE;
  const inner = parts.find((part) => part.name !== 'NumberDurationLiteral' && part.name !== 'StringLiteral');
  if (inner === undefined) return UNKNOWN;
  const value = valueOf(inner, silence, text);
  if (value.kind !== 'number') return value;
  if (name.startsWith('histogram_quantile')) return numeric(Number.NaN);
  const bound = parts.find((part) => part.name === 'NumberDurationLiteral');
  if (name === 'clamp_min') return bound === undefined ? UNKNOWN : numeric(Math.max(value.value, Number(text(bound))));
  if (name === 'clamp_max') return bound === undefined ? UNKNOWN : numeric(Math.min(value.value, Number(text(bound))));
  const still =
    /^(?:rate|irate|increase|delta|idelta|deriv|(?:avg|max|min|sum|last)_over_time|abs|ceil|floor|round|sort|sort_desc|label_replace|label_join|sqrt)$/;
  return still.test(name) ? value : UNKNOWN;
}

function binary(node: SyntaxNode, silence: Silence, text: Text): Empty {
  const parts = childrenOf(node);
  const [left, right] = parts.filter(isExpression);
  const op = parts.find(({ name }) => OPERATORS.includes(name))?.name;
  if (left === undefined || right === undefined || op === undefined) return UNKNOWN;
  const a = valueOf(left, silence, text);
  const b = valueOf(right, silence, text);
  if (op === 'Or') return a.kind === 'none' ? b : a;
  if (op === 'Unless') return b.kind === 'none' ? a : b.kind === 'number' && a.kind === 'number' ? NONE : UNKNOWN;
  if (a.kind === 'none' || b.kind === 'none') return NONE;
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN;
  if (op === 'And') return a;
  const compared = COMPARISONS[op]?.(a.value, b.value);
  if (compared === undefined) return numeric(ARITHMETIC[op]?.(a.value, b.value) ?? Number.NaN);
  const asNumber = parts.some(({ name }) => name === 'BoolModifier');
  return asNumber ? numeric(compared ? 1 : 0) : compared ? a : NONE;
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  EqlC: (a, b) => a === b,
  Neq: (a, b) => a !== b,
  Gtr: (a, b) => a > b,
  Lss: (a, b) => a < b,
  Gte: (a, b) => a >= b,
  Lte: (a, b) => a <= b,
};
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Mod: (a, b) => a % b,
  Pow: (a, b) => a ** b,
};
const OPERATORS = [...Object.keys(COMPARISONS), ...Object.keys(ARITHMETIC), 'And', 'Or', 'Unless'];

function numeric(value: number): Empty {
  return { kind: 'number', value };
}
