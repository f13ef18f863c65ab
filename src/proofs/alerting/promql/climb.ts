import type { Binary, Expr, Matching } from './ast.ts';
import { groupingLabels } from './convert-selector.ts';
import { levelOf, POWER } from './functions.ts';
import { withPostfix } from './postfix.ts';
import { Refused, type Source } from './source.ts';
import { child, exprs, type Node } from './tree.ts';

type Infix = Pick<Binary, 'op' | 'bool' | 'matching' | 'fill'>;

/** An operation as a row of words, in the order of the text. */
type Word =
  | { readonly is: 'sign'; readonly op: '+' | '-'; readonly from: number }
  | { readonly is: 'operand'; readonly node: Node }
  | { readonly is: 'postfix'; readonly node: Node }
  | { readonly is: 'infix'; readonly infix: Infix };

const POSTFIXES: ReadonlySet<string> = new Set([
  'MatrixSelector',
  'SubqueryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

export function isOperation({ name }: Node): boolean {
  return name === 'BinaryExpr' || name === 'UnaryExpr' || name === 'NumberDurationLiteral' || POSTFIXES.has(name);
}

/**
 * Binds an operation anew by the precedences of Prometheus (`promql/parser/generated_parser.y`). The grammar's tree keeps the order
 * of the words but not always what binds them: in `a + b offset 5m` it moves the sum, and in `-1^2` it counts the sign to the number.
 */
export function operation(node: Node, source: Source, operand: (node: Node) => Expr): Expr {
  const words: Word[] = [];
  flatten(node, source, words);
  let next = 0;
  return climb(0);

  function climb(level: number): Expr {
    let lhs = prefixed();
    for (;;) {
      const word = words[next];
      if (word?.is !== 'infix') return lhs;
      const own = levelOf(word.infix.op);
      if (own < level) return lhs;
      next += 1;
      const rhs = climb(own === POWER ? own : own + 1);
      lhs = { kind: 'binary', ...word.infix, lhs, rhs, from: lhs.from, to: rhs.to };
    }
  }

  function prefixed(): Expr {
    const word = words[next];
    next += 1;
    if (word?.is === 'sign') return signed(word.op, word.from, climb(POWER));
    if (word?.is !== 'operand') throw new Refused('an operand is missing', node);
    let expr = operand(word.node);
    for (let after = words[next]; after?.is === 'postfix'; after = words[next]) {
      next += 1;
      expr = withPostfix(expr, after.node, source);
    }
    return expr;
  }
}

function signed(op: '+' | '-', from: number, expr: Expr): Expr {
  if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, from };
  return { kind: 'unary', op, expr, from, to: expr.to };
}

function flatten(node: Node, source: Source, words: Word[]): void {
  const [first, second] = exprs(node);
  if (node.name === 'NumberDurationLiteral') return flattenNumber(node, source, words);
  if (!isOperation(node) || first === undefined) {
    words.push({ is: 'operand', node });
    return;
  }
  if (node.name === 'UnaryExpr') words.push(signAt(node.from, source));
  flatten(first, source, words);
  if (node.name === 'BinaryExpr') {
    if (second === undefined) throw new Refused('an operand is missing', node);
    words.push({ is: 'infix', infix: infixOf(node, source) });
    flatten(second, source, words);
  } else if (node.name !== 'UnaryExpr') words.push({ is: 'postfix', node });
}

function flattenNumber(node: Node, source: Source, words: Word[]): void {
  const { from } = node;
  if (!/[+-]/.test(source.text.charAt(from))) {
    words.push({ is: 'operand', node });
    return;
  }
  const blank = /^[+-]\s*/.exec(source.text.slice(from))?.[0].length ?? 1;
  words.push(signAt(from, source), { is: 'operand', node: { ...node, from: from + blank } });
}

function signAt(from: number, { text }: Source): Word {
  return { is: 'sign', op: text.charAt(from) === '-' ? '-' : '+', from };
}

function infixOf(node: Node, source: Source): Infix {
  const [, operator] = node.children;
  const clause = child(node, 'MatchingModifierClause');
  const fill = child(node, 'FillModifier');
  return {
    op: operator === undefined ? '' : source.text.slice(operator.from, operator.to).toLowerCase(),
    bool: child(node, 'BoolModifier') !== undefined,
    ...(clause === undefined ? {} : { matching: matching(clause, source) }),
    ...(fill === undefined ? {} : { fill: source.text.slice(fill.from, fill.to) }),
  };
}

function matching(clause: Node, source: Source): Matching {
  const [labels, included] = clause.children.filter(({ name }) => name === 'GroupingLabels');
  const side = child(clause, 'GroupLeft') ? 'left' : child(clause, 'GroupRight') ? 'right' : undefined;
  const group = side === undefined ? {} : { group: { side, labels: groupingLabels(included, source).labels } as const };
  return { mode: child(clause, 'On') ? 'on' : 'ignoring', ...groupingLabels(labels, source), ...group };
}
