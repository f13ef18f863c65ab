import { httpClient, tls } from '../../shapes/http-client.ts';
import {
  anything,
  atMostOne,
  duration,
  each,
  flag,
  hostAndPort,
  list,
  mapping,
  needs,
  number,
  oneOf,
  text,
  url,
  type Shape,
} from '../../shapes/shape.ts';

/** Where a token of an app is sent to, which may be said twice. */
const SLACK = 'https://slack.com/api/chat.postMessage';

/** What integrations have in common, up to Alertmanager 0.35. */
export const globalOf: Shape = mapping(
  {
    resolve_timeout: duration,
    http_config: httpClient,
    ...each('smtp_from smtp_hello smtp_auth_username smtp_auth_password smtp_auth_password_file'),
    ...each('smtp_auth_secret smtp_auth_secret_file smtp_auth_identity'),
    ...each('smtp_require_tls smtp_force_implicit_tls', flag),
    smtp_tls_config: tls,
    smtp_smarthost: hostAndPort,
    ...each('slack_api_url slack_app_url pagerduty_url opsgenie_api_url victorops_api_url wechat_api_url', url),
    ...each('telegram_api_url webex_api_url jira_api_url rocketchat_api_url mattermost_webhook_url', url),
    ...each('slack_api_url_file slack_app_token slack_app_token_file'),
    ...each('opsgenie_api_key opsgenie_api_key_file'),
    ...each('victorops_api_key victorops_api_key_file'),
    ...each('wechat_api_secret wechat_api_secret_file wechat_api_corp_id'),
    ...each('telegram_bot_token telegram_bot_token_file'),
    ...each('rocketchat_token rocketchat_token_file rocketchat_token_id rocketchat_token_id_file'),
    mattermost_webhook_url_file: text,
  },
  (at) => {
    const address = at.get('slack_app_url').string() ?? SLACK;
    if (at.get('slack_api_url').value !== address)
      atMostOne(['slack_api_url slack_api_url_file', 'slack_app_token slack_app_token_file'])(at);
  },
);

export const tracing: Shape = mapping(
  {
    client_type: oneOf(['http', 'grpc']),
    ...each('endpoint compression'),
    sampling_fraction: number,
    insecure: flag,
    tls_config: tls,
    headers: anything,
    timeout: duration,
  },
  needs('endpoint', 'tracing endpoint must be set'),
);

/** Where it writes down what it did, since 0.33. */
export const eventRecorder: Shape = mapping(
  each('file_outputs webhook_outputs kafka_outputs stdout_outputs', list(anything)),
);
