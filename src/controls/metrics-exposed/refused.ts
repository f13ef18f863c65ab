/** Rules that are no rules, so that Prometheus takes none of their file. */
import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import { promDuration } from '../../proofs/alerting/promql/time-span.ts';
import { ruleHolders } from '../../proofs/alerting/rule-holders.ts';

export interface RefusedRule {
  readonly holder: string;
  readonly because: string;
  readonly origin: Origin;
}

export function refusedRules(view: PlatformView): RefusedRule[] {
  const judged = ruleHolders(view).filter(({ kind, reader }) => kind !== 'object' || reader === 'prometheus');
  return judged.flatMap(({ holder, groups }) =>
    groups.items().flatMap((group) =>
      group
        .get('rules')
        .items()
        .flatMap((rule) => {
          const because = mistakeIn(rule);
          return because === undefined ? [] : [{ holder, because, origin: rule.origin }];
        }),
    ),
  );
}

/** Source: prometheus `model/rulefmt/rulefmt.go`, `Rule.Validate`. */
function mistakeIn(rule: Cursor): string | undefined {
  const has = (key: string): boolean => rule.get(key).exists && rule.get(key).value !== '';
  const [alert, record] = [has('alert'), has('record')];
  const name = String(rule.get(alert ? 'alert' : 'record').value ?? '');
  if (alert && record) return `the rule ${name} both alerts and records`;
  if (!alert && !record) return `a rule has neither alert nor record, only ${keysOf(rule)}`;
  if (!has('expr')) return `${name} has no expr`;
  if (record && (has('for') || has('keep_firing_for') || has('annotations')))
    return `${name} records, and has what only alerts have (for, keep_firing_for, annotations)`;
  const wrong = ['for', 'keep_firing_for'].find((key) => has(key) && !isDuration(rule.get(key).value));
  return wrong === undefined ? undefined : `${wrong} of ${name} is no duration: ${String(rule.get(wrong).value)}`;
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

export function refusedFinding({ holder, because, origin }: RefusedRule): Finding {
  return {
    message: `Prometheus refuses ${holder} and loads none of its rules: ${because}`,
    severity: 'high',
    origin,
    remediation: 'Correct the rule; promtool check rules shows the same mistake.',
  };
}
