import { parse, selectors, type Expr, type Selector } from '../../promql/index.ts';
import { ratioOf } from '../ratio.ts';
import type { Sli } from '../types.ts';
import { over, windowed } from '../window.ts';
import type { Book, ReadRule } from './book.ts';
import { canonical } from './canonical.ts';
import { readRatio, type Parts } from './ratio.ts';

/** What the rules of an SLO are held against. */
export interface Expected {
  /** Forms of its error ratio, any of which will do. */
  readonly parts: readonly Parts[];
  /** Names of the metrics that it is measured by. */
  readonly metrics: ReadonlySet<string>;
  /** What it reads of them. */
  readonly read: readonly Selector[];
}

const NO_RULES: Book = { alerts: [], records: new Map(), broken: [] };
const ANY_WINDOW = 300;

/** Reads an SLI as rules are read, so that both can be compared; the reason where it is no PromQL or has no window. */
export function expectedOf(sli: Sli): Expected | { readonly reason: string } {
  switch (sli.kind) {
    case 'events': {
      const counted = sli.bad ?? sli.good ?? '';
      const [part, total] = [exprOf(counted), exprOf(sli.total)];
      if ('reason' in part) return part;
      if ('reason' in total) return total;
      const [a, b] = [canonical(part, NO_RULES), canonical(total, NO_RULES)];
      const parts: Parts = { form: sli.bad === undefined ? 'good' : 'bad', counted: a.text, total: b.text };
      return { parts: [parts], ...readBy(part, total) };
    }
    case 'ratio': {
      const expr = exprOf(sli.error);
      if ('reason' in expr) return expr;
      const reading = readRatio(expr, NO_RULES, () => true);
      return 'reason' in reading ? { reason: reading.reason } : { parts: [reading.parts], ...readBy(expr) };
    }
    case 'native-histogram':
      return ofExpr(`histogram_fraction(0, ${sli.threshold}, sum(rate(${sli.selector}[5m])))`, (text) => ({
        form: 'fraction',
        text,
      }));
    case 'measure': {
      const parsed = parse(sli.value);
      if (!parsed.ok) return { reason: parsed.error.message };
      const text = `${canonical(parsed.expr, NO_RULES).text} ${sli.badWhen} ${sli.bound}`;
      return { parts: [{ form: 'measure', text }], ...readBy(parsed.expr) };
    }
    case 'slices': {
      const ratio = ratioOf(sli, 'slices');
      return 'reason' in ratio ? ratio : expectedOf({ kind: 'ratio', error: `(${ratio.slice ?? ''}) >= 0` });
    }
  }
}

function ofExpr(text: string, parts: (canonicalText: string) => Parts): Expected | { readonly reason: string } {
  const parsed = parse(text);
  if (!parsed.ok) return { reason: parsed.error.message };
  return { parts: [parts(canonical(parsed.expr, NO_RULES).text)], ...readBy(parsed.expr) };
}

function exprOf(text: string): Expr | { readonly reason: string } {
  const expr = windowed(text);
  if ('reason' in expr) return expr;
  const parsed = parse(over(expr, ANY_WINDOW));
  return parsed.ok ? parsed.expr : { reason: `${text} is no PromQL: ${parsed.error.message}` };
}

function readBy(...exprs: readonly Expr[]): Pick<Expected, 'metrics' | 'read'> {
  const read = exprs.flatMap(selectors);
  return { metrics: new Set(read.flatMap(({ name }) => name ?? [])), read };
}

/** Whether a rule measures what the SLO says; `unknown` where the two are written in ways that cannot be compared. */
export function sameParts(expected: Expected, parts: Parts): 'same' | 'differs' | 'unknown' {
  const answers = expected.parts.map((own) => {
    if (own.form !== parts.form) return readsOthers(expected, parts) ? 'differs' : 'unknown';
    return textOf(own) === textOf(parts) ? 'same' : 'differs';
  });
  return answers.find((answer) => answer === 'same') ?? (answers.includes('unknown') ? 'unknown' : 'differs');
}

/** Whether a rule takes the bad events of the SLO for good ones, or the good for bad ones. */
export function isOpposite(expected: Expected, parts: Parts): boolean {
  if (!('counted' in parts)) return false;
  return expected.parts.some(
    (own) => 'counted' in own && own.form !== parts.form && own.counted === parts.counted && own.total === parts.total,
  );
}

/** Whether it reads a metric that the SLO does not name: then no rearrangement makes the two equal. */
function readsOthers({ metrics }: Expected, parts: Parts): boolean {
  const texts = 'counted' in parts ? [parts.counted, parts.total] : [parts.text];
  return texts.some((text) => [...text.matchAll(/[a-zA-Z_:][\w:]*(?=[{[])/g)].some(([name]) => !metrics.has(name)));
}

/** `bad / total`, for people. */
export function textOf(parts: Parts): string {
  if (!('counted' in parts)) return parts.text;
  const readable = (text: string): string => text.replaceAll('[window]', '[…]');
  return `${readable(parts.counted)} ${parts.form === 'good' ? 'good of' : '/'} ${readable(parts.total)}`;
}

/** Labels by which rules say which SLO they are of: Sloth's, Pyrra's, OpenSLO's, one's own. */
const SLO_LABEL = /(?:^|_)slo(?:_name|_id)?$|^sloth_(?:slo|id)$|^objective(?:_name)?$/;

/** Whether a rule says by a label that it is of the SLO. */
export function claims(
  { labels }: Pick<ReadRule, 'labels'>,
  slo: { readonly name: string; readonly service: string },
): boolean {
  return Object.entries(labels).some(([label, value]) => SLO_LABEL.test(label) && isNameOf(value, slo));
}

/** The SLOs that a rule names: by its labels, or by what it selects. */
export function namesSaid(labels: Readonly<Record<string, string>>, read: readonly Selector[]): ReadonlySet<string> {
  const said = read.flatMap(({ matchers }) =>
    matchers.flatMap(({ label, op, value }) => (op === '=' && SLO_LABEL.test(label) ? [value] : [])),
  );
  const own = Object.entries(labels).flatMap(([label, value]) => (SLO_LABEL.test(label) ? [value] : []));
  return new Set([...own, ...said]);
}

export function isNameOf(
  value: string,
  { name, service }: { readonly name: string; readonly service: string },
): boolean {
  return value === name || value === `${service}-${name}`;
}
