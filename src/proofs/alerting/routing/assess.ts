import { deadRoutes, type DeadRoute } from './dead.ts';
import { explore, type Outcome } from './explore.ts';
import { inhibits, partyOf } from './inhibition.ts';
import { ValueSpace, type AlertLabels } from './labels.ts';
import { Patterns } from './matcher.ts';
import { allMatchers } from './read/config.ts';
import { matchingRoutes } from './route.ts';
import type { InhibitRule, Route, RoutingConfig } from './types.ts';

/** An alert with what is known of its labels where it arrives. */
export interface RoutedAlert {
  readonly name: string;
  readonly labels: AlertLabels;
}

/** One way an alert may go: the routes that notify, and labels with which it goes there. */
export type Way = Outcome<readonly Route[]>;

export interface AlertWays {
  readonly ways: readonly Way[];
  /** False: there are more ways than were looked at. */
  readonly complete: boolean;
}

export interface Inhibition {
  readonly source: number;
  readonly target: number;
  readonly rule: InhibitRule;
  /** True: whenever the source fires, the target is muted. Otherwise it depends on labels that are not known. */
  readonly certain: boolean;
}

export interface RoutingAnswer {
  /** In the order of the alerts. */
  readonly alerts: readonly AlertWays[];
  readonly dead: readonly DeadRoute[];
  /** Routes that none of the alerts can take, though others might. */
  readonly unused: readonly Route[];
  readonly inhibitions: readonly Inhibition[];
  /** Rules whose source, or whose target, none of the alerts can be. */
  readonly idleRules: readonly { readonly rule: InhibitRule; readonly side: 'source' | 'target' }[];
}

/** Where every alert goes, and what of the configuration does nothing. */
export function assessRouting(config: RoutingConfig, alerts: readonly RoutedAlert[]): RoutingAnswer {
  const space = new ValueSpace(allMatchers(config), new Patterns());
  const known = new Map<string, AlertWays>();
  const ways = alerts.map(({ labels }) => {
    const key = space.key(labels);
    const found = known.get(key) ?? waysOf(config.root, labels, space);
    known.set(key, found);
    return found;
  });
  const dead = deadRoutes(config.root, space);
  return {
    alerts: ways,
    dead,
    unused: unusedRoutes(config.root, ways, dead),
    ...inhibition(config, alerts, space),
  };
}

function waysOf(root: Route, labels: AlertLabels, space: ValueSpace): AlertWays {
  const { outcomes, complete } = explore(space.of(labels), (ask) => matchingRoutes(root, ask));
  const byRoutes = Map.groupBy(outcomes, ({ result }) => result.map(({ id }) => id).join(' '));
  const ways = [...byRoutes.values()].flatMap((same) => same.find(({ proven }) => proven) ?? same.slice(0, 1));
  return { ways, complete };
}

/** Whoever notifies was reached through all the routes above it. */
function unusedRoutes(root: Route, alerts: readonly AlertWays[], dead: readonly DeadRoute[]): Route[] {
  if (alerts.some(({ complete }) => !complete)) return [];
  const taken = new Set(alerts.flatMap(({ ways }) => ways.flatMap(({ result }) => result.map(({ id }) => id))));
  const isUnused = (route: Route): boolean => !taken.has(route.id) && route.routes.every(isUnused);
  const topmost = (route: Route): Route[] => {
    if (dead.some((one) => one.route.id === route.id)) return [];
    return isUnused(route) ? [route] : route.routes.flatMap(topmost);
  };
  return root.routes.flatMap(topmost);
}

function inhibition(
  config: RoutingConfig,
  alerts: readonly RoutedAlert[],
  space: ValueSpace,
): Pick<RoutingAnswer, 'inhibitions' | 'idleRules'> {
  const inhibitions: Inhibition[] = [];
  const idleRules: { rule: InhibitRule; side: 'source' | 'target' }[] = [];
  for (const rule of config.inhibitRules) {
    const parties = alerts.map(({ labels }) => partyOf(labels, rule, space));
    const sources = [...parties.entries()].filter(([, { asSource }]) => asSource !== 'no');
    const targets = [...parties.entries()].filter(([, { asTarget }]) => asTarget !== 'no');
    if (sources.length === 0) idleRules.push({ rule, side: 'source' });
    else if (targets.length === 0) idleRules.push({ rule, side: 'target' });
    for (const [source, from] of sources)
      for (const [target, to] of targets) {
        const answer = source === target ? 'no' : inhibits(from, to, rule);
        if (answer !== 'no') inhibitions.push({ source, target, rule, certain: answer === 'yes' });
      }
  }
  return { inhibitions, idleRules };
}
