import type { Cursor } from '../../../../model/cursor.ts';
import type { Receiver, Wanted } from '../types.ts';
import { INTEGRATIONS } from './integrations.ts';
import { Refused, text } from '../../shapes/refused.ts';
import { isSet, texts } from '../../shapes/shape.ts';
import { namesVariable, type Variables } from './variables.ts';
import { standsIn } from '../../shapes/stand-ins.ts';

/** What an integration cannot be without: one of these keys of its own, or one of these of `global`. */
interface Need extends Wanted {
  readonly own: readonly string[];
}

const A_WEBHOOK: Need = {
  own: ['webhook_url', 'webhook_url_file'],
  global: [],
  lack: 'one of webhook_url or webhook_url_file must be configured',
};

export const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  discord: [A_WEBHOOK],
  msteams: [A_WEBHOOK],
  msteamsv2: [A_WEBHOOK],
  mattermost: [{ ...A_WEBHOOK, global: ['mattermost_webhook_url', 'mattermost_webhook_url_file'] }],
  incidentio: [{ own: ['url', 'url_file'], global: [], lack: 'one of url or url_file must be configured' }],
  jira: [
    { own: ['project'], global: [], lack: 'missing project in jira_config' },
    { own: ['issue_type'], global: [], lack: 'missing issue_type in jira_config' },
    { own: ['api_url'], global: ['jira_api_url'], lack: 'no global Jira Cloud URL set' },
  ],
  rocketchat: [
    {
      own: ['token_id', 'token_id_file'],
      global: ['rocketchat_token_id', 'rocketchat_token_id_file'],
      lack: 'no global Rocketchat TokenID set either inline or in a file',
    },
    {
      own: ['token', 'token_file'],
      global: ['rocketchat_token', 'rocketchat_token_file'],
      lack: 'no global Rocketchat Token set either inline or in a file',
    },
  ],
  webex: [{ own: ['room_id'], global: [], lack: 'missing room_id on webex_config' }],
  webhook: [{ own: ['url', 'url_file'], global: [], lack: 'missing URL in webhook config' }],
  pagerduty: [
    {
      own: ['service_key', 'service_key_file', 'routing_key', 'routing_key_file'],
      global: [],
      lack: 'missing service or routing key in PagerDuty config',
    },
  ],
  slack: [
    {
      own: ['api_url', 'api_url_file', 'app_token', 'app_token_file'],
      global: ['slack_api_url', 'slack_api_url_file', 'slack_app_token', 'slack_app_token_file'],
      lack: 'no global Slack API URL set either inline or in a file',
    },
  ],
  opsgenie: [
    {
      own: ['api_key', 'api_key_file'],
      global: ['opsgenie_api_key', 'opsgenie_api_key_file'],
      lack: 'no global OpsGenie API Key set either inline or in a file',
    },
  ],
  email: [
    { own: ['to'], global: [], lack: 'missing to address in email config' },
    { own: ['smarthost'], global: ['smtp_smarthost'], lack: 'no global SMTP smarthost set' },
    { own: ['from'], global: ['smtp_from'], lack: 'no global SMTP from set' },
  ],
  victorops: [
    { own: ['routing_key'], global: [], lack: 'missing Routing key in VictorOps config' },
    {
      own: ['api_key', 'api_key_file'],
      global: ['victorops_api_key', 'victorops_api_key_file'],
      lack: 'no global VictorOps API Key set',
    },
  ],
  pushover: [
    { own: ['user_key', 'user_key_file'], global: [], lack: 'one of user_key or user_key_file must be configured' },
    { own: ['token', 'token_file'], global: [], lack: 'one of token or token_file must be configured' },
  ],
  telegram: [
    {
      own: ['bot_token', 'bot_token_file'],
      global: ['telegram_bot_token', 'telegram_bot_token_file'],
      lack: 'missing bot_token or bot_token_file on telegram_config',
    },
    { own: ['chat_id', 'chat_id_file'], global: [], lack: 'missing chat_id on telegram_config' },
  ],
  wechat: [
    {
      own: ['api_secret', 'api_secret_file'],
      global: ['wechat_api_secret', 'wechat_api_secret_file'],
      lack: 'no global Wechat Api Secret set either inline or in a file',
    },
    { own: ['corp_id'], global: ['wechat_api_corp_id'], lack: 'no global Wechat CorpID set' },
  ],
  sns: [
    {
      own: ['target_arn', 'topic_arn', 'phone_number'],
      global: [],
      lack: 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config',
    },
  ],
};

/** The receivers with what each would notify. */
export function readReceivers(root: Cursor, variables: Variables): Receiver[] {
  const global = root.get('global');
  onlyOneEach(global);
  const seen = new Set<string>();
  return root
    .get('receivers')
    .items()
    .map((at) => {
      const name = text(at.get('name')) ?? '';
      if (name === '') throw new Refused('missing name in receiver', at.origin);
      if (seen.has(name)) throw new Refused(`notification config name "${name}" is not unique`, at.origin);
      seen.add(name);
      return { name, ...readIntegrations(at, global, variables), origin: at.origin };
    });
}

function readIntegrations(
  receiver: Cursor,
  global: Cursor,
  variables: Variables,
): Pick<Receiver, 'integrations' | 'unfilled' | 'unseen'> {
  const unfilled: string[] = [];
  const unexpanded: string[] = [];
  const integrations = receiver.entries().flatMap(([key, list]) => {
    if (key === 'name') return [];
    if (key === 'labels') return labelled(list);
    const kind = key.replace(/_configs$/, '');
    const shape = key === kind ? undefined : INTEGRATIONS[kind];
    if (shape === undefined) throw new Refused(`field ${key} not found`, list.origin);
    return list.items().flatMap((at) => {
      if (!at.exists) throw new Refused(`missing ${kind} config`, at.origin);
      shape(at);
      onlyOneEach(at);
      const given = (NEEDS[kind] ?? []).map(({ own, global: shared, lack }) => {
        const found = setIn(at, own) ?? setIn(global, shared);
        if (found === undefined) throw new Refused(lack, at.origin);
        return found;
      });
      const open = given.filter(({ value }) => standsIn(value)).map(({ name }) => name);
      unfilled.push(...open);
      const written = variables === 'open' ? given.filter(({ value }) => namesVariable(value)) : [];
      unexpanded.push(...written.map(({ name, value }) => `${name} is ${String(value)}`));
      return open.length + written.length > 0 ? [] : [kind];
    });
  });
  return {
    integrations,
    ...(unfilled.length > 0 && { unfilled }),
    ...(unexpanded.length > 0 && {
      unseen: `its ${unexpanded.join(', ')}; Alertmanager expands no variables, and what fills them in is not seen`,
    }),
  };
}

/** Labels of a receiver are for its own metrics. */
function labelled(at: Cursor): [] {
  texts(at);
  return [];
}

function setIn(at: Cursor, keys: readonly string[]): { readonly name: string; readonly value: unknown } | undefined {
  const name = keys.find((key) => isSet(at, key));
  return name === undefined ? undefined : { name, value: at.get(name).value };
}

/** A secret is given, or the file that holds it. */
function onlyOneEach(at: Cursor): void {
  for (const [key, value] of at.entries())
    if (isSet(at, key) && isSet(at, `${key}_file`))
      throw new Refused(`at most one of ${key} & ${key}_file must be configured`, value.origin);
}
