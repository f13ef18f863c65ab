import { ANYTHING, is, labelOf, type AlertLabels, type LabelValue } from './labels.ts';
import { Patterns } from './matcher.ts';
import { RegexProblem } from '../regex/syntax.ts';

/** A rule of `alert_relabel_configs`. Source: Prometheus `model/relabel/relabel.go`. */
export interface Relabel {
  readonly action: string;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: string;
  readonly targetLabel: string;
  readonly replacement: string;
}

/** An alert after relabelling; dropped ones never arrive. */
export interface Relabelled {
  readonly labels: AlertLabels;
  readonly dropped: 'no' | 'perhaps' | 'yes';
}

/** Applies rules in order, each as exactly as the labels are known. */
export function relabel(labels: AlertLabels, rules: readonly Relabel[], patterns = new Patterns()): Relabelled {
  let current: Relabelled = { labels, dropped: 'no' };
  for (const rule of rules) {
    if (current.dropped === 'yes') return current;
    const next = applyRule(current.labels, rule, patterns);
    current = { labels: next.labels, dropped: next.dropped === 'no' ? current.dropped : next.dropped };
  }
  return current;
}

function applyRule(labels: AlertLabels, rule: Relabel, patterns: Patterns): Relabelled {
  const matched = matches(labels, rule, patterns);
  switch (rule.action) {
    case 'keep':
    case 'drop': {
      const drops = matched === undefined ? undefined : matched === (rule.action === 'drop');
      return { labels, dropped: drops === undefined ? 'perhaps' : drops ? 'yes' : 'no' };
    }
    case 'replace':
      return { labels: replaced(labels, rule, matched), dropped: 'no' };
    case 'lowercase':
    case 'uppercase':
    case 'hashmod':
      return { labels: cased(labels, rule), dropped: 'no' };
    case 'labeldrop':
    case 'labelkeep':
      return { labels: without(labels, rule, patterns), dropped: 'no' };
    default:
      // labelmap, keepequal, dropequal and what is yet to come: nothing is known of the labels afterwards.
      return { labels: { known: {}, others: 'anything' }, dropped: 'perhaps' };
  }
}

/** The source labels joined, where all are known. */
function joined(labels: AlertLabels, { sourceLabels, separator }: Relabel): string | undefined {
  const values = sourceLabels.map((name) => labelOf(labels, name));
  return values.every((value) => value.kind === 'is') ? values.map(({ value }) => value).join(separator) : undefined;
}

function matches(labels: AlertLabels, rule: Relabel, patterns: Patterns): boolean | undefined {
  if (rule.regex === '(.*)' || rule.regex === '.*') return true;
  const value = joined(labels, rule);
  const pattern = patterns.of(`(?s:${rule.regex})`);
  return value === undefined || pattern instanceof RegexProblem ? undefined : pattern.matches(value);
}

function replaced(labels: AlertLabels, rule: Relabel, matched: boolean | undefined): AlertLabels {
  if (matched === false) return labels;
  if (rule.targetLabel.includes('$')) return { known: {}, others: 'anything' };
  const result = replacement(labels, rule);
  return set(labels, rule.targetLabel, matched === true ? result : same(result, labelOf(labels, rule.targetLabel)));
}

/** Only a whole match is followed; other captures are not worked out. */
function replacement(labels: AlertLabels, rule: Relabel): LabelValue {
  if (!rule.replacement.includes('$')) return is(rule.replacement);
  const whole = rule.regex === '(.*)' && /^\$(?:1|\{1\})$/.test(rule.replacement);
  const value = joined(labels, rule);
  return whole && value !== undefined ? is(value) : ANYTHING;
}

function same(one: LabelValue, other: LabelValue): LabelValue {
  return one.kind === 'is' && other.kind === 'is' && one.value === other.value ? one : ANYTHING;
}

function cased(labels: AlertLabels, rule: Relabel): AlertLabels {
  const value = joined(labels, rule);
  if (value === undefined || rule.action === 'hashmod') return set(labels, rule.targetLabel, ANYTHING);
  return set(labels, rule.targetLabel, is(rule.action === 'lowercase' ? value.toLowerCase() : value.toUpperCase()));
}

function without(labels: AlertLabels, { action, regex }: Relabel, patterns: Patterns): AlertLabels {
  const pattern = patterns.of(`(?s:${regex})`);
  if (pattern instanceof RegexProblem) return { known: {}, others: 'anything' };
  const known = Object.entries(labels.known).map(([name, value]): [string, LabelValue] => [
    name,
    pattern.matches(name) === (action === 'labeldrop') ? is('') : value,
  ]);
  return { known: Object.fromEntries(known), others: labels.others };
}

function set(labels: AlertLabels, name: string, value: LabelValue): AlertLabels {
  return { ...labels, known: { ...labels.known, [name]: value } };
}
