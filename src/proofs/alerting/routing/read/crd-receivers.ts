import type { Cursor } from '../../../../model/cursor.ts';
import type { Receiver, Wanted } from '../types.ts';
import { INTEGRATIONS } from './integrations.ts';
import { NEEDS as OF_FILES } from './receivers.ts';
import { Refused, text } from '../../shapes/refused.ts';
import { isSet, list, needs, type Shape } from '../../shapes/shape.ts';
import { standsIn } from '../../shapes/stand-ins.ts';

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
    const unfilled: string[] = [];
    const integrations = Object.keys(INTEGRATIONS).flatMap((kind) =>
      at
        .get(`${kind}Configs`)
        .items()
        .flatMap((integration) => {
          for (const check of NEEDS[kind] ?? []) check(integration);
          wants.push(...leftOut(kind, integration));
          const open = openIn(kind, integration);
          unfilled.push(...open);
          return open.length > 0 ? [] : [kind];
        }),
    );
    return {
      name: named(name),
      integrations,
      origin: at.origin,
      ...(unfilled.length > 0 && { unfilled }),
      ...(wants.length > 0 && { wants }),
    };
  });
}

/** What an integration takes from `global`, for it does not say it itself. */
function leftOut(kind: string, integration: Cursor): Wanted[] {
  return (OF_FILES[kind] ?? []).filter(
    ({ own, global }) => global.length > 0 && !own.some((key) => isSet(integration, keyOf(key))),
  );
}

/** Keys that hold an example's value; those that stand in Secrets are not seen. */
function openIn(kind: string, integration: Cursor): string[] {
  const keys = (OF_FILES[kind] ?? []).flatMap(({ own }) => own.flatMap((key) => [keyOf(key), OTHERWISE[kind] ?? '']));
  return [...new Set(keys)].filter((key) => key !== '' && standsIn(integration.get(key).value));
}

/** Addresses whose keys are called otherwise. */
const OTHERWISE: Readonly<Record<string, string>> = { msteams: 'webhookUrl', discord: 'apiURL' };

/** `api_url` is `apiURL` in an AlertmanagerConfig. */
function keyOf(key: string): string {
  return key
    .replace(/_(?:url|id)$/, (end) => end.slice(1).toUpperCase())
    .replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
