/** Recording and alerting rules, of PrometheusRules, rule files, ConfigMaps and managed services. Reads the classes `kubernetes`, `prometheus-rules` and `terraform`. */
import type { Cursor } from '../../model/cursor.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { amazonRules } from './amazon-rules.ts';
import { parse } from './promql/index.ts';
import { ruleHolders, type RuleHolder } from './rule-holders.ts';

/** A rule where it stands; its members are read by who needs them, so that one that is malformed spoils no other answer. */
export interface PlacedRule {
  readonly kind: 'alert' | 'record';
  /** Of the alert or the record; a rule without either is none. */
  readonly name: string;
  /** What holds it: `PrometheusRule observability/data`, `ConfigMap observability/rules`, or the path of a file. */
  readonly holder: string;
  /** Where the PrometheusRule lies; undefined for rule files, wherever they are. */
  readonly namespace?: string;
  readonly at: Cursor;
  readonly group: Cursor;
  /** Its expression is LogQL; where its alert goes is decided like that of any other. */
  readonly ofLogs: boolean;
  /** Of an object that something else than Prometheus evaluates, in a language that may be a larger one. */
  readonly elsewhere: boolean;
}

/** Every rule that something in the cluster evaluates, in the order of its files. Does without the class `terraform`. */
export const placedRules = oncePerPlatform((view: PlatformView): readonly PlacedRule[] =>
  ruleHolders(view).flatMap(inGroups),
);

/** Those that a managed Prometheus evaluates besides. */
export const allPlacedRules = oncePerPlatform((view: PlatformView): readonly PlacedRule[] => [
  ...placedRules(view),
  ...amazonRules(view).holders.flatMap(inGroups),
]);

function inGroups({ groups, holder, namespace, reader, kind: form }: RuleHolder): PlacedRule[] {
  const elsewhere = form === 'object' && reader === 'unknown';
  const held = { holder, elsewhere, ofLogs: reader === 'loki', ...(namespace !== undefined && { namespace }) };
  return groups.items().flatMap((group) =>
    group
      .get('rules')
      .items()
      .flatMap((at): PlacedRule[] => {
        const alert = at.get('alert').string();
        const name = alert ?? at.get('record').string();
        return name === undefined ? [] : [{ ...held, kind: alert === undefined ? 'record' : 'alert', name, at, group }];
      }),
  );
}

/** A rule with its expression, as text. */
export interface RuleText {
  readonly kind: PlacedRule['kind'];
  readonly name: string;
  readonly expr: string;
  /** Of alerts, as written. */
  readonly for?: string;
  /** With those that its group gives to all its rules. */
  readonly labels: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Every rule that has an expression in PromQL. */
export const ruleTexts = oncePerPlatform((view: PlatformView): readonly RuleText[] =>
  allPlacedRules(view).flatMap(({ kind, name, at, group, ofLogs, elsewhere }): RuleText[] => {
    const expr = at.get('expr').integerOrString();
    if (expr === undefined || ofLogs || (elsewhere && !parse(String(expr)).ok)) return [];
    const hold = at.get('for').string();
    const labels = labelsOf(at, group);
    return [
      { kind, name, expr: String(expr), ...(hold === undefined ? {} : { for: hold }), labels, origin: at.origin },
    ];
  }),
);

/** An alert with what Alertmanager and people are told. */
export interface AlertRule {
  readonly name: string;
  /** Empty where there is none. */
  readonly expr: string;
  readonly namespace?: string;
  /** With those that its group gives to all its rules. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Every alerting rule; recording rules are left out. */
export const alertRules = oncePerPlatform((view: PlatformView): readonly AlertRule[] =>
  allPlacedRules(view)
    .filter(({ kind }) => kind === 'alert')
    .map(({ name, namespace, at, group }) => ({
      name,
      expr: String(at.get('expr').integerOrString() ?? ''),
      ...(namespace !== undefined && { namespace }),
      labels: labelsOf(at, group),
      annotations: at.get('annotations').stringMap(),
      origin: at.origin,
    })),
);

/** Labels of a group reach all its rules; a rule's own win (prometheus `model/rulefmt`: `RuleGroup.Labels`). */
function labelsOf(rule: Cursor, group: Cursor): Record<string, string> {
  return { ...group.get('labels').stringMap(), ...rule.get('labels').stringMap() };
}
