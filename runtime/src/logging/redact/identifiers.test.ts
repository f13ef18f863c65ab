/** Identifiers hold every short word sooner or later: whether a line is readable must not depend on which one its request was given. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';
import { S } from './secrets.testkit.ts';

const redactor = createRedactor();

/** Each holds what is the name of a secret elsewhere: "cc", "Pw", "PW", "pwd", "SIG", "jwt", "Cc". */
const IDS = [
  '832622cc',
  'd9d90cc',
  'sha256:49d0be6bae18582e41e5ff84068d6d712db783c487c1bf0b216daac150cdf8cc',
  'Rvy6Hj8u-_iyI7-xb2C5Pw',
  '9YVdR4tHZjPbPW5XUNdH0g',
  '0dPW5NQB2LTf',
  'RHTlE-PWWl02xs4GEssLZa-QCxsZcYWMMxF55hORBGc',
  'ZcyLginZoanGc2SubgaPw',
  'iRe-mkjwTww',
  'owafnBfUz0cc',
  'iIPrJWtE-ZvjzDJwtR3F3lP6hag',
  'EmJPwBdgOT8BSveIO1UNsClCTAd',
  'evt_1SSN05aAwqPwY2ytYDwgRo8m',
  '3MXXKC0TH3PASS1DBWWSSCZD42',
  'SVHM9GDNCRXV8EM3HAASB20PW0',
  'NPTFGQ2CNF2PW',
  '5jlli42hg5pw',
  'jq1j8pr3g3t0duvg97cc',
  'co69lrcjwwk7psfnpun8gq0cc',
  'registry.example/team/api:e46ff16e05c156cbebadeca2111be8158847c6cc',
  'i-0e1a709d6c92b60cc',
  'arn:aws:ec2:eu-west-1:497193915074:instance/i-0a26c2b8bc422c8cc',
  '1.2.3-507197cc',
  'api-7d9f8b6c5x-b4pwd',
  'node-agent-x2pw5',
  'node-agent-xk2cc',
  '00:d0:cc:51:af:cc',
  'fe80::d9:2:cc',
  '982e:1eda:28cc:4f99:e42f:c95:3029:90cc',
];

test.each(IDS)('%s is the name of no secret', (id) => {
  const event = { id, name: id, value: 'read', old: 'a', new: 'b', [id]: 'kept' };
  expect(redactor.value(event)).toEqual(event);
  expect(redactor.value([id, 'kept'])).toEqual([id, 'kept']);
  const texts = [
    `${id}: connection refused`,
    `${id}=12`,
    `id=${id} status=200`,
    `${id} -> ready`,
    `GET /v1/${id}?page=2`,
  ];
  for (const line of [...texts, JSON.stringify(event), `POD  READY\n${id}  1/1`])
    expect(redactor.text(line)).toBe(line);
});

test.each([
  '5JAh+Ruy24gp68mZ3NrhpJKv/Cc=',
  'sha512-4WZFiHBRa8mxfCVY7k3nXsZsOLdhHPss1e926ilxJAA79zELpxV6xuiyLHQZbRVqTLWCJtRDE3hx96B7mjw/Pw==',
])('the padding of %s is no equals sign', (digest) => {
  for (const line of [`object ${digest} took 12 ms`, `{"id":"${digest}","value":"read"}`])
    expect(redactor.text(line)).toBe(line);
});

test.each([
  'token-exchange-7d9c',
  'token-exchange-58d9f6c7b4-x2k9p',
  'sealed-secrets-controller-0',
  'password-reset-worker',
  'secret-rotator-28910400-x7k2p',
])('%s is a workload', (pod) => {
  const event = { name: pod, value: 'ready', [pod]: 3 };
  expect(redactor.value(event)).toEqual(event);
  expect(redactor.text(`${pod}: connection refused`)).toBe(`${pod}: connection refused`);
});

test.each([
  'DB_ROOT_PW pgDbUserPw smtp-relay-pwd srv01pwd AWS_S3_BUCKET_PW ftpPass2 MY_DB_PW_1 oauth2ProxyPass card_pan user_pin x509Pw myDbPw2024',
  'myJwt jwt_v2 idjwt MY_JWT token-exchange-secret api-token secret-manager-token token_service_key stripeV2WebhookSecretKey csrf2 cardCvv2 tls_key',
])('words are words: %s', (names) => {
  for (const name of names.split(' ')) {
    expect(JSON.stringify(redactor.value({ [name]: S })), name).not.toContain(S);
    expect(redactor.text(`${name}=${S}`), name).not.toContain(S);
  }
});

test('numbers of identifiers, times and counters are no cards', () => {
  const plain = ['1760000000000000008', '412345678901234564', '61234567890123458', '4012888888881881.5'];
  for (const number of plain) expect(redactor.text(`message ${number} is gone`)).toBe(`message ${number} is gone`);
  const counted = { bytes_total: 4_539_578_763_621_486, uptime_ms: 4_111_111_111_111_111 };
  expect(redactor.value(counted)).toEqual(counted);
  for (const card of [
    '4111 1111 1111 1111',
    '5555555555554444',
    '378282246310005',
    '30569309025904',
    '6011111111111117',
    '3530111333300000',
    '6212345678901232',
    '6759649826438453',
  ])
    expect(redactor.text(`paid with ${card}.`)).toBe('paid with [redacted].');
});

test('what a metric is named after stays, and so does that there is a secret', () => {
  for (const sample of [
    { name: 'auth_token_ttl', value: 300 },
    { name: 'token_requests_total', value: 12 },
    { name: 'has_token', value: true },
    { field: 'token', old: null, new: false },
  ])
    expect(redactor.value(sample)).toEqual(sample);
  expect(redactor.value({ name: 'pin', value: 1234 })).toEqual({ name: 'pin', value: '[redacted]' });
  expect(redactor.text('cookies: 3, secrets: 4 loaded')).toBe('cookies: 3, secrets: 4 loaded');
});
