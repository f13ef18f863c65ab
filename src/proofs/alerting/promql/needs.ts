import type { Expr, Matcher, Selector, Span } from './ast.ts';
import { children } from './walk.ts';

/** A metric that an expression reads. */
export interface MetricNeed extends Span {
  /** The name, where one stands there. */
  readonly name?: string;
  /** Regular expressions that the name satisfies (`{__name__=~"…"}`), anchored; all of them. */
  readonly patterns: readonly string[];
  /** Neither name nor pattern tells what is read: a variable decides, or `{job="x"}` reads whatever has the label. */
  readonly open: boolean;
  readonly matchers: readonly Matcher[];
  /** It stands in `absent` or `absent_over_time`: that it is missing is what is asked. */
  readonly inAbsent: boolean;
}

/** What an expression reads, in the order of the text; the same metric as often as it is read. */
export function metricNeeds(expr: Expr): MetricNeed[] {
  return below(expr, false);
}

function below(expr: Expr, inAbsent: boolean): MetricNeed[] {
  if (expr.kind === 'selector') return [need(expr, inAbsent)];
  const asksAbsence = expr.kind === 'call' && (expr.fn === 'absent' || expr.fn === 'absent_over_time');
  return children(expr).flatMap((child) => below(child, inAbsent || asksAbsence));
}

function need(selector: Selector, inAbsent: boolean): MetricNeed {
  const { templatedName, from, to } = selector;
  const name = nameOf(selector);
  const patterns = selector.matchers.flatMap(({ label, op, value, templated }) =>
    label === '__name__' && op === '=~' && !templated ? [value] : [],
  );
  return {
    ...(name === undefined ? {} : { name }),
    patterns,
    open: templatedName || (name === undefined && patterns.length === 0),
    matchers: selector.matchers.filter(({ label }) => label !== '__name__'),
    inAbsent,
    from,
    to,
  };
}

/** The one name a selector reads, written before the braces or as a matcher of `__name__`. */
export function nameOf({ name, templatedName, matchers }: Selector): string | undefined {
  if (templatedName) return undefined;
  return name ?? matchers.find(({ label, op, templated }) => label === '__name__' && op === '=' && !templated)?.value;
}
