import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readCrd } from './crd.ts';

function read(spec: string): ReturnType<typeof readCrd> {
  return readCrd({
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    name: 'routes',
    namespace: 'shop',
    labels: {},
    body: { spec: parse(spec) as unknown },
    deployable: 'k8s',
    origin: { path: 'a.yaml' },
  });
}

const because = (spec: string): string | undefined => {
  const answer = read(spec);
  return 'refused' in answer ? answer.refused.because : undefined;
};

describe('AlertmanagerConfigs', () => {
  it.each([
    [
      'receivers: [{ name: x, pagerdutyConfigs: [{ severity: a }] }]',
      "one of 'routingKey' or 'serviceKey' is required",
    ],
    ['receivers: [{ name: x, webhookConfigs: [{}] }]', "one of 'url' or 'urlSecret' must be specified"],
    ['receivers: [{ name: x, emailConfigs: [{ from: a }] }]', "missing 'to' address"],
    ['receivers: [{ name: x, telegramConfigs: [{ botToken: {}, chatID: 0 }] }]', 'mandatory field "chatID" is empty'],
    [
      'receivers: [{ name: x, opsgenieConfigs: [{ responders: [{ type: team }] }] }]',
      'a responder has to have at least one of id, username or name',
    ],
    ['receivers: [{ name: x }, { name: x }]', '"x" receiver is not unique'],
    [
      '{ receivers: [{ name: x }], route: { receiver: x, muteTimeIntervals: [night] } }',
      'time interval "night" not found',
    ],
    ['{ receivers: [{ name: x }], route: { receiver: x, repeatInterval: 0s } }', 'repeatInterval cannot be zero'],
    ['{ receivers: [{ name: x }], route: { receiver: x, groupBy: [a, a] } }', 'duplicated label "a" in group_by'],
  ])('%s is left out by the operator', (spec, reason) => {
    expect(because(spec)).toBe(reason);
  });

  it('have receivers of the kinds that a cluster knows by that name', () => {
    const answer = read(
      'receivers: [{ name: x, pagerDutyConfigs: [{ routingKey: {} }], slackConfigs: [{ channel: a }] }]',
    );
    expect(answer).toMatchObject({ value: { receivers: [{ name: 'shop/routes/x', integrations: ['slack'] }] } });
  });
});
