import type { Cursor } from '../../../../model/cursor.ts';
import { httpClient, sigv4, tls } from '../../shapes/http-client.ts';
import { Refused, text as textAt } from '../../shapes/refused.ts';
import {
  anyMapping,
  anything,
  atMostOne,
  duration,
  each,
  flag,
  goDuration,
  hostAndPort,
  nanoseconds,
  isSet,
  list,
  mapping,
  needs,
  oneOf,
  text,
  texts,
  number,
  url,
  type Fields,
  type Shape,
} from '../../shapes/shape.ts';

/** What every integration has. */
const ANY: Fields = { send_resolved: flag, http_config: httpClient };

const FIELD: Fields = { ...each('title value'), short: flag };

const field = mapping(
  FIELD,
  needs('title', 'missing title in field configuration'),
  needs('value', 'missing value in field configuration'),
);

/** What Slack, Rocket.Chat and Mattermost show of a message. */
const MESSAGE: Fields = {
  ...each('channel color title title_link text image_url thumb_url icon_url'),
  fields: list(field),
};

const slackAction = mapping(
  {
    ...each('type text url style name value'),
    confirm: mapping(
      each('text title ok_text dismiss_text'),
      needs('text', 'missing text in Slack confirmation configuration'),
    ),
  },
  needs('type', 'missing type in Slack action configuration'),
  needs('text', 'missing text in Slack action configuration'),
  needs('url name', 'missing name or url in Slack action configuration'),
);

const responder = mapping(
  { ...each('id name username'), type: oneOf(['team', 'teams', 'user', 'escalation', 'schedule'], true) },
  needs('id name username', 'a responder has to have at least one of id, username or name'),
  needs('type', 'a responder has to have a type: team, teams, user, escalation or schedule'),
);

const MATTERMOST: Fields = {
  ...MESSAGE,
  ...each('username fallback pretext author_name author_link author_icon footer footer_icon icon_emoji type'),
};

/** An empty address of a webhook counts as none. */
const hook: Shape = (at) => {
  if (at.value !== '') url(at);
};

const updatable: Shape = (at) => {
  if (typeof at.value === 'object') mapping({ template: text, enable_update: flag })(at);
};

/** Each kind of integration up to Alertmanager 0.35, with all keys that any version knows. Source: the `config.go` of each folder of `notify`. */
export const INTEGRATIONS: Readonly<Record<string, Shape>> = {
  discord: integration({
    webhook_url: url,
    ...each('webhook_url_file content title message username avatar_url'),
  }),
  email: integration(
    {
      ...each('to from hello html text'),
      smarthost: hostAndPort,
      ...each('auth_username auth_password auth_password_file auth_secret auth_secret_file auth_identity'),
      headers: texts,
      ...each('require_tls force_implicit_tls', flag),
      tls_config: tls,
      threading: mapping({ enabled: flag, thread_by_date: text }),
    },
    headersOnce,
  ),
  incidentio: integration({
    url,
    ...each('url_file alert_source_token alert_source_token_file'),
    max_alerts: number,
    timeout: nanoseconds,
    metadata: texts,
  }),
  jira: integration({
    api_url: url,
    ...each('project priority issue_type reopen_transition resolve_transition wont_fix_resolution'),
    api_type: oneOf(['auto', 'cloud', 'datacenter']),
    ...each('summary description', updatable),
    labels: list(text),
    reopen_duration: duration,
    fields: anyMapping,
  }),
  mattermost: integration({
    ...MATTERMOST,
    webhook_url: url,
    webhook_url_file: text,
    attachments: list(mapping(MATTERMOST)),
    props: mapping(each('card')),
    priority: mapping({ priority: text, ...each('requested_ack persistent_notifications', flag) }),
  }),
  msteams: integration({ webhook_url: url, ...each('webhook_url_file title summary text') }),
  msteamsv2: integration({ webhook_url: url, ...each('webhook_url_file title text') }),
  opsgenie: integration({
    api_url: url,
    ...each('api_key api_key_file message description source entity actions tags note priority'),
    details: texts,
    responders: list(responder),
    update_alerts: flag,
  }),
  pagerduty: integration({
    url,
    ...each('service_key service_key_file routing_key routing_key_file'),
    ...each('client client_url description source severity class component group'),
    details: anyMapping,
    images: list(mapping(each('src alt href'))),
    links: list(mapping(each('href text'))),
    timeout: nanoseconds,
  }),
  pushover: integration(
    {
      ...each('user_key user_key_file token token_file'),
      ...each('title message url url_title device sound priority'),
      ...each('retry expire ttl', goDuration),
      ...each('html monospace', flag),
    },
    (at) => {
      if (at.get('html').value === true && at.get('monospace').value === true)
        throw new Refused('at most one of monospace & html must be configured', at.origin);
    },
  ),
  rocketchat: integration({
    ...MESSAGE,
    api_url: url,
    ...each('token_id token_id_file token token_file message_text emoji'),
    fields: list(mapping(FIELD)),
    ...each('short_fields link_names', flag),
    actions: list(anything),
  }),
  slack: integration(
    {
      ...MESSAGE,
      ...each('api_url app_url', url),
      ...each('api_url_file app_token app_token_file'),
      ...each('username pretext message_text footer fallback callback_id icon_emoji'),
      ...each('short_fields link_names update_message post_updates_to_thread', flag),
      mrkdwn_in: list(text),
      actions: list(slackAction),
      timeout: nanoseconds,
    },
    atMostOne(['api_url api_url_file', 'app_token app_token_file']),
  ),
  sns: integration(
    {
      ...each('api_url topic_arn phone_number target_arn subject message'),
      attributes: texts,
      use_aws_http_client: flag,
      sigv4,
    },
    oneOrAll(['target_arn', 'topic_arn', 'phone_number']),
  ),
  telegram: integration(
    {
      api_url: url,
      ...each('bot_token bot_token_file chat_id_file message'),
      ...each('chat_id message_thread_id', number),
      disable_notifications: flag,
      parse_mode: oneOf(['', 'Markdown', 'MarkdownV2', 'HTML']),
      timeout: nanoseconds,
    },
    (at) => {
      if (at.get('chat_id').value === 0) throw new Refused('missing chat_id on telegram_config', at.origin);
    },
  ),
  victorops: integration({
    api_url: url,
    ...each('api_key api_key_file routing_key'),
    ...each('message_type state_message entity_display_name monitoring_tool'),
    custom_fields: ownFields,
  }),
  webex: integration({ api_url: url, ...each('message room_id') }, (at) => {
    if (!at.get('http_config', 'authorization').exists && !isSet(at.get('http_config'), 'bearer_token'))
      throw new Refused('missing webex_configs.http_config.authorization', at.origin);
  }),
  webhook: integration({
    url: hook,
    url_file: text,
    max_alerts: number,
    timeout: nanoseconds,
    payload: anything,
  }),
  wechat: integration({
    api_url: url,
    ...each('api_secret api_secret_file corp_id message to_user to_party to_tag agent_id'),
    message_type: oneOf(['', 'text', 'markdown']),
  }),
};

function integration(fields: Fields, ...rules: readonly Shape[]): Shape {
  return mapping({ ...ANY, ...fields }, ...rules);
}

/** Names of headers are the same in upper and lower case. */
function headersOnce(at: Cursor): void {
  const seen = new Set<string>();
  for (const [name, value] of at.get('headers').entries()) {
    if (seen.has(name.toLowerCase())) throw new Refused(`duplicate header "${name}" in email config`, value.origin);
    seen.add(name.toLowerCase());
  }
}

/** Alertmanager compares the three in a way that refuses two of them and takes all. */
function oneOrAll(names: readonly string[]): Shape {
  return (at) => {
    if (names.filter((name) => isSet(at, name)).length === 2)
      throw new Refused(`must provide either a Target ARN, Topic ARN, or Phone Number for SNS config`, at.origin);
  };
}

const OF_VICTOROPS =
  'routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state'.split(' ');

function ownFields(at: Cursor): void {
  for (const [name, value] of at.entries()) {
    textAt(value);
    if (OF_VICTOROPS.includes(name)) throw new Refused(`custom field ${name} is one of VictorOps' own`, value.origin);
  }
}
