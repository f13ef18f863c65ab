import type { Origin } from '../../../model/origin.ts';
import type { Matcher } from './matcher.ts';
import type { InhibitRule, NamedInterval, Receiver, Route, RoutingConfig } from './types.ts';

/** How the operator keeps the AlertmanagerConfigs of a namespace to its alerts (`alertmanagerConfigMatcherStrategy`). */
export type MatcherStrategy = 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';

/** An AlertmanagerConfig as the operator turns it into configuration: names prefixed with `namespace/name/`. */
export interface NamespacedConfig {
  readonly namespace: string;
  readonly name: string;
  /** Absent: it has no route, and then neither its receivers nor its intervals are taken. */
  readonly route?: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly intervals: readonly NamedInterval[];
  readonly origin?: Origin;
}

/**
 * Puts AlertmanagerConfigs before the routes of the configuration proper, sorted by `namespace/name`, each continuing to the next and
 * matching its own namespace alone. Source: prometheus-operator `pkg/alertmanager/amcfg.go`, `AddAlertmanagerConfigs`.
 */
export function withConfigs(
  base: RoutingConfig,
  configs: readonly NamespacedConfig[],
  strategy: MatcherStrategy,
  ownNamespace: string,
): RoutingConfig {
  const sorted = [...configs].sort((a, b) => compare(keyOf(a), keyOf(b)));
  const routed = sorted.filter(({ route }) => route !== undefined);
  const namespaceOf = (config: NamespacedConfig): Matcher[] => {
    const free = strategy === 'None' || (strategy !== 'OnNamespace' && config.namespace === ownNamespace);
    return free ? [] : [{ name: 'namespace', operator: '=', value: config.namespace }];
  };
  const routes = routed.flatMap((config) => {
    const { route } = config;
    if (route === undefined) return [];
    return [{ ...route, matchers: [...route.matchers, ...namespaceOf(config)], continues: true }];
  });
  return {
    root: { ...base.root, routes: [...routes, ...base.root.routes] },
    receivers: [...base.receivers, ...routed.flatMap(({ receivers }) => receivers)],
    inhibitRules: [
      ...base.inhibitRules,
      ...sorted.flatMap((one) => one.inhibitRules.map((rule) => held(rule, namespaceOf(one)))),
    ],
    intervals: [...base.intervals, ...routed.flatMap(({ intervals }) => intervals)],
  };
}

/** The namespace's own matchers of a rule give way to the enforced one. */
function held(rule: InhibitRule, enforced: readonly Matcher[]): InhibitRule {
  return { ...rule, source: [...rule.source, ...enforced], target: [...rule.target, ...enforced] };
}

function keyOf({ namespace, name }: NamespacedConfig): string {
  return `${namespace}/${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
