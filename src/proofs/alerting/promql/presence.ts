/** What has a result at all times, and what is left of a vector `unless` another. */
import type { Binary, Expr, Matching } from './ast.ts';
import { COMPARISONS } from './functions.ts';
import { labelsOf, type Labels } from './labels.ts';
import { within } from './matchers.ts';
import { print } from './print.ts';
import { typeOf } from './types.ts';
import { bare } from './walk.ts';

const OF_TIME = /^(?:day_of_month|day_of_week|day_of_year|days_in_month|hour|minute|month|year)$/;

/** Whether an instant vector has at least one series at any time, whatever is scraped: `vector(1)`, `hour()`, `sum(x) or vector(0)`. */
export function alwaysThere(expr: Expr): boolean {
  const inner = bare(expr);
  switch (inner.kind) {
    case 'call':
      return inner.fn === 'vector' || (OF_TIME.test(inner.fn) && inner.args.length === 0);
    case 'unary':
      return alwaysThere(inner.expr);
    case 'aggregation':
      return inner.param === undefined && alwaysThere(inner.arg);
    case 'binary':
      return ofBinary(inner);
    default:
      return false;
  }
}

function ofBinary({ op, lhs, rhs, bool }: Binary): boolean {
  if (op === 'or') return alwaysThere(lhs) || alwaysThere(rhs);
  if (COMPARISONS.has(op) && !bool) return false;
  if (typeOf(lhs) === 'scalar') return alwaysThere(rhs);
  return typeOf(rhs) === 'scalar' && alwaysThere(lhs);
}

/** Why `unless` leaves nothing of its left side; `undefined` where something may be left. */
export function emptiedBy({ lhs, rhs, matching }: Binary): string | undefined {
  if (contains(rhs, lhs))
    return print(lhs) === print(rhs)
      ? 'a vector unless itself is empty'
      : `${print(rhs)} has all that ${print(lhs)} has, and unless leaves nothing`;
  if (!alwaysThere(rhs)) return undefined;
  const alike = hasNoneOf(labelsOf(lhs), matching) && hasNoneOf(labelsOf(rhs), matching);
  return alike ? `${print(rhs)} is there at all times, and unless leaves nothing beside it` : undefined;
}

/** Every series of the one is surely one of the other: the same, or a narrower choice of it, filtered by its value perhaps. */
function contains(all: Expr, some: Expr): boolean {
  const [whole, part] = [bare(all), bare(some)];
  if (print(whole) === print(part)) return true;
  if (whole.kind === 'selector' && part.kind === 'selector') return within(part, whole);
  if (part.kind !== 'binary') return false;
  // A comparison that matches by chosen labels gives those alone.
  const compares = COMPARISONS.has(part.op) && !part.bool && part.matching === undefined;
  const keeps = part.op === 'and' || part.op === 'unless' || compares;
  return keeps && typeOf(part.lhs) === 'vector' && contains(whole, part.lhs);
}

/** Whether no series has a label that the matching compares, so that all of them match all others. */
function hasNoneOf(labels: Labels, matching: Matching | undefined): boolean {
  if (matching?.templated === true) return false;
  const known = (label: string): boolean =>
    labels.lacking.has(label) || (labels.possible !== 'any' && !labels.possible.has(label));
  if (matching?.mode === 'on') return matching.labels.every(known);
  return labels.possible !== 'any' && [...labels.possible].every((label) => matching?.labels.includes(label) ?? false);
}
