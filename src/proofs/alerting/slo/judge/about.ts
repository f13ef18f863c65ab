import { walk, type Expr } from '../../promql/index.ts';
import type { RuleText } from '../../rule-texts.ts';
import type { Slo } from '../types.ts';
import { reads, restsOn, type Book, type ReadRule } from './book.ts';
import { claims, expectedOf, isNameOf } from './expected.ts';

/**
 * The rules that decide about an SLO: records and alerts that claim it by a label, alerts that compare its metrics over several windows or ask
 * for their absence, and all that these rest on. In the order of the book.
 */
export function rulesAbout(book: Book, slo: Slo): RuleText[] {
  const expected = expectedOf(slo.sli);
  const metrics = 'reason' in expected ? new Set<string>() : expected.metrics;
  const records = [...book.records.values()].flat();
  const own = records.filter((rule) => claims(rule, slo));
  const alerts = book.alerts.filter((alert) => concerns(alert, book, slo, metrics));
  const kept = new Set<ReadRule>([...own, ...alerts, ...[...own, ...alerts].flatMap(({ ast }) => restsOn(book, ast))]);
  const broken = book.broken.filter(
    ({ expr, labels }) =>
      claims({ labels }, slo) || expr.includes(`"${slo.name}"`) || [...metrics].some((metric) => expr.includes(metric)),
  );
  return [...broken, ...[...records, ...book.alerts].filter((rule) => kept.has(rule)).map(textOnly)];
}

function concerns(alert: ReadRule, book: Book, slo: Slo, metrics: ReadonlySet<string>): boolean {
  if (claims(alert, slo)) return true;
  const all = reads(book, alert.ast);
  if (all.some(({ matchers }) => matchers.some(({ label, value }) => /slo/.test(label) && isNameOf(value, slo))))
    return true;
  return (
    all.some(({ name }) => name !== undefined && metrics.has(name)) &&
    (isAbsence(alert.ast) || all.filter(({ range }) => range !== undefined).length > 1)
  );
}

function isAbsence(expr: Expr): boolean {
  let found = false;
  walk(expr, (each) => {
    if (each.kind === 'call' && each.fn.startsWith('absent')) found = true;
  });
  return found;
}

/** The rule as it was read: the tree would only be in the way of a digest. */
function textOnly({ kind, name, expr, labels, origin, ...rest }: ReadRule): RuleText {
  return { kind, name, expr, ...(rest.for === undefined ? {} : { for: rest.for }), labels, origin };
}
