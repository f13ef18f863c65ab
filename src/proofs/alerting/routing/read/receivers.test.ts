import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

function because(integrations: string, global = ''): string | undefined {
  const yaml = `${global === '' ? '' : `global: ${global}\n`}route: { receiver: x }\nreceivers: [{ name: x, ${integrations} }]`;
  const read = readConfig(parse(yaml), { path: 'a.yml' }, 'classic');
  return 'refused' in read ? read.refused.because : undefined;
}

describe('receivers', () => {
  it.each([
    ['victorops_configs: [{ routing_key: x }]', 'no global VictorOps API Key set'],
    ['victorops_configs: [{ api_key: x }]', 'missing Routing key in VictorOps config'],
    ['pushover_configs: [{ token: x }]', 'one of user_key or user_key_file must be configured'],
    ['telegram_configs: [{ chat_id: 1 }]', 'missing bot_token or bot_token_file on telegram_config'],
    ['wechat_configs: [{ api_secret: x }]', 'no global Wechat CorpID set'],
    ['sns_configs: [{ message: x }]', 'must provide either a Target ARN, Topic ARN, or Phone Number for SNS config'],
    ['telegram_configs: [{ bot_token: x }]', 'missing chat_id on telegram_config'],
    ['webhook_configs: [{ url: hooks.example/x }]', 'unsupported scheme "" for URL'],
    ['webhook_configs: [{ url: "ftp://x" }]', 'unsupported scheme "ftp" for URL'],
    ['slack_configs: [{ api_url: "https:///services/x" }]', 'missing host for URL'],
    ['email_configs: [{ to: a@b.c, from: a@b.c, smarthost: mail }]', 'address mail: missing port in address'],
    ['slack_configs: [null]', 'missing slack config'],
    ['slack_configs: [{ api_url: "http://x", chanel: "#a" }]', 'field chanel not found'],
    ['mattermost_configs: [{ text: x }]', 'one of webhook_url or webhook_url_file must be configured'],
    ['jira_configs: [{ project: x, issue_type: Bug }]', 'no global Jira Cloud URL set'],
    ['rocketchat_configs: [{ token: x }]', 'no global Rocketchat TokenID set either inline or in a file'],
    ['webhook_configs: [{ url: "http://x", url_file: /f }]', 'at most one of url & url_file must be configured'],
  ])('%s is refused', (integrations, reason) => {
    expect(because(integrations)).toBe(reason);
  });

  it('take what they lack from global', () => {
    expect(because('jira_configs: [{ project: x, issue_type: Bug }]', '{ jira_api_url: "http://x" }')).toBeUndefined();
    expect(because('victorops_configs: [{ routing_key: x }]', '{ victorops_api_key_file: /f }')).toBeUndefined();
    expect(because('webhook_configs: [{ url: "{{ .hook }}" }]')).toBeUndefined();
    expect(because('pushover_configs: [{ token: x, user_key: y, url: see-the-wiki }]')).toBeUndefined();
    expect(because('telegram_configs: [{ chat_id: 1 }]', '{ telegram_bot_token: x }')).toBeUndefined();
    expect(
      because('webhook_configs: [{ url: "http://x" }]', '{ slack_api_url: "http://a", slack_api_url_file: b }'),
    ).toBe('at most one of slack_api_url & slack_api_url_file must be configured');
  });

  it('of newer Alertmanagers have keys that older ones refuse', () => {
    expect(because('labels: { team: a }, webhook_configs: [{ url: "http://x", payload: { a: 1 } }]')).toBeUndefined();
    expect(because('email_configs: [{ to: a@b, from: c@d, smarthost: "m:25", send_resolved: yes }]')).toBeUndefined();
  });
});

it('a route is not empty', () => {
  const read = readConfig(parse('route: { receiver: x, routes: [null] }\nreceivers: [{ name: x }]'), { path: 'a.yml' });
  expect(read).toMatchObject({ refused: { because: 'a route is empty' } });
});
