import { oncePer } from '../../../../model/once.ts';
import { walk, type Expr } from '../../promql/index.ts';
import type { RuleText } from '../../rules.ts';
import type { Slo } from '../types.ts';
import { reads, restsOn, type Book, type ReadRule } from './book.ts';
import { expectedOf, namesSaid } from './expected.ts';

/**
 * The rules that decide about an SLO: records and alerts that name it, alerts that name none and compare its metrics over several windows or ask for
 * their absence, and all that these rest on. In the order of the book.
 */
export function rulesAbout(book: Book, slo: Slo): RuleText[] {
  const expected = expectedOf(slo.sli);
  const metrics = 'reason' in expected ? [] : [...expected.metrics];
  const index = indexOf(book);
  const names = [slo.name, `${slo.service}-${slo.name}`];
  const own = names.flatMap((name) => index.named.get(name) ?? []);
  const nameless = metrics.flatMap((metric) => index.nameless.get(metric) ?? []);
  const kept = new Set([...own, ...nameless, ...[...own, ...nameless].flatMap(({ ast }) => restsOn(book, ast))]);
  const broken = book.broken.filter(({ expr, labels }) =>
    [...names, ...metrics].some((word) => expr.includes(word) || Object.values(labels).includes(word)),
  );
  const order = (rule: ReadRule): number => index.order.get(rule) ?? 0;
  return [...broken, ...[...kept].sort((a, b) => order(a) - order(b)).map(textOnly)];
}

interface Index {
  /** Records and alerts by the SLOs that they name, in labels or in what they select. */
  readonly named: ReadonlyMap<string, readonly ReadRule[]>;
  /** Alerts that name no SLO, by the metrics they read. */
  readonly nameless: ReadonlyMap<string, readonly ReadRule[]>;
  readonly order: ReadonlyMap<ReadRule, number>;
}

const indexOf = oncePer((book: Book): Index => {
  const named = new Map<string, ReadRule[]>();
  const nameless = new Map<string, ReadRule[]>();
  const add = (map: Map<string, ReadRule[]>, key: string, rule: ReadRule): void => {
    if (map.get(key)?.push(rule) === undefined) map.set(key, [rule]);
  };
  const records = [...book.records.values()].flat();
  for (const record of records) for (const name of namesSaid(record.labels, [])) add(named, name, record);
  for (const alert of book.alerts) {
    const all = reads(book, alert.ast);
    const names = namesSaid(alert.labels, all);
    for (const name of names) add(named, name, alert);
    if (names.size > 0 || !(isAbsence(alert.ast) || all.filter(({ range }) => range !== undefined).length > 1))
      continue;
    for (const metric of new Set(all.flatMap(({ name }) => name ?? []))) add(nameless, metric, alert);
  }
  const order = new Map([...records, ...book.alerts].map((rule, at) => [rule, at]));
  return { named, nameless, order };
});

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
