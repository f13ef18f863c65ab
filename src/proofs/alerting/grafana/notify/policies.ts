import type { Cursor } from '../../../../model/cursor.ts';
import {
  checked,
  DEFAULTS,
  groupBy,
  positive,
  readMatchers,
  type Matcher,
  type Operator,
  type Route,
} from '../../routing/index.ts';
import { flag, Refused, secondsOf, text } from '../../shapes/refused.ts';
import { known, knownTexts } from './variables.ts';

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;

/**
 * A tree of notification policies as Grafana takes it: keys that it does not know are passed over, and the first policy must name a contact
 * point and nothing that narrows it. Source: grafana/alerting `definition/alertmanager_validation.go`, `Route.Validate`.
 */
export function readPolicies(at: Cursor): Route {
  const root = readPolicy(at, 'policy', DEFAULTS);
  if (root.receiver === '') throw new Refused('root route must specify a default receiver', at.origin);
  if (root.matchers.length > 0)
    throw new Refused('the default policy has matchers, and an alert that they leave out is told to nobody', at.origin);
  if (root.muted.length > 0) throw new Refused('root route must not have any mute time intervals', at.origin);
  if (root.active.length > 0) throw new Refused('root route must not have any active time intervals', at.origin);
  if (root.continues) throw new Refused('cannot have continue in root route', at.origin);
  return root;
}

function readPolicy(at: Cursor, id: string, above: Inherited): Route {
  const options = optionsOf(at, above);
  return {
    id,
    ...options,
    matchers: [
      ...readMatchers(at, ['match', 'match_re', 'matchers'], 'fallback'),
      ...objectMatchers(at.get('object_matchers')),
    ],
    continues: flag(at.get('continue')) ?? false,
    routes: at
      .get('routes')
      .items()
      .map((route, index) => readPolicy(route, `${id}.routes[${index}]`, options)),
    muted: knownTexts(at.get('mute_time_intervals')),
    active: knownTexts(at.get('active_time_intervals')),
    origin: at.origin,
  };
}

/** The contact point and the waits of a policy, or of a rule that names its own. */
export function optionsOf(at: Cursor, above: Inherited): Inherited {
  return {
    receiver: text(at.get('receiver')) || above.receiver,
    groupBy:
      typeof at.get('group_by').value === 'string'
        ? above.groupBy
        : (groupBy(at.get('group_by'), 'fallback') ?? above.groupBy),
    groupWait: waitOf(at.get('group_wait'), secondsOf) ?? above.groupWait,
    groupInterval: waitOf(at.get('group_interval'), positive) ?? above.groupInterval,
    repeatInterval: waitOf(at.get('repeat_interval'), positive) ?? above.repeatInterval,
  };
}

function waitOf(at: Cursor, read: (at: Cursor) => number | undefined): number | undefined {
  return known(at) === '' ? undefined : read(at);
}

/** `[label, operator, value]`; quotes around a value are taken off. Source: grafana/alerting `definition`, `ObjectMatchers.UnmarshalJSON`. */
function objectMatchers(list: Cursor): Matcher[] {
  return list.items().map((at) => {
    const [name = '', operator = '', value = ''] = knownTexts(at);
    if (!['=', '!=', '=~', '!~'].includes(operator))
      throw new Refused(`unsupported match type ${JSON.stringify(operator)} in matcher`, at.origin);
    const matcher = { name, operator: operator as Operator, value: value.replace(/^"/, '').replace(/"$/, '') };
    return checked(matcher, at);
  });
}
