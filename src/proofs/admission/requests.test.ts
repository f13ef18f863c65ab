import { describe, expect, test } from 'vitest';
import { takes, type Request } from './requests.ts';
import type { ClosedWebhook, WebhookRule } from './webhooks.ts';

const origin = { path: 'webhook.yaml', document: 0, pointer: [] };
const named = { 'kubernetes.io/metadata.name': 'shop' };
const pod: Request = {
  stops: 'new pods',
  operation: 'CREATE',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: { labels: named, complete: false },
  labels: { labels: { app: 'api' }, complete: true },
};
const eviction: Request = { ...pod, stops: 'evictions', subresource: 'eviction' };

function webhook(rule: Partial<WebhookRule>, rest: Partial<ClosedWebhook> = {}): ClosedWebhook {
  const all = { operations: ['*'], groups: ['*'], versions: ['*'], resources: ['*/*'], scope: '*' };
  return { id: 'webhook', rules: [{ ...all, ...rule }], conditional: false, server: 'hooks.example', origin, ...rest };
}

function asks(...keys: readonly [key: string, operator: string, ...values: string[]][]) {
  const matchExpressions = keys.map(([key, operator, ...values]) => ({ key, operator, values }));
  return { matchLabels: {}, matchExpressions };
}

describe('takes', () => {
  test.each<[rule: Partial<WebhookRule>, newPods: number, evictions: number]>([
    [{}, 2, 2],
    [{ resources: ['*'] }, 2, 0],
    [{ resources: ['pods'] }, 2, 0],
    [{ resources: ['pods/*'] }, 2, 2],
    [{ resources: ['pods/eviction'] }, 0, 2],
    [{ resources: ['*/eviction'] }, 0, 2],
    [{ resources: ['deployments', 'services'] }, 0, 0],
    [{ operations: ['UPDATE', 'DELETE'] }, 0, 0],
    [{ groups: ['apps'] }, 0, 0],
    [{ versions: ['v1beta1'] }, 0, 0],
    [{ scope: 'Cluster' }, 0, 0],
    [{ scope: 'Namespaced' }, 2, 2],
  ])('%j', (rule, newPods, evictions) => {
    expect([takes(webhook(rule), pod), takes(webhook(rule), eviction)]).toEqual([newPods, evictions]);
  });

  test.each<[what: string, rest: Partial<ClosedWebhook>, match: number]>([
    ['a namespace by its name', { namespaces: asks(['kubernetes.io/metadata.name', 'In', 'shop']) }, 2],
    ['other namespaces', { namespaces: asks(['kubernetes.io/metadata.name', 'NotIn', 'shop']) }, 0],
    ['a label that nobody shows', { namespaces: asks(['injected', 'Exists']) }, 1],
    ['an exemption that nobody shows', { namespaces: asks(['exempt', 'DoesNotExist']) }, 1],
    ['labels of pods', { objects: asks(['app', 'In', 'api']) }, 2],
    ['pods without a label', { objects: asks(['app', 'DoesNotExist']) }, 0],
    ['conditions', { conditional: true }, 1],
  ])('%s', (_what, rest, match) => {
    expect(takes(webhook({}, rest), pod)).toBe(match);
  });
});
