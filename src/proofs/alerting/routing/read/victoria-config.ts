import { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { onlyKeys, Refused, text } from '../../shapes/refused.ts';
import { isSet } from '../../shapes/shape.ts';
import { standsIn } from '../../shapes/stand-ins.ts';
import type { InhibitRule, NamedInterval, Receiver, Route } from '../types.ts';
import { checkReferences, DEFAULTS, readInhibitRule, readRoute } from './config.ts';
import { INTEGRATIONS } from './integrations.ts';
import { NEEDS } from './receivers.ts';
import { namedIntervals } from './time-intervals.ts';

/** A VMAlertmanagerConfig as the operator turns it into configuration: names prefixed with `namespace-name-`. */
export interface VictoriaConfig {
  readonly namespace: string;
  readonly key: string;
  readonly route?: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly intervals: readonly NamedInterval[];
}

/** Reads one, or refuses it as the operator does. `shared` are the keys of the `global` that it comes to stand under. */
export function readVictoriaConfig(object: KubeObject, shared: readonly string[]): VictoriaConfig {
  const spec = cursor(object).get('spec');
  const namespace = object.namespace ?? 'default';
  const named = (name: string): string => `${namespace}-${object.name}-${name}`;
  const receivers = spec
    .get('receivers')
    .items()
    .map((at) => receiverOf(at, named, shared));
  const twice = receivers.find(({ name }, index) => receivers.findIndex((one) => one.name === name) !== index);
  if (twice !== undefined) throw new Refused(`notification config name "${twice.name}" is not unique`, twice.origin);
  const intervals = namedIntervals(spec.get('time_intervals').items()).map((one) => ({
    ...one,
    name: named(one.name),
  }));
  const at = spec.get('route');
  if (!at.exists) throw new Refused('no routes provided', spec.origin);
  for (const below of at.get('routes').items()) onlyOfRoutes(below);
  const route = readRoute(pruned(at), `VMAlertmanagerConfig ${named('route')}`, DEFAULTS, 'fallback', named);
  if (route.receiver === '') throw new Refused('root route receiver cannot be empty', at.origin);
  checkReferences(route, { receivers, intervals });
  const inhibitRules = spec
    .get('inhibit_rules')
    .items()
    .map((rule) => readInhibitRule(rule, 'fallback'));
  return { namespace, key: `${namespace}/${object.name}`, route, receivers, intervals, inhibitRules };
}

const OF_ROUTE = [
  'receiver',
  'group_by',
  'group_wait',
  'group_interval',
  'repeat_interval',
  'matchers',
  'continue',
  'routes',
  'mute_time_intervals',
  'active_time_intervals',
];

/** A cluster drops keys of the first route that it does not know, `match` for one. */
function pruned(at: Cursor): Cursor {
  return new Cursor(
    Object.fromEntries(at.entries().flatMap(([key, { value }]) => (OF_ROUTE.includes(key) ? [[key, value]] : []))),
    at.origin,
  );
}

/** Those below are read strictly by the operator (`parseNestedRoutes`). */
function onlyOfRoutes(at: Cursor): void {
  onlyKeys(at, OF_ROUTE);
  for (const below of at.get('routes').items()) onlyOfRoutes(below);
}

/** Keys stand in Secrets that are named under the key itself, or under `KEY_secret`. What `global` has need not be said. */
function receiverOf(at: Cursor, named: (name: string) => string, shared: readonly string[]): Receiver {
  const unfilled: string[] = [];
  const integrations = Object.keys(INTEGRATIONS).flatMap((kind) =>
    at
      .get(`${kind}_configs`)
      .items()
      .flatMap((integration) => {
        const given = (NEEDS[kind] ?? []).map(({ own, global, lack }) => {
          const key = own.flatMap((name) => [name, `${name}_secret`]).find((name) => isSet(integration, name));
          if (key === undefined && !global.some((name) => shared.includes(name)))
            throw new Refused(lack, integration.origin);
          return key;
        });
        const open = given.flatMap((key) => (key !== undefined && standsIn(integration.get(key).value) ? [key] : []));
        unfilled.push(...open);
        return open.length > 0 ? [] : [kind];
      }),
  );
  const name = text(at.get('name')) ?? '';
  const other = at.entries().find(([key]) => key.endsWith('Configs'))?.[0];
  const unseen =
    other === undefined
      ? {}
      : { unseen: `${other} is not read here; \`${snake(other)}\` is what every version of the operator reads` };
  return { name: named(name), integrations, ...unseen, ...(unfilled.length > 0 && { unfilled }), origin: at.origin };
}

function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
