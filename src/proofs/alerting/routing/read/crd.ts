import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { Matcher, Operator } from '../matcher.ts';
import type { NamespacedConfig } from '../operator.ts';
import type { InhibitRule, NamedInterval, Receiver, Route } from '../types.ts';
import { DEFAULTS, groupBy, positive } from './config.ts';
import { readCrdReceivers } from './crd-receivers.ts';
import { Refused, orRefusal, secondsOf, text, texts, type Refusal } from '../../shapes/refused.ts';
import { readCrdInterval } from './time-intervals.ts';

/** Reads an AlertmanagerConfig, `v1alpha1` or `v1beta1`, or says why the operator rejects it. */
export function readCrd(object: KubeObject): { readonly value: NamespacedConfig } | { readonly refused: Refusal } {
  return orRefusal(() => {
    const namespace = object.namespace ?? 'default';
    const spec = cursor(object).get('spec');
    const named = (name: string): string => (name === '' ? '' : `${namespace}/${object.name}/${name}`);
    const receivers = readCrdReceivers(spec.get('receivers'), named);
    const intervals = [...spec.get('muteTimeIntervals').items(), ...spec.get('timeIntervals').items()].map((at) =>
      readInterval(at, named),
    );
    const at = spec.get('route');
    const route = at.exists ? readRoute(at, `AlertmanagerConfig ${named('route')}`, DEFAULTS, named) : undefined;
    if (route !== undefined) checkReferences(route, receivers, intervals);
    return {
      namespace,
      name: object.name,
      ...(route !== undefined && { route }),
      receivers,
      intervals,
      inhibitRules: spec.get('inhibitRules').items().map(readInhibitRule),
      origin: object.origin,
    };
  });
}

type Named = (name: string) => string;

function readInterval(at: Cursor, named: Named): NamedInterval {
  return {
    name: named(text(at.get('name')) ?? ''),
    intervals: at.get('timeIntervals').items().map(readCrdInterval),
  };
}

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;

function readRoute(at: Cursor, id: string, above: Inherited, named: Named): Route {
  const options: Inherited = {
    receiver: named(text(at.get('receiver')) ?? '') || above.receiver,
    groupBy: groupBy(at.get('groupBy'), 'fallback') ?? above.groupBy,
    groupWait: secondsOf(at.get('groupWait')) ?? above.groupWait,
    groupInterval: positive(at.get('groupInterval')) ?? above.groupInterval,
    repeatInterval: positive(at.get('repeatInterval')) ?? above.repeatInterval,
  };
  return {
    id,
    ...options,
    matchers: at.get('matchers').items().map(readMatcher),
    continues: at.get('continue').boolean() ?? false,
    routes: at
      .get('routes')
      .items()
      .map((route, index) => readRoute(route, `${id}.routes[${index}]`, options, named)),
    muted: texts(at.get('muteTimeIntervals')).map(named),
    active: texts(at.get('activeTimeIntervals')).map(named),
    origin: at.origin,
  };
}

/** `matchType`, or the older `regex: true`. */
function readMatcher(at: Cursor): Matcher {
  const type = text(at.get('matchType')) ?? '';
  if (!['', '=', '!=', '=~', '!~'].includes(type)) throw new Refused(`unknown matchType ${type}`, at.origin);
  const operator = type === '' ? (at.get('regex').boolean() === true ? '=~' : '=') : (type as Operator);
  return { name: text(at.get('name')) ?? '', operator, value: text(at.get('value')) ?? '' };
}

function readInhibitRule(at: Cursor): InhibitRule {
  return {
    source: at.get('sourceMatch').items().map(readMatcher),
    target: at.get('targetMatch').items().map(readMatcher),
    equal: texts(at.get('equal')),
    origin: at.origin,
  };
}

function checkReferences(route: Route, receivers: readonly Receiver[], intervals: readonly NamedInterval[]): void {
  const refuse = (what: string, full: string): never => {
    throw new Refused(`${what} "${full.split('/').at(-1) ?? ''}" not found`, route.origin);
  };
  if (route.receiver === '') throw new Refused('root route must define a receiver', route.origin);
  if (!receivers.some(({ name }) => name === route.receiver)) refuse('receiver', route.receiver);
  for (const used of [...route.muted, ...route.active])
    if (!intervals.some(({ name }) => name === used)) refuse('time interval', used);
  for (const below of route.routes) checkReferences(below, receivers, intervals);
}
