import type { Expr, Selector } from './ast.ts';
import { isCounterName, type Knowledge } from './knowledge.ts';
import { within } from './matchers.ts';
import { nameOf } from './needs.ts';
import { print } from './print.ts';
import { bare, selectors } from './walk.ts';

/**
 * Whether the first expression counts a part of what the second counts, so that their quotient lies between 0 and 1: both are the
 * same sum of rates of the same counters, and the selector of the first is narrower; or the first is the second less such a part.
 * A bucket of a classic histogram is a part of its count, free space a part of all space. Any other shape answers no.
 */
export function isPartOf(part: Expr, whole: Expr, knowledge: Knowledge): boolean {
  const inner = bare(part);
  if (inner.kind === 'binary' && inner.op === '-' && inner.matching === undefined && print(inner.lhs) === print(whole))
    return isPartOf(inner.rhs, whole, knowledge);
  if (isSpaceOf(inner, bare(whole))) return true;
  const [narrow, wide] = [counted(inner), counted(bare(whole))];
  if (narrow === undefined || wide === undefined || narrow.shape !== wide.shape) return false;
  const name = nameOf(narrow.selector) ?? '';
  const isCounter = isCounterName(name) || knowledge.type?.(name) === 'counter';
  return isCounter && within(asCount(narrow.selector), asCount(wide.selector));
}

/** Gauges of node_exporter and the kubelet that say how much of something there is, and the one that says how much it is in all. */
const SPACES: readonly (readonly [part: RegExp, whole: string])[] = [
  [/^node_filesystem_(?:avail|free)_bytes$/, 'node_filesystem_size_bytes'],
  [/^node_filesystem_files_free$/, 'node_filesystem_files'],
  [/^node_memory_Mem(?:Available|Free)_bytes$/, 'node_memory_MemTotal_bytes'],
  [/^node_memory_SwapFree_bytes$/, 'node_memory_SwapTotal_bytes'],
  [/^kubelet_volume_stats_(?:available|used)_bytes$/, 'kubelet_volume_stats_capacity_bytes'],
  [/^kubelet_volume_stats_inodes_(?:free|used)$/, 'kubelet_volume_stats_inodes'],
];

/** Two series of one place, which meet by all their labels, so that matchers change nothing. */
function isSpaceOf(part: Expr, whole: Expr): boolean {
  if (part.kind !== 'selector' || whole.kind !== 'selector') return false;
  return SPACES.some(([parts, all]) => parts.test(nameOf(part) ?? '') && nameOf(whole) === all);
}

/** A bucket read as the count it is a part of. */
function asCount(selector: Selector): Selector {
  const { name, matchers } = selector;
  const of = matchers.filter(({ label }) => label === 'le');
  const [bound] = of;
  if (name === undefined || !name.endsWith('_bucket') || of.length !== 1 || bound?.op !== '=') return selector;
  const rest = bound.value === '+Inf' ? matchers.filter((matcher) => matcher !== bound) : matchers;
  return { ...selector, name: name.replace(/_bucket$/, '_count'), matchers: rest };
}

/** A sum, or a single series, of a counter or its rate: the selector, and all the rest as text. */
function counted(expr: Expr): { readonly selector: Selector; readonly shape: string } | undefined {
  const found = selectors(expr);
  const [selector] = found;
  if (selector === undefined || found.length !== 1) return undefined;
  const rated = expr.kind === 'aggregation' && expr.op === 'sum' ? bare(expr.arg) : undefined;
  if (rated === undefined) return undefined;
  const inner =
    rated.kind === 'call' && /^(?:rate|increase|irate)$/.test(rated.fn) ? bare(rated.args[0] ?? rated) : rated;
  if (inner.kind !== 'selector') return undefined;
  return { selector, shape: print(withoutMatchers(expr)) };
}

function withoutMatchers(expr: Expr): Expr {
  switch (expr.kind) {
    case 'selector':
      return { ...expr, name: '', matchers: [] };
    case 'call':
      return { ...expr, args: expr.args.map(withoutMatchers) };
    case 'aggregation':
      return { ...expr, arg: withoutMatchers(expr.arg) };
    case 'paren':
      return { ...expr, expr: withoutMatchers(expr.expr) };
    default:
      return expr;
  }
}
