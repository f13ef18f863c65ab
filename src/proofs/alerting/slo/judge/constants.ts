import type { Expr } from '../../promql/index.ts';
import { bare } from '../../promql/walk.ts';
import { exact } from '../numbers.ts';
import { recordsOf, type Book, type ReadRule } from './book.ts';

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

/**
 * The value of an expression that is the same at all times, records of constants followed; `undefined` for any other. Of several records that a
 * selector may read the preferred ones count.
 */
export function constant(
  expr: Expr,
  book: Book,
  prefers: (rule: ReadRule) => boolean = () => false,
  depth = 0,
): number | undefined {
  const inner = bare(expr);
  if (depth > 8) return undefined;
  const of = (each: Expr): number | undefined => constant(each, book, prefers, depth + 1);
  switch (inner.kind) {
    case 'number':
      return inner.value;
    case 'unary': {
      const value = of(inner.expr);
      return value === undefined || inner.op === '+' ? value : -value;
    }
    case 'call': {
      const [arg] = inner.args;
      return arg !== undefined && (inner.fn === 'vector' || inner.fn === 'scalar') ? of(arg) : undefined;
    }
    case 'aggregation':
      return /^(?:max|min|avg)$/.test(inner.op) ? of(inner.arg) : undefined;
    case 'binary': {
      const [lhs, rhs, apply] = [of(inner.lhs), of(inner.rhs), ARITHMETIC[inner.op]];
      return lhs === undefined || rhs === undefined || apply === undefined ? undefined : exact(apply(lhs, rhs));
    }
    case 'selector': {
      const records = recordsOf(book, inner) ?? [];
      const own = records.filter(prefers);
      const values = new Set((own.length > 0 ? own : records).map(({ ast }) => of(ast)));
      return values.size === 1 ? [...values][0] : undefined;
    }
    default:
      return undefined;
  }
}
