import type { Aggregation, Expr, Span } from './ast.ts';
import { isOperation, operation } from './climb.ts';
import { AGGREGATION_PARAMS } from './functions.ts';
import { groupingLabels, selector } from './convert-selector.ts';
import { Refused, stringValue, variableIn, type Source } from './source.ts';
import { promNumber } from './time-span.ts';
import { child, exprs, type Node } from './tree.ts';

export type Converted =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly error: Span & { readonly message: string } };

/** Makes the tree of an error-free parse into an expression. */
export function convert(top: Node, source: Source): Converted {
  try {
    const root = exprs(top)[0];
    if (root === undefined) throw new Refused('the expression is empty', top);
    return { ok: true, expr: toExpr(root, source) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, error: { message: error.message, ...error.span } };
  }
}

function toExpr(node: Node, source: Source): Expr {
  return isOperation(node) ? operation(node, source, (inner) => operand(inner, source)) : operand(node, source);
}

function operand(node: Node, source: Source): Expr {
  const { from, to } = node;
  switch (node.name) {
    case 'VectorSelector':
      return selector(node, source);
    case 'NumberDurationLiteral':
      return { kind: 'number', value: number(node, source), from, to };
    case 'StringLiteral':
      return { kind: 'string', ...stringValue(node, source), from, to };
    case 'ParenExpr':
      return { kind: 'paren', expr: only(node, source), from, to };
    case 'FunctionCall':
      return { kind: 'call', fn: name(node, source), args: body(node, source), from, to };
    case 'AggregateExpr':
      return aggregation(node, source);
    default:
      throw new Refused(`unexpected ${node.name}`, node);
  }
}

function number(node: Node, source: Source): number {
  const value = promNumber(source.text.slice(node.from, node.to));
  if (value === undefined || /\w/.test(source.text.charAt(node.to))) throw new Refused('not a number', node);
  return value;
}

function only(node: Node, source: Source): Expr {
  const [inner] = exprs(node);
  if (inner === undefined) throw new Refused('the expression is empty', node);
  return toExpr(inner, source);
}

/** Empty where a variable stands for it. */
function name(node: Node, source: Source): string {
  const { from } = node;
  const { text } = source;
  if (variableIn(source, { from, to: from + 1 }) !== undefined) return '';
  return /^\w+/.exec(text.slice(from))?.[0] ?? '';
}

function body(node: Node, source: Source): Expr[] {
  const inner = child(node, 'FunctionCallBody');
  return inner === undefined ? [] : exprs(inner).map((argument) => toExpr(argument, source));
}

function aggregation(node: Node, source: Source): Aggregation {
  const { from, to } = node;
  const op = name(node, source).toLowerCase();
  const args = body(node, source);
  const takesParam = AGGREGATION_PARAMS[op] !== undefined;
  const expected = takesParam ? 2 : 1;
  const arg = args.at(-1);
  if (arg === undefined || args.length !== expected)
    throw new Refused(`${op} takes ${expected === 2 ? 'two arguments' : 'one argument'}, here ${args.length}`, node);
  const modifier = child(node, 'AggregateModifier');
  const grouping =
    modifier === undefined
      ? {}
      : {
          grouping: {
            mode: child(modifier, 'By') === undefined ? 'without' : 'by',
            ...groupingLabels(child(modifier, 'GroupingLabels'), source),
          } as const,
        };
  return { kind: 'aggregation', op, ...grouping, ...(takesParam && args[0] ? { param: args[0] } : {}), arg, from, to };
}
