import type { Binary, Expr, Matcher, Placement, Selector, TimeSpan } from './ast.ts';
import { levelOf, POWER, SIGN } from './functions.ts';
import { bare } from './walk.ts';

/**
 * An expression in one canonical form: no parentheses but those it needs, matchers and label lists sorted, one space about operators,
 * durations in seconds. Equal forms mean the same; the reverse need not hold.
 */
export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'placeholder':
      return `\${${expr.name}}`;
    case 'paren':
      return print(expr.expr);
    case 'selector':
      return printSelector(expr);
    case 'subquery':
      return `${within(expr.expr, POWER + 1)}[${time(expr.range)}:${expr.step === undefined ? '' : time(expr.step)}]${placement(expr)}`;
    case 'call':
      return `${expr.fn}(${expr.args.map(print).join(', ')})`;
    case 'aggregation': {
      const { op, grouping, param, arg } = expr;
      const by = grouping === undefined ? '' : ` ${grouping.mode} (${list(grouping.labels)}) `;
      return `${op}${by}(${param === undefined ? '' : `${print(param)}, `}${print(arg)})`;
    }
    case 'unary':
      return `${expr.op}${within(expr.expr, SIGN)}`;
    case 'binary':
      return printBinary(expr);
  }
}

function printBinary(expr: Binary): string {
  const level = levelOf(expr.op);
  const rightToLeft = level === POWER;
  const words = [
    within(expr.lhs, rightToLeft ? level + 1 : level),
    `${expr.op}${expr.bool ? ' bool' : ''}${modifiers(expr)}`,
    within(expr.rhs, rightToLeft ? level : level + 1),
  ];
  return words.join(' ');
}

function modifiers({ matching, fill }: Binary): string {
  if (matching === undefined) return fill === undefined ? '' : ` ${fill}`;
  const { mode, labels, group } = matching;
  const grouped = group === undefined ? '' : ` group_${group.side} (${list(group.labels)})`;
  return ` ${mode} (${list(labels)})${grouped}${fill === undefined ? '' : ` ${fill}`}`;
}

/** In parentheses where it binds weaker than its surroundings do. */
function within(expr: Expr, level: number): string {
  const inner = bare(expr);
  const text = print(inner);
  return bindingOf(inner) < level ? `(${text})` : text;
}

function bindingOf(expr: Expr): number {
  if (expr.kind === 'binary') return levelOf(expr.op);
  if (expr.kind === 'unary') return SIGN;
  return expr.kind === 'number' && (expr.value < 0 || Object.is(expr.value, -0)) ? SIGN : Infinity;
}

function printSelector(selector: Selector): string {
  const { name, templatedName, matchers, open, range } = selector;
  const quoted = name !== undefined && !templatedName && !/^[A-Za-z_:][\w:]*$/.test(name);
  const inner = [
    ...(quoted ? [JSON.stringify(name)] : []),
    ...matchers.map(printMatcher).sort(),
    ...(open ? ['${…}'] : []),
  ];
  const braces = inner.length === 0 ? '' : `{${inner.join(', ')}}`;
  return `${quoted ? '' : (name ?? '')}${braces}${range === undefined ? '' : `[${time(range)}]`}${placement(selector)}`;
}

function printMatcher({ label, op, value }: Matcher): string {
  return `${labelName(label)}${op}${JSON.stringify(value)}`;
}

function placement({ offset, at, extension }: Placement): string {
  return [
    extension === undefined ? '' : ` ${extension}`,
    offset === undefined ? '' : ` offset ${time(offset)}`,
    at === undefined ? '' : ` @ ${at}`,
  ].join('');
}

function time({ text, seconds }: TimeSpan): string {
  if (seconds === undefined) return text;
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

function list(labels: readonly string[]): string {
  return labels.map(labelName).sort().join(', ');
}

function labelName(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) || /^[^.]*[$[{]/.test(label) ? label : JSON.stringify(label);
}

function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Math.abs(value) === Infinity) return value > 0 ? 'Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
