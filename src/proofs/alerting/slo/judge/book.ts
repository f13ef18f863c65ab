import { oncePer } from '../../../../model/once.ts';
import { parse, selectors, type Expr, type Matcher, type Recorded, type Selector } from '../../promql/index.ts';
import { anchored } from '../../promql/regex.ts';
import type { RuleText } from '../../rules.ts';

export interface ReadRule extends RuleText {
  readonly ast: Expr;
}

/** Rules with their expressions parsed, found by what they record. */
export interface Book {
  readonly alerts: readonly ReadRule[];
  readonly records: ReadonlyMap<string, readonly ReadRule[]>;
  /** Rules whose expression Prometheus would refuse. */
  readonly broken: readonly RuleText[];
}

export function bookOf(rules: readonly RuleText[]): Book {
  const alerts: ReadRule[] = [];
  const broken: RuleText[] = [];
  const records = new Map<string, ReadRule[]>();
  for (const rule of rules) {
    const parsed = parse(rule.expr);
    if (!parsed.ok) {
      broken.push(rule);
      continue;
    }
    const read = { ...rule, ast: parsed.expr };
    if (rule.kind === 'alert') alerts.push(read);
    else if (records.get(rule.name)?.push(read) === undefined) records.set(rule.name, [read]);
  }
  return { alerts, records, broken };
}

/** The records that a selector may read, by name and by the labels they set; `undefined` where nothing here records that name. */
export function recordsOf(book: Book, selector: Selector): readonly ReadRule[] | undefined {
  const named = selector.name === undefined ? undefined : book.records.get(selector.name);
  if (named === undefined) return undefined;
  return fewest(named, selector.matchers).filter(({ labels }) =>
    selector.matchers.every((matcher) => mayMatch(matcher, labels[matcher.label])),
  );
}

/** The only record that a selector may read. */
export function recordedIn(book: Book): Recorded {
  return (selector) => {
    const [rule, ...others] = recordsOf(book, selector) ?? [];
    return rule === undefined || others.length > 0 ? undefined : { expr: rule.ast, labels: rule.labels };
  };
}

/** Of many records of one name, as one per SLO, those that set a label as an equality wants it. */
function fewest(rules: readonly ReadRule[], matchers: readonly Matcher[]): readonly ReadRule[] {
  if (rules.length < 8) return rules;
  const index = labelled(rules);
  for (const { label, op, value, templated } of matchers) {
    const values = op === '=' && !templated ? index.get(label) : undefined;
    if (values !== undefined) return values.get(value) ?? [];
  }
  return rules;
}

/** Rules by the values of the labels that all of them set. */
const labelled = oncePer(
  (rules: readonly ReadRule[]): ReadonlyMap<string, ReadonlyMap<string, readonly ReadRule[]>> => {
    const labels = Object.keys(rules[0]?.labels ?? {}).filter((label) => rules.every((rule) => label in rule.labels));
    return new Map(labels.map((label) => [label, Map.groupBy(rules, (rule) => rule.labels[label] ?? '')]));
  },
);

/** Whether the matcher may hold; a label that the rule does not set may come from its expression. */
function mayMatch({ op, value, templated }: Matcher, label: string | undefined): boolean {
  if (templated || label === undefined) return true;
  if (op === '=' || op === '!=') return (label === value) === (op === '=');
  return matches(value, label) === (op === '=~');
}

/** Whether a value satisfies a pattern; one that cannot be evaluated is satisfied by none. */
export function matches(pattern: string, value: string): boolean {
  return anchored(pattern)?.test(value) ?? false;
}

const DEPTH = 8;

/** Every selector that an expression reads in the end, records followed to what they are made of; records themselves included. */
export function reads(book: Book, expr: Expr, depth = 0): Selector[] {
  return selectors(expr).flatMap((selector) => [
    selector,
    ...(depth < DEPTH ? (recordsOf(book, selector) ?? []).flatMap(({ ast }) => reads(book, ast, depth + 1)) : []),
  ]);
}

/** How many records lie one under the other below an expression: each is evaluated for itself, up to an interval after the one below. */
export function recordDepth(book: Book, expr: Expr, depth = 0): number {
  if (depth >= DEPTH) return 0;
  const below = selectors(expr).flatMap((selector) => recordsOf(book, selector) ?? []);
  return Math.max(0, ...below.map(({ ast }) => 1 + recordDepth(book, ast, depth + 1)));
}

/** Every record that an expression rests on. */
export function restsOn(book: Book, expr: Expr, depth = 0): ReadRule[] {
  if (depth >= DEPTH) return [];
  return selectors(expr).flatMap((selector) =>
    (recordsOf(book, selector) ?? []).flatMap((rule) => [rule, ...restsOn(book, rule.ast, depth + 1)]),
  );
}
