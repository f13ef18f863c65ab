import type { Aggregation, Binary, Call, Expr, Span, ValueType } from './ast.ts';
import { AGGREGATION_PARAMS, COMPARISONS, FUNCTIONS, SET_OPERATORS } from './functions.ts';
import { children } from './walk.ts';

type TypeError = Span & { readonly message: string };

/** What an expression evaluates to. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return expr.range === undefined ? 'vector' : 'matrix';
    case 'subquery':
      return 'matrix';
    case 'aggregation':
      return 'vector';
    case 'call':
      return FUNCTIONS.get(expr.fn)?.returns ?? 'unknown';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr);
    case 'binary':
      return ofBinary(typeOf(expr.lhs), typeOf(expr.rhs));
    case 'placeholder':
      return 'unknown';
  }
}

function ofBinary(lhs: ValueType, rhs: ValueType): ValueType {
  if (lhs === 'vector' || rhs === 'vector') return 'vector';
  return lhs === 'scalar' && rhs === 'scalar' ? 'scalar' : 'unknown';
}

/** What Prometheus refuses of an expression that its grammar takes; in the order of the text. */
export function typeErrors(expr: Expr): TypeError[] {
  const own = ownErrors(expr);
  return [...own, ...children(expr).flatMap(typeErrors)];
}

function ownErrors(expr: Expr): TypeError[] {
  switch (expr.kind) {
    case 'call':
      return ofCall(expr);
    case 'aggregation':
      return ofAggregation(expr);
    case 'binary':
      return ofOperator(expr);
    case 'unary':
      return expects(expr.expr, ['scalar', 'vector'], 'a sign');
    case 'subquery':
      return expects(expr.expr, ['vector'], 'a subquery');
    default:
      return [];
  }
}

function ofCall(call: Call): TypeError[] {
  if (call.fn === '') return [];
  const signature = FUNCTIONS.get(call.fn);
  if (signature === undefined) return [{ message: `unknown function ${call.fn}`, from: call.from, to: call.to }];
  const { args, optional } = signature;
  const least = optional === Infinity ? args.length - 1 : args.length - optional;
  const most = optional === Infinity ? Infinity : args.length;
  const given = call.args.length;
  if (given < least || given > most)
    return [{ message: `${call.fn} takes ${count(least, most)}, here ${given}`, from: call.from, to: call.to }];
  return call.args.flatMap((argument, index) => expects(argument, [args[index] ?? args.at(-1) ?? 'vector'], call.fn));
}

function count(least: number, most: number): string {
  const text = least === most ? String(least) : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  return `${text} ${text === '1' ? 'argument' : 'arguments'}`;
}

function ofAggregation({ op, param, arg }: Aggregation): TypeError[] {
  const wanted = AGGREGATION_PARAMS[op];
  return [
    ...(param === undefined || wanted === undefined ? [] : expects(param, [wanted], op)),
    ...expects(arg, ['vector'], op),
  ];
}

function ofOperator(expr: Binary): TypeError[] {
  const { op, lhs, rhs, bool, matching, from, to } = expr;
  const types = [typeOf(lhs), typeOf(rhs)];
  const error = (message: string): TypeError[] => [{ message, from, to }];
  const operands = [...expects(lhs, ['scalar', 'vector'], op), ...expects(rhs, ['scalar', 'vector'], op)];
  if (operands.length > 0) return operands;
  if (bool && !COMPARISONS.has(op)) return error('bool belongs to comparisons alone');
  if (COMPARISONS.has(op) && !bool && types.every((type) => type === 'scalar'))
    return error(`a comparison of two numbers needs bool: ${op} bool`);
  if (SET_OPERATORS.has(op) && types.includes('scalar')) return error(`${op} joins vectors, and one side is a number`);
  if (SET_OPERATORS.has(op) && matching?.group !== undefined)
    return error(`${op} takes no group_${matching.group.side}`);
  if (types.includes('scalar') && (matching?.labels.length ?? 0) > 0)
    return error('on and ignoring match vectors, and one side is a number');
  const twice =
    matching?.mode === 'on' ? matching.labels.find((label) => matching.group?.labels.includes(label)) : undefined;
  return twice === undefined
    ? []
    : error(`label ${twice} stands in on and in group_${matching?.group?.side ?? 'left'}`);
}

const NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'a number',
  vector: 'an instant vector',
  matrix: 'a range vector',
  string: 'a string',
  unknown: 'something',
};

function expects(expr: Expr, wanted: readonly ValueType[], by: string): TypeError[] {
  const type = typeOf(expr);
  if (type === 'unknown' || wanted.includes(type)) return [];
  const expected = wanted.map((each) => NAMES[each]).join(' or ');
  return [{ message: `${by} takes ${expected}, here ${NAMES[type]}`, from: expr.from, to: expr.to }];
}
