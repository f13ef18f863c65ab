import type { Cursor } from '../../../../model/cursor.ts';
import type { Receiver, Wanted } from '../types.ts';
import { INTEGRATIONS } from './integrations.ts';
import { NEEDS as OF_FILES } from './receivers.ts';
import { Refused, text } from '../../shapes/refused.ts';
import { isSet, list, needs, type Shape } from '../../shapes/shape.ts';

/** What the operator refuses to leave out of an integration. Source: prometheus-operator `pkg/alertmanager/validation`. */
const NEEDS: Readonly<Record<string, readonly Shape[]>> = {
  discord: [needs('apiURL', 'a discord config needs apiURL')],
  email: [needs('to', "missing 'to' address")],
  msteams: [needs('webhookUrl', 'an msteams config needs webhookUrl')],
  msteamsv2: [needs('webhookURL', 'an msteamsv2 config needs webhookURL')],
  opsgenie: [(at) => RESPONDERS(at.get('responders'))],
  pagerduty: [needs('routingKey serviceKey', "one of 'routingKey' or 'serviceKey' is required")],
  pushover: [
    needs('userKey userKeyFile', 'one of userKey or userKeyFile must be configured'),
    needs('token tokenFile', 'one of token or tokenFile must be configured'),
  ],
  sns: [
    (at) => {
      const given = ['targetARN', 'topicARN', 'phoneNumber'].filter((key) => isSet(at, key)).length;
      if (given === 0 || given === 2)
        throw new Refused('must provide either a targetARN, topicARN, or phoneNumber for SNS config', at.origin);
    },
  ],
  telegram: [
    needs('botToken botTokenFile', 'mandatory field botToken or botTokenFile is empty'),
    (at) => {
      if (!isSet(at, 'chatID') || at.get('chatID').value === 0)
        throw new Refused('mandatory field "chatID" is empty', at.origin);
    },
  ],
  victorops: [needs('routingKey', "missing 'routingKey' key")],
  webhook: [needs('url urlSecret', "one of 'url' or 'urlSecret' must be specified")],
};

const RESPONDERS = list(needs('id name username', 'a responder has to have at least one of id, username or name'));

/** The receivers of an AlertmanagerConfig. A cluster drops keys that it does not know: `pagerDutyConfigs` notifies nobody. */
export function readCrdReceivers(list: Cursor, named: (name: string) => string): Receiver[] {
  const seen = new Set<string>();
  return list.items().map((at) => {
    const name = text(at.get('name')) ?? '';
    if (seen.has(name)) throw new Refused(`"${name}" receiver is not unique`, at.origin);
    seen.add(name);
    const wants: Wanted[] = [];
    const integrations = Object.keys(INTEGRATIONS).flatMap((kind) =>
      at
        .get(`${kind}Configs`)
        .items()
        .map((integration) => {
          for (const check of NEEDS[kind] ?? []) check(integration);
          wants.push(...leftOut(kind, integration));
          return kind;
        }),
    );
    return { name: named(name), integrations, origin: at.origin, ...(wants.length > 0 && { wants }) };
  });
}

/** What an integration takes from `global`, for it does not say it itself: `api_url` is `apiURL` here. */
function leftOut(kind: string, integration: Cursor): Wanted[] {
  const isOwn = (key: string): boolean =>
    isSet(
      integration,
      key
        .replace(/_(?:url|id)$/, (end) => end.slice(1).toUpperCase())
        .replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    );
  return (OF_FILES[kind] ?? []).filter(({ own, global }) => global.length > 0 && !own.some(isOwn));
}
