/** Names that end in "key" and the like: a secret is what looks drawn at random under one. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text, value } = createRedactor();
// Put together here, so that no scanner takes this file for a leak.
const MIXED = ['Zk8sJ3l2m4', 'n5o6p7Q8r9', 's0t1u2'].join('');
const HEX = ['9b2f6c1e7d3a', '4c579a550a3a1f2e4d5c'].join('');
const R = '[redacted]';

test('what looks random under such a name is redacted in every notation', () => {
  for (const secret of [MIXED, HEX]) {
    for (const name of ['STRIPE_KEY', 'fastly-key', 'mailgunKey', 'GH_PAT', 'hash_salt', 'X-JFrog-Art-Api']) {
      expect(text(`${name}=${secret} a=b`)).toBe(`${name}=${R} a=b`);
      expect(text(`{"${name}": "${secret}","a":1}`)).toBe(`{"${name}": "${R}","a":1}`);
      expect(value({ [name]: secret, a: 'b' })).toEqual({ [name]: R, a: 'b' });
    }
    expect(text(`run --mailgun-key ${secret} --region eu`)).toBe(`run --mailgun-key ${R} --region eu`);
    expect(text(`- name: OPENAI_KEY\n  value: ${secret}`)).toBe(`- name: OPENAI_KEY\n  value: ${R}`);
    expect(text(`{"name":"OPENAI_KEY","value":"${secret}"}`)).toBe(`{"name":"OPENAI_KEY","value":"${R}"}`);
    expect(value({ name: 'OPENAI_KEY', value: secret })).toEqual({ name: 'OPENAI_KEY', value: R });
  }
});

test('keys of data stay, and so do values that are words, paths or identifiers', () => {
  for (const line of [
    `cache_key=${HEX} objectKey: ${HEX} primary_key=${HEX} message_key=${MIXED}`,
    'idempotency_key=9b2f6c1e-7d3a-4c57-9a55-0a3a1f2e4d5c openai_key=9b2f6c1e-7d3a-4c57-9a55-0a3a1f2e4d5c',
    's3_key=uploads/2026/11/30/report.pdf routing_key=orders.created.v1 issue_key=LAUNCH-12',
    'translation_key=checkout.payment.card_declined.title feature_key=new-checkout-flow-2026-rollout',
    'rest_api=v1beta1.metrics.k8s.io kube_api=api.prod-1.eu-west-1.k8s.example.com:6443',
    `key=${MIXED} key: ${HEX}`,
    'name: OPENAI_KEY, value: from-the-vault',
  ])
    expect(text(line)).toBe(line);
});

test('a getter beside such a name costs its own field', () => {
  const hostile = {
    name: 'OPENAI_KEY',
    get value(): string {
      throw new Error('no');
    },
  };
  expect(value({ hostile, a: 1 })).toEqual({ hostile: { name: 'OPENAI_KEY', value: '[unreadable]' }, a: 1 });
});
