import { expect, test } from 'vitest';
import { redirected } from './alertmanager.ts';
import { fasterExpression } from '../../../../proofs/alerting/faster.ts';
import { timed } from './timing.ts';

test.each([
  ['rate(x[5m])', 'rate(x[5s])'],
  ['rate(x[1m]) > 0.5', 'rate(x[4s]) > 0.5'],
  ['increase(x{a="[5m]",b=~`offset 1d`}[1h]) offset 1d', 'increase(x{a="[5m]",b=~`offset 1d`}[1m]) offset 24m'],
  ['max_over_time(rate(x[5m])[30d:1m])', 'max_over_time(rate(x[5s])[12h:1s])'],
  ['x[1h:]', 'x[1m:]'],
  ['x offset -1h', 'x offset -1m'],
])('%s, sixty times as fast', (slow, fast) => {
  expect(fasterExpression(slow, 60, 4)).toBe(fast);
});

test('rules as they are written stay as they are written', () => {
  const groups = [
    { name: 'g', interval: '30s', rules: [{ alert: 'A', expr: 'x[5m] > 1', for: '10m', labels: { a: 'b' } }] },
  ];
  expect(timed(groups, { interval: 2, faster: 1 })[0]?.rules).toEqual(groups[0]?.rules);
  expect(timed(groups, { interval: 1, faster: 60 })[0]).toEqual({
    name: 'g',
    rules: [{ alert: 'A', expr: 'x[5s] > 1', for: '10s', labels: { a: 'b' } }],
  });
});

test('receivers end in the pager with nothing of the cluster, and pages are told from messages and beats', () => {
  const file = {
    global: { http_config: { proxy_url: 'http://proxy' } },
    route: {
      receiver: 'chat',
      group_wait: '30s',
      routes: [{ receiver: 'sre', repeat_interval: '1h', matchers: ['a=b'] }],
    },
    receivers: [
      {
        name: 'sre',
        pagerduty_configs: [{ routing_key_file: '/secret' }],
        slack_configs: [{ channel: 'x', send_resolved: true }],
      },
      { name: 'dead-man', webhook_configs: [{ url: 'https://x', send_resolved: false }] },
      { name: 'chat', slack_configs: [{ api_url_file: '/secret' }] },
      { name: 'nobody' },
    ],
    inhibit_rules: [{ equal: ['a'] }],
  };
  const made = redirected(
    file,
    { url: 'http://127.0.0.1:1', tokenFile: '/t' },
    { interval: 1, faster: 60, groupWait: 0 },
  );
  const hooks = (
    made['receivers'] as { name: string; webhook_configs?: { url: string; send_resolved: boolean }[] }[]
  ).map(({ webhook_configs: all = [] }) => all.map(({ url, send_resolved: resolved }) => [url.slice(18), resolved]));
  expect(hooks).toEqual([
    [
      ['/v1/pages/sre?integration=pagerduty-1', true],
      ['/v1/messages/sre?integration=slack-1', true],
    ],
    [['/v1/beats/dead-man?integration=webhook-1', false]],
    [['/v1/messages/chat?integration=slack-1', false]],
    [],
  ]);
  expect(JSON.stringify(made)).not.toMatch(/proxy|secret/);
  expect(made['inhibit_rules']).toEqual(file.inhibit_rules);
  expect(made['route']).toMatchObject({ group_wait: '0s', routes: [{ repeat_interval: '60s', matchers: ['a=b'] }] });
});
