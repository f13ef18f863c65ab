/** Fragments of notations, and what only looks like them. */
import { expect, test } from 'vitest';
import { FRAGMENTS } from './fragments.testkit.ts';
import { createRedactor } from './index.ts';
import { S } from './secrets.testkit.ts';

const { text, value } = createRedactor();
const R = '[redacted]';
/** Put together here, so that no scanner takes this file for a leak. */
const SHORT = ['Cu09', 'CqJz', 'n1E0'].join('');
const RANDOM = ['vCaVxahri', 'ByUKbbQ64GR'].join('');

for (const [kind, lines] of Object.entries(FRAGMENTS))
  test(`${kind} are redacted`, () => {
    for (const line of lines) {
      const clean = text(line);
      expect(clean, line).not.toContain(S);
      expect(text(clean), `twice: ${line}`).not.toContain(S);
    }
  });

test('digits behind the name of a password are one, what counts something is none', () => {
  expect(text('one-time password 4777777777 expired')).toBe(`one-time password ${R} expired`);
  expect(text('setenv DB_PASSWORD 4777777777')).toBe(`setenv DB_PASSWORD ${R}`);
  expect(text('set -gx API_TOKEN 4777777777')).toBe(`set -gx API_TOKEN ${R}`);
  for (const line of ['ENV MAX_TOKENS 100000', 'password 12 of 14 characters', 'ENV NODE_VERSION 240000'])
    expect(text(line)).toBe(line);
});

test('numbers in groups go whole behind a name', () => {
  expect(text('pan=4012 8888 8888 1881')).toBe(`pan=${R}`);
  expect(text('iban=GB29 NWBK 6016 1331 9268 19')).toBe(`iban=${R}`);
});

test('tokens in sentences and in parameters of links go also when they are short or have few digits', () => {
  expect(text(`token ${SHORT} expired`)).toBe(`token ${R} expired`);
  expect(text(`api key ${RANDOM} is invalid`)).toBe(`api key ${R} is invalid`);
  expect(text(`token [${RANDOM}] not found, secret ${RANDOM} leaked`)).toBe(
    `token [${R}] not found, secret ${R} leaked`,
  );
  const drawn = `${SHORT}${SHORT}`;
  expect(text('password generated: hunter2, token issued: a8f5f167f44f4964')).toBe(
    `password generated: ${R}, token issued: ${R}`,
  );
  expect(text(`GET /reset_password?lang=de&t=${drawn} 200`)).toBe(`GET /reset_password?lang=de&t=${R} 200`);
});

test('what validators, parameter stores and mappers of objects print of a secret is redacted', () => {
  for (const record of [
    { path: ['user', 'password'], received: S, code: 'too_small' },
    { path: 'password', value: S },
    { instancePath: '/user/password', data: S },
    { property: 'password', value: S },
    { Name: '/app/x', Type: 'SecureString', Value: S },
    { sensitive: true, type: 'string', value: S },
    { query: 'UPDATE "User" SET "password" = $1', params: `["${S}"]` },
  ])
    expect(JSON.stringify(value(record)), JSON.stringify(record)).not.toContain(S);
  for (const record of [
    { path: '/oauth/token', data: 'a' },
    { path: ['user', 'name'], received: 'a' },
    { name: 'config', data: 'a', input: 'b', params: 'c', scheme: 'basic' },
    { name: 'token', data: 'a', input: 'b', received: 'c' },
    { query: 'SELECT 1 FROM orders', params: '[1]' },
    { sensitive: false, value: 'a' },
  ])
    expect(value(record)).toEqual(record);
});

test('what stands around the rest of a key stays, and so does a mention of its end', () => {
  const line = 'Ab3/'.repeat(16);
  expect(text(`read on:\n${line}\n${line}\nAb3=\n-----END PRIVATE KEY-----\nno more`)).toBe(`read on:\n${R}\nno more`);
  expect(text(`{"key":"${line}\\n-----END PRIVATE KEY-----"}`)).toBe(`{"key":"${R}"}`);
  expect(text('there is no -----END PRIVATE KEY----- in it')).toBe('there is no -----END PRIVATE KEY----- in it');
});

test('ports and ids of users in arguments of commands stay, passwords of digits go', () => {
  for (const list of [
    ['redis-cli', '-h', 'cache', '-p', '6379'],
    ['ldapsearch', '-p', '389'],
    ['docker', 'run', '-u', '1000:1000'],
  ])
    expect(value(list)).toEqual(list);
  expect(value(['mysql', '-p12345'])).toEqual(['mysql', R]);
  expect(value(['curl', '-u', 'jane:12345'])).toEqual(['curl', '-u', R]);
  expect(text('sshpass -p 12345 ssh h')).toBe(`sshpass -p ${R} ssh h`);
});

test('what only looks like one stays readable', () => {
  for (const line of [
    'AUTH failed: WRONGPASS invalid username-password pair',
    '250-AUTH LOGIN PLAIN XOAUTH2',
    'ERR AUTH <password> called without any password configured',
    'digest mismatch: expected sha256:aa, negotiate failed with NTLM',
    'existingSecret: db-creds, auth: disabled, password_reset=enabled, cookie_samesite: lax, sig_alg=ES256',
    'ssh_key_path=/home/jane/.ssh/id privateKeyFile: /etc/tls/tls.key',
    'GOOGLE_APPLICATION_CREDENTIALS=/var/run/sa.json credentials file: /root/.aws/credentials2',
    'password=$DB_PASSWORD apiKey: process.env.API_KEY',
    'const token = await getToken();',
    'password: string;',
    'docker run -p 8080:80 --user 1000:1000 nginx',
    'redis-cli -h cache -p 6379 ping',
    'ssh://git@github.com/acme/shop.git',
    '&lt;status&gt;ok&lt;/status&gt; 5 &lt; 7 it&#39;s',
    '{"type":"token","value":"if"} {"path":"/v1/token","value":"a"}',
    'variable "region" { default = "eu-west-1" }',
    '~ image = "api:1" -> "api:2"',
    "Duplicate entry '42' for key 'orders.PRIMARY'",
    '<key>CFBundleName</key><string>App</string>',
    `throw new JWTInvalid("Claims must be an object", { cause })`,
    'standby 1 authentication failed, standby 1 priority 110',
    'GET /unsubscribe?list=weekly-newsletter /verify?step=2 200',
    'the_slow_path=1 is_if_ready=2 isIfRequested: 3',
    'unknown token IDENTIFIER, token eu-west-1a-prod-2b',
  ])
    expect(text(line)).toBe(line);
});
