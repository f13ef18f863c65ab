import { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A recording or alerting rule with its expression, as a rule file or a PrometheusRule holds it. */
export interface RuleText {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  readonly expr: string;
  /** Of alerts, as written. */
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Every rule of the platform, in the order of its files. Reads the classes `kubernetes` and `prometheus-rules`. */
export const ruleTexts = oncePerPlatform((view: PlatformView): readonly RuleText[] => [
  ...view.objects('PrometheusRule').flatMap((object) => rulesIn(cursor(object).get('spec', 'groups'))),
  ...view.data('prometheus-rules').flatMap((file) => rulesIn(new Cursor(file.data, file.origin).get('groups'))),
]);

function rulesIn(groups: Cursor): RuleText[] {
  return groups.items().flatMap((group) => group.get('rules').items().flatMap(ruleOf));
}

function ruleOf(rule: Cursor): RuleText[] {
  const alert = rule.get('alert').string();
  const name = alert ?? rule.get('record').string();
  const expr = rule.get('expr').integerOrString();
  if (name === undefined || expr === undefined) return [];
  const hold = rule.get('for').string();
  return [
    {
      kind: alert === undefined ? 'record' : 'alert',
      name,
      expr: String(expr),
      ...(hold === undefined ? {} : { for: hold }),
      labels: rule.get('labels').stringMap(),
      origin: rule.origin,
    },
  ];
}
