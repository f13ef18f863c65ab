/** Rules of every kind that PromQL can say, and the alerts that it cannot: of Prometheus, of Grafana, of VictoriaMetrics, of managed services and others. */
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { amazonRules } from './amazon-rules.ts';
import { azureRuleTexts } from './azure-rules.ts';
import { grafanaAlerts, grafanaRuleTexts } from './grafana/rules.ts';
import { parse } from './promql/index.ts';
import { allPlacedRules, ruleTexts, type RuleText } from './rules.ts';

/** The rules of Prometheus, and those of others that can be said in its language. */
export const rulesOfAll = oncePerPlatform((view: PlatformView): readonly RuleText[] => [
  ...ruleTexts(view),
  ...grafanaRuleTexts(view),
  ...azureRuleTexts(view),
]);

/** An alert that is there and of which nothing more is known than its words. */
export interface UnreadAlert {
  readonly name: string;
  /** What holds it. */
  readonly holder: string;
  /** Name and queries, as written. */
  readonly words: string;
  /** It stands for rules that cannot be counted: any alert may be among them. */
  readonly anything?: true;
  readonly because: string;
  readonly origin: Origin;
}

/** The alerts that cannot be said in PromQL, each with the reason. */
export const unreadAlerts = oncePerPlatform((view: PlatformView): readonly UnreadAlert[] => [
  ...grafanaAlerts(view).flatMap(({ name, holder, words, condition, origin, anything }): UnreadAlert[] =>
    'because' in condition
      ? [{ name, holder, words, because: condition.because, origin, ...(anything && { anything }) }]
      : [],
  ),
  ...inLargerLanguages(view),
  ...amazonRules(view).hidden.map(({ holder, because, origin }): UnreadAlert => {
    const name = `rules of ${holder}`;
    return { name, holder, words: name, anything: true, because, origin };
  }),
]);

/** MetricsQL, for one, which is PromQL and more. */
function inLargerLanguages(view: PlatformView): UnreadAlert[] {
  return allPlacedRules(view).flatMap(({ kind, name, holder, at, elsewhere }) => {
    const expr = String(at.get('expr').integerOrString() ?? '');
    if (kind !== 'alert' || !elsewhere || parse(expr).ok) return [];
    return [{ name, holder, words: `${name} ${expr}`, because: `it is no PromQL: ${expr}`, origin: at.origin }];
  });
}
