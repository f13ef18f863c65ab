/** Rules that are no rules, so that Prometheus takes none of their file. */
import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import type { RefusedConfig } from '../../proofs/alerting/metrics/index.ts';
import { promDuration } from '../../proofs/alerting/promql/time-span.ts';
import { templateMistake } from '../../proofs/alerting/rule-template.ts';
import { ruleHolders } from '../../proofs/alerting/rule-holders.ts';

export interface RefusedRule {
  readonly holder: string;
  readonly because: string;
  readonly origin: Origin;
}

export function refusedRules(view: PlatformView): RefusedRule[] {
  const judged = ruleHolders(view).filter(({ kind, reader }) => kind !== 'object' || reader === 'prometheus');
  return judged.flatMap(({ holder, groups, kind }) => {
    const strict = kind !== 'object';
    const names = new Set<string>();
    return groups.items().flatMap((group) => {
      const found = [group, ...group.get('rules').items()].flatMap((at) => {
        const because = at === group ? mistakeOf(group, names, strict) : mistakeIn(at, strict);
        return because === undefined ? [] : [{ holder, because, origin: at.origin }];
      });
      names.add(String(group.get('name').value ?? ''));
      return found;
    });
  });
}

/** Files are read strictly: a misspelt key is an error. A cluster drops what it does not know of an object. */
const OF_GROUP = ['name', 'interval', 'query_offset', 'limit', 'rules', 'labels'];
const OF_RULE = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

/** Source: prometheus `model/rulefmt/rulefmt.go`, `RuleGroups.Validate`. */
function mistakeOf(group: Cursor, before: ReadonlySet<string>, strict: boolean): string | undefined {
  const name = String(group.get('name').value ?? '');
  if (name === '') return 'a group has no name';
  if (before.has(name)) return `two groups have the name ${name}`;
  if (group.get('labels').get('__name__').exists) return `the group ${name} sets the label __name__`;
  const wrong = ['interval', 'query_offset'].find((key) => group.get(key).exists && !isDuration(group.get(key).value));
  if (wrong !== undefined) return `${wrong} of the group ${name} is no duration: ${String(group.get(wrong).value)}`;
  return strict ? unknownKey(group, OF_GROUP, `the group ${name}`) : undefined;
}

function unknownKey(at: Cursor, known: readonly string[], of: string): string | undefined {
  const key = at.entries().find(([one]) => !known.includes(one))?.[0];
  return key === undefined ? undefined : `${of} has the key ${key}, which is none of ${known.join(', ')}`;
}

/** Source: prometheus `model/rulefmt/rulefmt.go`, `Rule.Validate`. */
function mistakeIn(rule: Cursor, strict: boolean): string | undefined {
  const has = (key: string): boolean => rule.get(key).exists && rule.get(key).value !== '';
  const [alert, record] = [has('alert'), has('record')];
  const name = String(rule.get(alert ? 'alert' : 'record').value ?? '');
  if (alert && record) return `the rule ${name} both alerts and records`;
  if (!alert && !record) return `a rule has neither alert nor record, only ${keysOf(rule)}`;
  if (!has('expr')) return `${name} has no expr`;
  const wrong = ['for', 'keep_firing_for'].find((key) => rule.get(key).exists && !isDuration(rule.get(key).value));
  if (wrong !== undefined) return `${wrong} of ${name} is no duration: ${String(rule.get(wrong).value)}`;
  const waits = ['for', 'keep_firing_for'].some((key) => has(key) && !/^0(?:\D|$)/.test(String(rule.get(key).value)));
  if (record && (waits || rule.get('annotations').entries().length > 0))
    return `${name} records, and has what only alerts have (for, keep_firing_for, annotations)`;
  const misspelt = strict ? unknownKey(rule, OF_RULE, name) : undefined;
  if (misspelt !== undefined) return misspelt;
  if (record && /[{}]/.test(name)) return `the record ${name} has braces in its name, which is the place for expr`;
  if (
    rule
      .get('labels')
      .entries()
      .some(([label]) => label === '__name__' || label === '')
  )
    return `${name} sets a label that no rule may set: __name__`;
  return alert ? inTemplates(rule, name) : undefined;
}

function inTemplates(rule: Cursor, name: string): string | undefined {
  for (const key of ['labels', 'annotations'])
    for (const [field, { value }] of rule.get(key).entries()) {
      const mistake = typeof value === 'string' ? templateMistake(value) : undefined;
      if (mistake !== undefined) return `the template of ${key}.${field} of ${name}: ${mistake}`;
    }
  return undefined;
}

function keysOf(rule: Cursor): string {
  return rule
    .entries()
    .map(([key]) => key)
    .join(', ');
}

function isDuration(value: unknown): boolean {
  const text = String(value);
  return text === '0' || text.includes('{{') || promDuration(text) !== undefined;
}

export function notStartingFinding({ name, because, origin }: RefusedConfig): Finding {
  return {
    message: `Prometheus refuses ${name}, and neither scrapes nor alerts: ${because}`,
    severity: 'critical',
    ...(origin !== undefined && { origin }),
    remediation: 'Correct the configuration; promtool check config shows the same mistake.',
  };
}

export function refusedFinding({ holder, because, origin }: RefusedRule): Finding {
  return {
    message: `Prometheus refuses ${holder} and loads none of its rules: ${because}`,
    severity: 'high',
    origin,
    remediation: 'Correct the rule; promtool check rules shows the same mistake.',
  };
}
