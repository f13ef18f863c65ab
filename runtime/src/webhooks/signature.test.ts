import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hmac, SECRET, stripeBody, stripeSignature } from '../../test/stripe.ts';
import { hmacScheme, stripeScheme, type WebhookScheme } from './index.ts';

const NOW = 1_700_000_000;
const BODY = stripeBody({ id: 'evt_1' });
const stripe = (secrets: readonly string[] = [SECRET]): WebhookScheme =>
  stripeScheme({ secrets: () => secrets, now: () => NOW * 1_000 });

function verify(header: string | undefined, body: string | Buffer = BODY, secrets?: readonly string[]): string {
  try {
    return stripe(secrets).verify(header === undefined ? {} : { 'stripe-signature': header }, Buffer.from(body)).id;
  } catch (error) {
    return String(Object(error).code);
  }
}

describe('Stripe', () => {
  test('takes the vector of an independent implementation of the scheme', () => {
    // openssl dgst -sha256 -hmac whsec_vector <<< '1700000000.{"id":"evt_v","type":"t","created":1700000000}', without the newline
    const body = '{"id":"evt_v","type":"t","created":1700000000}';
    const header = `t=1700000000,v1=6a04906bcf18c5ce843252ab8befab904554b1e2b6b46a2d2c039e3d93fa6ee1`;
    expect(verify(header, body, ['whsec_vector'])).toBe('evt_v');
  });

  test('reads the event', () => {
    const event = stripe().verify({ 'stripe-signature': stripeSignature(BODY, { time: NOW }) }, Buffer.from(BODY));
    expect(event).toMatchObject({
      provider: 'stripe',
      id: 'evt_1',
      type: 'invoice.paid',
      object: 'in_1',
      created: new Date(NOW * 1_000),
    });
  });

  test.each([
    ['another secret', stripeSignature(BODY, { secret: 'whsec_other', time: NOW }), 'mismatch'],
    ['another time than the signed one', `t=${NOW + 1},v1=${hmac(BODY, SECRET, NOW)}`, 'mismatch'],
    ['a half of the signature', `t=${NOW},v1=${hmac(BODY, SECRET, NOW).slice(0, 32)}`, 'malformed'],
    ['the test scheme alone', `t=${NOW},v0=${hmac(BODY, SECRET, NOW)}`, 'malformed'],
    ['two times', `t=${NOW},t=1,v1=${hmac(BODY, SECRET, NOW)}`, 'malformed'],
    ['no time', `v1=${hmac(BODY, SECRET, NOW)}`, 'malformed'],
    ['a time that is no number', `t=NaN,v1=${hmac(BODY, SECRET, NOW)}`, 'malformed'],
    ['a flood of signatures', `t=${NOW}${`,v1=${'0'.repeat(64)}`.repeat(50)}`, 'malformed'],
    ['no header', undefined, 'no-signature'],
    ['301 s ago', stripeSignature(BODY, { time: NOW - 301 }), 'expired'],
    ['301 s ahead', stripeSignature(BODY, { time: NOW + 301 }), 'expired'],
    ['300 s ago', stripeSignature(BODY, { time: NOW - 300 }), 'evt_1'],
    [
      'another signature beside the right one',
      `t=${NOW},v1=${'0'.repeat(64)},v1=${hmac(BODY, SECRET, NOW)},v0=x`,
      'evt_1',
    ],
  ])('%s', (_, header, answer) => expect(verify(header)).toBe(answer));

  test('the body counts byte for byte', () => {
    const header = stripeSignature(BODY, { time: NOW });
    expect(verify(header, `${BODY} `)).toBe('mismatch');
    expect(verify(header, JSON.stringify(JSON.parse(BODY), undefined, 1))).toBe('mismatch');
  });

  test('two secrets are valid during a rotation, none after it but the new; without any, nothing is', () => {
    const header = stripeSignature(BODY, { secret: 'whsec_old', time: NOW });
    expect(verify(header, BODY, [SECRET, 'whsec_old'])).toBe('evt_1');
    expect(verify(header, BODY, [SECRET])).toBe('mismatch');
    expect(verify(header, BODY, [])).toBe('no-secret');
    expect(verify(stripeSignature(BODY, { secret: '', time: NOW }), BODY, [''])).toBe('no-secret');
  });

  test.each([
    '[]',
    'null',
    '{"id":1}',
    '{"id":{"a":1},"type":"t","created":1}',
    '{"id":["e"],"type":"t","created":1}',
    '{"id":"e","type":7,"created":1}',
    '{"id":"","type":"t","created":1}',
    'no json',
    '{"id":"e","type":"t","created":-8000000000000}',
    '{"id":"e","type":"t","created":9000000000000}',
    '{"id":"\\ud800","type":"t","created":1}',
    `{"id":"${'x'.repeat(300)}","type":"t","created":1}`,
  ])('a signed body that is no event: %s', (body) =>
    expect(verify(stripeSignature(body, { time: NOW }), body)).toBe('payload'),
  );
});

test('other schemes: GitHub', () => {
  const github = hmacScheme({
    provider: 'github',
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    secrets: () => ['s'],
    event: (payload, headers) => ({
      id: String(headers['x-github-delivery']),
      type: String(headers['x-github-event']),
      created: new Date(String(payload['at'])),
    }),
  });
  const body = Buffer.from('{"at":"2026-01-01T00:00:00Z"}');
  const signature = `sha256=${createHmac('sha256', 's').update(body).digest('hex')}`;
  const headers = { 'x-hub-signature-256': signature, 'x-github-delivery': 'd1', 'x-github-event': 'push' };
  expect(github.verify(headers, body)).toMatchObject({ provider: 'github', id: 'd1', type: 'push' });
  expect(() => github.verify(headers, Buffer.from('{}'))).toThrow('does not match');
  expect(() => github.verify({ ...headers, 'x-hub-signature-256': signature.slice(7) }, body)).toThrow('no signature');
  expect(() => github.verify({ ...headers, 'x-github-delivery': undefined }, Buffer.from(body))).not.toThrow();
});
