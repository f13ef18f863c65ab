import { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** An alert as a rule file or a PrometheusRule declares it. */
export interface AlertRule {
  readonly name: string;
  readonly expr: string;
  /** Where the PrometheusRule lies; undefined for rule files. */
  readonly namespace?: string;
  /** With those that its group gives to all its rules. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Every alerting rule of the platform; recording rules are left out. Reads the classes `kubernetes` and `prometheus-rules`. */
export function alertRules(view: PlatformView): AlertRule[] {
  return [
    ...view
      .objects('PrometheusRule')
      .flatMap((object) => alertsOf(cursor(object).get('spec', 'groups'), object.namespace)),
    ...view.data('prometheus-rules').flatMap((file) => alertsOf(new Cursor(file.data, file.origin).get('groups'))),
  ];
}

function alertsOf(groups: Cursor, namespace?: string): AlertRule[] {
  return groups.items().flatMap((group) =>
    group
      .get('rules')
      .items()
      .flatMap((rule) => {
        const name = rule.get('alert').string();
        if (name === undefined) return [];
        return [
          {
            name,
            expr: String(rule.get('expr').integerOrString() ?? ''),
            ...(namespace !== undefined && { namespace }),
            labels: { ...group.get('labels').stringMap(), ...rule.get('labels').stringMap() },
            annotations: rule.get('annotations').stringMap(),
            origin: rule.origin,
          },
        ];
      }),
  );
}
