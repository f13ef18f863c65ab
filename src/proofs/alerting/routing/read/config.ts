import { Cursor } from '../../../../model/cursor.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { InhibitRule, MatcherSyntax, Refusal, Route, RoutingConfig } from '../types.ts';
import { readMatchers } from './matchers.ts';
import { readReceivers } from './receivers.ts';
import { Refused, onlyKeys, orRefusal, text, texts } from './refused.ts';
import { readIntervals } from './time-intervals.ts';

export type ReadConfig = { readonly value: RoutingConfig } | { readonly refused: Refusal };

const TOP = [
  'global',
  'route',
  'inhibit_rules',
  'receivers',
  'templates',
  'mute_time_intervals',
  'time_intervals',
  'tracing',
];
const OF_ROUTE = [
  'receiver',
  'group_by',
  'match',
  'match_re',
  'matchers',
  'mute_time_intervals',
  'active_time_intervals',
  'continue',
  'routes',
  'group_wait',
  'group_interval',
  'repeat_interval',
];

/**
 * A configuration as Alertmanager loads it, or why it does not. What integrations are told is looked at only as far as a lack of it is
 * refused. Source: Alertmanager `config/config.go`.
 */
export function readConfig(data: unknown, origin: Origin, syntax: MatcherSyntax = 'fallback'): ReadConfig {
  return orRefusal(() => {
    const root = new Cursor(data, origin);
    onlyKeys(root, TOP);
    texts(root.get('templates'));
    secondsOf(root.get('global', 'resolve_timeout'));
    const receivers = readReceivers(root);
    const intervals = readIntervals(root);
    const config = {
      root: readRoot(root.get('route'), syntax),
      receivers,
      inhibitRules: root
        .get('inhibit_rules')
        .items()
        .map((at) => readInhibitRule(at, syntax)),
      intervals,
    };
    checkReferences(config.root, config);
    return config;
  });
}

/** What a route has where it and all above it say nothing. Source: Alertmanager `dispatch/route.go`, `DefaultRouteOpts`. */
export const DEFAULTS = {
  receiver: '',
  groupBy: [],
  groupWait: 30,
  groupInterval: 300,
  repeatInterval: 14_400,
} as const;

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;

function readRoot(at: Cursor, syntax: MatcherSyntax): Route {
  if (!at.exists) throw new Refused('no routes provided', at.origin);
  const root = readRoute(at, 'route', DEFAULTS, syntax);
  if (root.receiver === '') throw new Refused('root route must specify a default receiver', at.origin);
  if (root.matchers.length > 0) throw new Refused('root route must not have any matchers', at.origin);
  if (root.muted.length > 0) throw new Refused('root route must not have any mute time intervals', at.origin);
  if (root.active.length > 0) throw new Refused('root route must not have any active time intervals', at.origin);
  if (root.continues) throw new Refused('cannot have continue in root route', at.origin);
  return root;
}

function readRoute(at: Cursor, id: string, above: Inherited, syntax: MatcherSyntax): Route {
  onlyKeys(at, OF_ROUTE);
  const options: Inherited = {
    receiver: text(at.get('receiver')) || above.receiver,
    groupBy: groupBy(at.get('group_by')) ?? above.groupBy,
    groupWait: secondsOf(at.get('group_wait')) ?? above.groupWait,
    groupInterval: positive(at.get('group_interval')) ?? above.groupInterval,
    repeatInterval: positive(at.get('repeat_interval')) ?? above.repeatInterval,
  };
  return {
    id,
    ...options,
    matchers: readMatchers(at, ['match', 'match_re', 'matchers'], syntax),
    continues: at.get('continue').boolean() ?? false,
    routes: at
      .get('routes')
      .items()
      .map((route, index) => readRoute(route, `${id}.routes[${index}]`, options, syntax)),
    muted: texts(at.get('mute_time_intervals')),
    active: texts(at.get('active_time_intervals')),
    origin: at.origin,
  };
}

/** An empty list counts like none: what is above is inherited. */
function groupBy(at: Cursor): readonly string[] | undefined {
  const labels = texts(at);
  if (labels.length === 0) return undefined;
  if (labels.includes('...') && labels.some((label) => label !== '...'))
    throw new Refused('cannot have wildcard group_by (`...`) and other labels at the same time', at.origin);
  if (labels.includes('...')) return ['...'];
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new Refused(`duplicated label "${twice}" in group_by`, at.origin);
  if (labels.includes('')) throw new Refused('invalid label name "" in group_by list', at.origin);
  return labels;
}

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS = [31_536_000, 604_800, 86_400, 3600, 60, 1, 0.001];

/** Seconds of a duration of Prometheus: whole numbers, units from large to small. */
export function secondsOf(at: Cursor): number | undefined {
  const written = text(at);
  if (written === undefined) return undefined;
  if (written === '0') return 0;
  const parts = DURATION.exec(written);
  if (parts === null || written === '') throw new Refused(`not a valid duration string: "${written}"`, at.origin);
  return UNITS.reduce((total, unit, index) => total + unit * Number(parts[index + 1] ?? 0), 0);
}

function positive(at: Cursor): number | undefined {
  const value = secondsOf(at);
  if (value === 0) throw new Refused(`${String(at.origin.pointer?.at(-1))} cannot be zero`, at.origin);
  return value;
}

const OF_RULE = ['source', 'target'].flatMap((side) => [`${side}_match`, `${side}_match_re`, `${side}_matchers`]);

function readInhibitRule(at: Cursor, syntax: MatcherSyntax): InhibitRule {
  onlyKeys(at, [...OF_RULE, 'equal', 'name']);
  const side = (name: string): InhibitRule['source'] =>
    readMatchers(at, [`${name}_match`, `${name}_match_re`, `${name}_matchers`], syntax);
  return { source: side('source'), target: side('target'), equal: texts(at.get('equal')), origin: at.origin };
}

function checkReferences(route: Route, config: RoutingConfig): void {
  const fail = (because: string): never => {
    throw new Refused(because, route.origin);
  };
  if (!config.receivers.some(({ name }) => name === route.receiver))
    fail(`undefined receiver "${route.receiver}" used in route`);
  for (const name of [...route.active, ...route.muted])
    if (!config.intervals.some((interval) => interval.name === name))
      fail(`undefined time interval "${name}" used in route`);
  for (const below of route.routes) checkReferences(below, config);
}

/** Every matcher of the routes and of the inhibition rules. */
export function allMatchers({ root, inhibitRules }: RoutingConfig): RoutingConfig['root']['matchers'] {
  const ofRoute = (route: Route): Route['matchers'] => [...route.matchers, ...route.routes.flatMap(ofRoute)];
  return [...ofRoute(root), ...inhibitRules.flatMap(({ source, target }) => [...source, ...target])];
}
