/** Rules for people count in minutes and days. A drill may make a lab's time run faster, and says so with its result. */
import { formatDuration } from '../../../../model/duration.ts';
import { fasterExpression, fasterSpan, shortestWindow } from '../../../../proofs/alerting/faster.ts';
import type { Rule, RuleGroup } from './documents.ts';

export interface Timing {
  /** How often targets are scraped and rules evaluated, in seconds. */
  readonly interval: number;
  /** Windows, offsets, subquery steps, `for` and `keep_firing_for` are divided by this; 1 leaves the rules as they are written. */
  readonly faster: number;
  /** Seconds that Alertmanager waits for more alerts of a group; undefined leaves the waits as they are written, divided by `faster`. */
  readonly groupWait?: number;
}

export const LAB_TIMING: Timing = { interval: 2, faster: 1 };

/** Groups lose their own interval: all are evaluated at the lab's. */
export function timed(groups: readonly RuleGroup[], timing: Timing): RuleGroup[] {
  return groups.map((group) => {
    const { interval: _, rules, ...rest } = group;
    return { ...rest, rules: rules.map((rule) => timedRule(rule, timing)) };
  });
}

function timedRule(rule: Rule, { interval, faster }: Timing): Rule {
  const { for: hold, expr, ...rest } = rule;
  if (faster === 1) return rule;
  return {
    ...rest,
    expr: typeof expr === 'number' ? expr : fasterExpression(expr, faster, shortestWindow(interval)),
    ...(hold === undefined ? {} : { for: formatDuration(fasterSpan(hold, faster, 0)) }),
  };
}
