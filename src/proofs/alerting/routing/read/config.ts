import { Cursor } from '../../../../model/cursor.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { InhibitRule, MatcherSyntax, Route, RoutingConfig } from '../types.ts';
import { eventRecorder, globalOf, tracing } from './global.ts';
import { readMatchers } from './matchers.ts';
import { readReceivers } from './receivers.ts';
import { Refused, flag, onlyKeys, orRefusal, secondsOf, text, texts, type Refusal } from '../../shapes/refused.ts';
import { texts as ofTexts } from '../../shapes/shape.ts';
import type { Variables } from './variables.ts';
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
  'event_recorder',
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
  'labels',
];

/**
 * A configuration as Alertmanager loads it, or why it does not. What integrations are told is looked at only as far as a lack of it is
 * refused. Source: Alertmanager `config/config.go`.
 */
export function readConfig(
  data: unknown,
  origin: Origin,
  syntax: MatcherSyntax = 'fallback',
  variables: Variables = 'filled-in',
): ReadConfig {
  return orRefusal(() => {
    const root = new Cursor(data, origin);
    onlyKeys(root, TOP);
    texts(root.get('templates'));
    globalOf(root.get('global'));
    tracing(root.get('tracing'));
    eventRecorder(root.get('event_recorder'));
    const receivers = readReceivers(root, variables);
    const intervals = readIntervals(root);
    const config = {
      root: readRoot(root.get('route'), syntax),
      receivers,
      inhibitRules: root
        .get('inhibit_rules')
        .items()
        .map((at) => readInhibitRule(at, syntax)),
      intervals,
      shared: root
        .get('global')
        .entries()
        .flatMap(([key, { exists, value }]) => (exists && value !== '' ? [key] : [])),
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

/** A route and those below it; receivers and intervals may be called otherwise in the whole. */
export function readRoute(
  at: Cursor,
  id: string,
  above: Inherited,
  syntax: MatcherSyntax,
  named: (name: string) => string = (name) => name,
): Route {
  if (!at.exists) throw new Refused('a route is empty', at.origin);
  onlyKeys(at, OF_ROUTE);
  ofTexts(at.get('labels'));
  const receiver = text(at.get('receiver')) ?? '';
  const options: Inherited = {
    receiver: receiver === '' ? above.receiver : named(receiver),
    groupBy: groupBy(at.get('group_by'), syntax) ?? above.groupBy,
    groupWait: secondsOf(at.get('group_wait')) ?? above.groupWait,
    groupInterval: positive(at.get('group_interval')) ?? above.groupInterval,
    repeatInterval: positive(at.get('repeat_interval')) ?? above.repeatInterval,
  };
  return {
    id,
    ...options,
    matchers: readMatchers(at, ['match', 'match_re', 'matchers'], syntax),
    continues: flag(at.get('continue')) ?? false,
    routes: at
      .get('routes')
      .items()
      .map((route, index) => readRoute(route, `${id}.routes[${index}]`, options, syntax, named)),
    muted: texts(at.get('mute_time_intervals')).map(named),
    active: texts(at.get('active_time_intervals')).map(named),
    origin: at.origin,
  };
}

/** An empty list counts like none: what is above is inherited. */
export function groupBy(at: Cursor, syntax: MatcherSyntax): readonly string[] | undefined {
  const labels = texts(at);
  if (labels.length === 0) return undefined;
  if (labels.includes('...') && labels.some((label) => label !== '...'))
    throw new Refused('cannot have wildcard group_by (`...`) and other labels at the same time', at.origin);
  if (labels.includes('...')) return ['...'];
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new Refused(`duplicated label "${twice}" in group_by`, at.origin);
  namesOnly(labels, 'group_by', at, syntax);
  return labels;
}

/** A duration that may not be zero. */
export function positive(at: Cursor): number | undefined {
  const value = secondsOf(at);
  if (value === 0) throw new Refused(`${String(at.origin.pointer?.at(-1))} cannot be zero`, at.origin);
  return value;
}

/** Names of labels may be any text since 0.27. */
function namesOnly(names: readonly string[], list: string, at: Cursor, syntax: MatcherSyntax): void {
  const valid = syntax === 'classic' ? /^[a-zA-Z_][a-zA-Z0-9_]*$/ : /./s;
  const wrong = names.find((name) => !valid.test(name));
  if (wrong !== undefined) throw new Refused(`invalid label name ${JSON.stringify(wrong)} in ${list} list`, at.origin);
}

const OF_RULE = ['source', 'target'].flatMap((side) => [`${side}_match`, `${side}_match_re`, `${side}_matchers`]);

/** A rule of inhibition. */
export function readInhibitRule(at: Cursor, syntax: MatcherSyntax): InhibitRule {
  onlyKeys(at, [...OF_RULE, 'equal', 'name']);
  text(at.get('name'));
  namesOnly(texts(at.get('equal')), 'equal', at, syntax);
  const side = (name: string): InhibitRule['source'] =>
    readMatchers(at, [`${name}_match`, `${name}_match_re`, `${name}_matchers`], syntax);
  return { source: side('source'), target: side('target'), equal: texts(at.get('equal')), origin: at.origin };
}

/** Receivers and intervals that routes name have to be there. */
export function checkReferences(route: Route, config: Pick<RoutingConfig, 'receivers' | 'intervals'>): void {
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
