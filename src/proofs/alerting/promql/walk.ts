import type { Expr, Selector } from './ast.ts';

/** The direct operands and arguments of an expression, in the order of the text. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'call':
      return expr.args;
    case 'aggregation':
      return expr.param === undefined ? [expr.arg] : [expr.param, expr.arg];
    case 'binary':
      return [expr.lhs, expr.rhs];
    default:
      return [];
  }
}

/** Visits an expression and everything below it, parents first. A visitor that answers `false` is not led further down. */
export function walk(expr: Expr, visit: (expr: Expr) => boolean | void): void {
  if (visit(expr) === false) return;
  for (const child of children(expr)) walk(child, visit);
}

/** Every selector, in the order of the text. */
export function selectors(expr: Expr): Selector[] {
  const found: Selector[] = [];
  walk(expr, (each) => {
    if (each.kind === 'selector') found.push(each);
  });
  return found;
}

/** An expression without the parentheses around it. */
export function bare(expr: Expr): Exclude<Expr, { kind: 'paren' }> {
  return expr.kind === 'paren' ? bare(expr.expr) : expr;
}
