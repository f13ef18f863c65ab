import { explore } from './explore.ts';
import { labelOf, type AlertLabels, type ValueSpace } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { InhibitRule } from './types.ts';

export type Answer = 'yes' | 'no' | 'perhaps';

/** Whether an alert of these labels satisfies all matchers: always, never, or for some of the values it may have. */
function satisfies(labels: AlertLabels, matchers: readonly Matcher[], space: ValueSpace): Answer {
  const { outcomes, complete } = explore(space.of(labels), (ask) => matchers.every((matcher) => ask(matcher)));
  if (!complete) return 'perhaps';
  if (outcomes.every(({ result }) => result)) return 'yes';
  return outcomes.some(({ result }) => result) ? 'perhaps' : 'no';
}

/** An alert with its answers to both sides of a rule. */
export interface Party {
  readonly labels: AlertLabels;
  readonly asSource: Answer;
  readonly asTarget: Answer;
}

export function partyOf(labels: AlertLabels, rule: InhibitRule, space: ValueSpace): Party {
  return {
    labels,
    asSource: satisfies(labels, rule.source, space),
    asTarget: satisfies(labels, rule.target, space),
  };
}

/**
 * Whether a firing source mutes a target under a rule. Labels of `equal` that both lack are equal. A target that matches the source
 * side too is not muted by a source that matches the target side too. Source: Alertmanager `inhibit/inhibit.go`, `hasEqual`.
 */
export function inhibits(source: Party, target: Party, { equal: names }: InhibitRule): Answer {
  const required = [
    target.asTarget,
    source.asSource,
    ...names.map((name) => equal(source.labels, target.labels, name)),
  ];
  if (required.includes('no')) return 'no';
  const exempt = [target.asSource, source.asTarget];
  if (exempt.every((answer) => answer === 'yes')) return 'no';
  return required.includes('perhaps') || !exempt.includes('no') ? 'perhaps' : 'yes';
}

function equal(source: AlertLabels, target: AlertLabels, name: string): Answer {
  const [one, other] = [labelOf(source, name), labelOf(target, name)];
  if (one.kind === 'is' && other.kind === 'is') return one.value === other.value ? 'yes' : 'no';
  const certain = one.kind === 'is' ? one : other.kind === 'is' ? other : undefined;
  const open = one.kind === 'any' ? one : other.kind === 'any' ? other : undefined;
  return certain?.value === '' && open !== undefined && !open.mayBeMissing ? 'no' : 'perhaps';
}
