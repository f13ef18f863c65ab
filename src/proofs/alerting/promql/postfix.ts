import type { Expr, Placement, Span, TimeSpan } from './ast.ts';
import { Refused, variableIn, type Source } from './source.ts';
import { promDuration, promNumber } from './time-span.ts';
import { child, type Node } from './tree.ts';

/** An operand with the range, subquery, offset or `@` that stands behind it. */
export function withPostfix(inner: Expr, node: Node, source: Source): Expr {
  const place = { from: inner.to, to: node.to };
  const [range, step] = node.children.filter((part) => part.name === 'DurationExpr');
  switch (node.name) {
    case 'MatrixSelector':
      return matrix(inner, length(range ?? node, source), place);
    case 'SubqueryExpr':
      return {
        kind: 'subquery',
        expr: inner,
        range: length(range ?? node, source),
        ...(step === undefined ? {} : { step: length(step, source) }),
        from: inner.from,
        to: node.to,
      };
    case 'OffsetExpr':
      return placed(inner, { offset: timeSpan(child(node, 'OffsetDurationExpr') ?? node, source) }, place);
    case 'StepInvariantExpr':
      return placed(inner, { at: instant(node, source) }, place);
    case 'AnchoredExpr':
      return placed(inner, { extension: 'anchored' }, place);
    case 'SmoothedExpr':
      return placed(inner, { extension: 'smoothed' }, place);
    default:
      throw new Refused(`unexpected ${node.name}`, node);
  }
}

function matrix(inner: Expr, range: TimeSpan, place: Span): Expr {
  if (inner.kind !== 'selector') throw new Refused('a range must follow a selector; a subquery needs a colon', place);
  if (inner.offset !== undefined || inner.at !== undefined)
    throw new Refused('offset and @ stand behind the range, not before it', inner);
  if (inner.range !== undefined) throw new Refused('a second range', place);
  return { ...inner, range, to: place.to };
}

function placed(inner: Expr, placement: Placement, place: Span): Expr {
  if (inner.kind !== 'selector' && inner.kind !== 'subquery')
    throw new Refused('offset and @ must follow a selector or a subquery', place);
  for (const key of Object.keys(placement) as (keyof Placement)[])
    if (inner[key] !== undefined) throw new Refused(`${key === 'at' ? '@' : key} is set twice`, place);
  return { ...inner, ...placement, to: place.to };
}

/** A time in milliseconds must fit 64 bits (`promql/parser/parse.go`: `setTimestamp`). */
function instant(node: Node, source: Source): string {
  const text = source.text.slice(child(node, 'At')?.to, node.to).trim();
  const value = promNumber(text);
  if (value !== undefined && /\w/.test(source.text.charAt(node.to))) throw new Refused('not a number', node);
  if (value !== undefined && !(Math.abs(value) * 1000 < 2 ** 63)) throw new Refused(`@ ${text} is out of bounds`, node);
  return text;
}

/** A range or a step, which an instant is none of. */
function length(node: Node, source: Source): TimeSpan {
  const found = timeSpan(node, source);
  if (found.seconds !== undefined && !(found.seconds > 0))
    throw new Refused(`${found.text} is no range: it must be longer than 0`, node);
  return found;
}

function timeSpan(node: Node, source: Source): TimeSpan {
  const { from, to } = node;
  const text = source.text.slice(from, to).trim();
  if (variableIn(source, node) !== undefined) return { text, from, to };
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]\s*/, '');
  const seconds = promDuration(digits) ?? promNumber(digits);
  return { text, ...(seconds === undefined ? {} : { seconds: negative ? -seconds : seconds }), from, to };
}
