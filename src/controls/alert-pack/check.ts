import type { Subject } from '../../model/control.ts';
import { oncePer } from '../../model/once.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { CLASSES, isOf, type AlertClass, type ClassId } from '../../proofs/alerting/pack/classes.ts';
import { featuresOf, type Features } from '../../proofs/alerting/pack/features.ts';
import { truthOf } from '../../proofs/alerting/promql/index.ts';
import type { RuleText } from '../../proofs/alerting/rules.ts';
import { bookOf, type Book, type ReadRule } from '../../proofs/alerting/slo/judge/book.ts';
import { isOfSubject } from './link.ts';
import type { Pack } from './query.ts';
import { thresholdFindings } from './thresholds.ts';

export interface Params {
  readonly metrics: Readonly<Partial<Record<ClassId, readonly string[]>>>;
  readonly exempt: readonly ClassId[];
  readonly severityLabel: string;
  readonly queueLag: number;
  readonly runbookBase: string;
  /** Of the drill. */
  readonly allowance: number;
}

/** An alert with what it is recognised by. */
export interface Seen {
  readonly alert: ReadRule;
  readonly features: Features;
}

/** The rules are the same for every subject of a platform. */
const readingOf = oncePer((rules: readonly RuleText[]): { readonly book: Book; readonly seen: readonly Seen[] } => {
  const book = bookOf(rules);
  return { book, seen: book.alerts.map((alert) => ({ alert, features: featuresOf(alert, book) })) };
});

export function check(subject: Subject, input: Pack, params: Params): Result {
  const { book, seen } = readingOf(input.rules);
  const wanted = input.wanted.filter(({ id }) => !params.exempt.includes(id));
  const answers = wanted.map(({ id, because }) => judge(classOf(id), because, { subject, input, params, seen, book }));
  const findings = [
    ...answers.flatMap((answer) => answer.findings),
    ...answers.flatMap(({ id, found }) => thresholdFindings(id, found, input, book)),
  ];
  const open = answers.flatMap((answer) => answer.open ?? []);
  if (findings.length === 0 && open.length > 0) return inconclusive(open.join('; '));
  const names = answers.map(
    ({ id, found }) => `${id} by ${[...new Set(found.map(({ alert }) => alert.name))].slice(0, 3).join(', ')}`,
  );
  const told = names.length === 0 ? 'is asked for no alert: all are exempt' : `tells of ${names.join('; ')}`;
  return failOr(findings, `${subject.name} ${told}`, {
    classes: answers.length,
    alerts: new Set(answers.flatMap(({ found }) => found.map(({ alert }) => alert.name))).size,
  });
}

export function classOf(id: ClassId): AlertClass {
  const found = CLASSES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no class ${id}`);
  return found;
}

interface Answer {
  readonly id: ClassId;
  readonly found: readonly Seen[];
  readonly findings: readonly Finding[];
  readonly open?: string;
}

interface Context {
  readonly subject: Subject;
  readonly input: Pack;
  readonly params: Params;
  readonly seen: readonly Seen[];
  readonly book: Book;
}

function judge(kind: AlertClass, because: string, { subject, input, params, seen, book }: Context): Answer {
  const { id } = kind;
  const further = params.metrics[id] ?? [];
  const found = seen.filter(
    (one) => isOf(kind, one.features, further) && isOfSubject(one, subject, input, kind, further),
  );
  const able = found.filter(
    ({ alert }) => truthOf(alert.ast, { record: (name) => only(book, name) }).verdict !== 'never',
  );
  if (able.length > 0) return { id, found: able, findings: [] };
  const [dead] = found;
  if (dead !== undefined) return { id, found: [], findings: [neverFires(dead, kind, book)] };
  const hinted = seen.filter(
    ({ alert, features }) =>
      kind.hint.test(alert.name) &&
      !isOfOther(kind, features) &&
      isOfSubject({ alert, features }, subject, input, kind, []),
  );
  const [hint] = hinted;
  if (hint !== undefined) return { id, found: [], findings: [], open: unrecognised(hint, id) };
  const unread = (input.unread ?? []).find(
    ({ name, words, anything }) =>
      anything === true || kind.hint.test(name) || kind.metrics.some((metric) => new RegExp(metric, 'i').test(words)),
  );
  if (unread !== undefined)
    return {
      id,
      found: [],
      findings: [],
      open: `whether "${unread.name}" in ${unread.holder} is the alert of ${id} cannot be told: ${unread.because}`,
    };
  return { id, found: [], findings: [missing(subject, kind, because, input.provisional)] };
}

/** It reads what is known to be of something else, so that its name is no hint. */
function isOfOther({ but }: AlertClass, { reads }: Features): boolean {
  return but !== undefined && reads.length > 0 && reads.every(({ name = '' }) => but.test(name));
}

function only(book: Book, name: string): ReadRule['ast'] | undefined {
  const rules = book.records.get(name) ?? [];
  return rules.length === 1 ? rules[0]?.ast : undefined;
}

function missing(subject: Subject, { id, when, example }: AlertClass, because: string, provisional: boolean): Finding {
  return {
    message: `no alert fires when ${when} (${id}; ${subject.name}: ${because})`,
    severity: provisional ? 'low' : 'high',
    fromAbsence: true,
    remediation: `Add one, such as ${example}. If one is there and its metrics have other names, list them in the param "metrics" under ${id}.`,
  };
}

function neverFires({ alert }: Seen, { when, id }: AlertClass, book: Book): Finding {
  return {
    message: `${alert.name} is to fire when ${when} (${id}), and never can: ${truthOf(alert.ast, { record: (name) => only(book, name) }).because}`,
    severity: 'high',
    origin: alert.origin,
    remediation: 'Correct the expression.',
  };
}

function unrecognised({ alert, features }: Seen, id: ClassId): string {
  const metrics = [...new Set(features.reads.flatMap(({ name }) => name ?? []))];
  return `whether ${alert.name} is the alert of ${id} cannot be told from ${metrics.join(', ') || 'its expression'}; list its metrics in the param "metrics" if it is`;
}
