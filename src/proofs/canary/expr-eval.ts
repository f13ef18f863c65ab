import type { Expr } from './expr-parse.ts';

/** What a provider answers: a vector of numbers, a number, nothing, or a document. */
export type Answer = number | string | boolean | null | readonly Answer[] | { readonly [key: string]: Answer };

/** `error`: the evaluation fails, as an index into an empty list does. `unknown`: not understood here. */
export type Truth = 'true' | 'false' | 'error' | 'unknown';

/** Decides a parsed condition for an answer, as argo-rollouts utils/evaluate/evaluate.go `EvalCondition` would. */
export function decide(expr: Expr | undefined, result: Answer): Truth {
  if (expr === undefined) return 'unknown';
  try {
    const value = run(expr, { result });
    return value === true ? 'true' : value === false ? 'false' : 'error';
  } catch (error) {
    if (error instanceof EvaluationError) return error.known ? 'error' : 'unknown';
    throw error;
  }
}

class EvaluationError extends Error {
  readonly known: boolean;

  constructor(message: string, known = true) {
    super(message);
    this.known = known;
  }
}

type Scope = Readonly<Record<string, Answer>>;

function run(expr: Expr, scope: Scope): Answer {
  switch (expr.kind) {
    case 'value':
      return expr.value;
    case 'list':
      return expr.items.map((item) => run(item, scope));
    case 'name': {
      const value = scope[expr.name];
      if (value === undefined) throw new EvaluationError(`unknown name ${expr.name}`);
      return value;
    }
    case 'member':
      return member(run(expr.of, scope), run(expr.key, scope), expr.optional);
    case 'not':
      return !bool(run(expr.of, scope));
    case 'minus':
      return -number(run(expr.of, scope));
    case 'choice':
      return bool(run(expr.test, scope)) ? run(expr.yes, scope) : run(expr.otherwise, scope);
    case 'call':
      return call(expr.name, expr.args, scope);
    case 'binary':
      return binary(expr, scope);
  }
}

/** An index past the end is an error, a missing key is nil. */
function member(of: Answer, key: Answer, optional: boolean): Answer {
  if (of === null && optional) return null;
  if (Array.isArray(of)) {
    const items = of as readonly Answer[];
    const index = number(key);
    const item = items[index < 0 ? items.length + index : index];
    if (item === undefined) throw new EvaluationError('index out of range');
    return item;
  }
  if (typeof of === 'object' && of !== null && typeof key === 'string')
    return Object.hasOwn(of, key) ? ((of as Record<string, Answer>)[key] ?? null) : null;
  throw new EvaluationError('cannot fetch from this value');
}

function binary({ op, left, right }: Extract<Expr, { kind: 'binary' }>, scope: Scope): Answer {
  const a = run(left, scope);
  if (op === '||' || op === 'or') return bool(a) || bool(run(right, scope));
  if (op === '&&' || op === 'and') return bool(a) && bool(run(right, scope));
  if (op === '??') return a ?? run(right, scope);
  const b = run(right, scope);
  switch (op) {
    case '==':
      return same(a, b);
    case '!=':
      return !same(a, b);
    case 'in':
      return Array.isArray(b) ? (b as Answer[]).some((item) => same(a, item)) : fails();
    case 'contains':
      return text(a).includes(text(b));
    case 'startsWith':
      return text(a).startsWith(text(b));
    case 'endsWith':
      return text(a).endsWith(text(b));
    case 'matches':
      throw new EvaluationError('patterns are not run', false);
    case '+':
      return typeof a === 'string' && typeof b === 'string' ? a + b : number(a) + number(b);
    default:
      return arithmetic(op, number(a), number(b));
  }
}

/** IEEE 754, as Go does: every comparison with NaN is false but `!=`. */
function arithmetic(op: string, a: number, b: number): Answer {
  switch (op) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}

/** `isNaN`, `isInf`, `isNil`, `default`, `asInt`, `asFloat` of argo-rollouts, and expr's own functions on lists. */
function call(name: string, args: readonly Expr[], scope: Scope): Answer {
  const at = (index: number): Answer => {
    const arg = args[index];
    return arg === undefined ? fails() : run(arg, scope);
  };
  switch (name) {
    case 'isNaN':
      return Number.isNaN(number(at(0)));
    case 'isInf':
      return Math.abs(number(at(0))) === Number.POSITIVE_INFINITY;
    case 'isNil':
      return at(0) === null;
    case 'default':
      return at(0) ?? at(1);
    case 'asInt':
    case 'asFloat':
    case 'float':
    case 'int':
      return cast(at(0), name === 'asInt' || name === 'int');
    case 'len': {
      const of = at(0);
      return Array.isArray(of) || typeof of === 'string' ? of.length : fails();
    }
    case 'abs':
      return Math.abs(number(at(0)));
    case 'min':
    case 'max':
      return extreme(
        name,
        args.flatMap((_, index) => at(index)),
      );
    default:
      return overList(name, list(at(0)), args[1], scope);
  }
}

function overList(name: string, items: readonly Answer[], predicate: Expr | undefined, scope: Scope): Answer {
  if (name === 'sum') return items.reduce<number>((total, item) => total + number(item), 0);
  if (predicate === undefined) throw new EvaluationError(`function ${name}`, false);
  const holds = (item: Answer): boolean => bool(run(predicate, { ...scope, '#': item }));
  switch (name) {
    case 'all':
      return items.every(holds);
    case 'any':
      return items.some(holds);
    case 'none':
      return !items.some(holds);
    case 'one':
      return items.filter(holds).length === 1;
    case 'count':
      return items.filter(holds).length;
    case 'filter':
      return items.filter(holds);
    default:
      throw new EvaluationError(`function ${name}`, false);
  }
}

function extreme(name: 'min' | 'max', values: readonly Answer[]): number {
  if (values.length === 0) return fails();
  return name === 'min' ? Math.min(...values.map(number)) : Math.max(...values.map(number));
}

function cast(value: Answer, whole: boolean): number {
  const cast = typeof value === 'string' && value.trim() !== '' ? Number(value) : number(value);
  if (typeof value === 'string' && Number.isNaN(cast) && value !== 'NaN') return fails();
  return whole ? Math.trunc(cast) : cast;
}

function same(a: Answer, b: Answer): boolean {
  return typeof a === 'object' && a !== null ? JSON.stringify(a) === JSON.stringify(b) : a === b;
}

function bool(value: Answer): boolean {
  return typeof value === 'boolean' ? value : fails();
}

function number(value: Answer): number {
  return typeof value === 'number' ? value : fails();
}

function text(value: Answer): string {
  return typeof value === 'string' ? value : fails();
}

function list(value: Answer): readonly Answer[] {
  return Array.isArray(value) ? (value as readonly Answer[]) : fails();
}

function fails(): never {
  throw new EvaluationError('the types do not fit');
}
