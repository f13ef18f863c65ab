/** Commands of routers, switches and firewalls, links that let in, and small numbers under names of secrets. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text, value } = createRedactor();
const R = '[redacted]';
/** Put together here, so that no scanner takes this file for a leak. */
const TYPE_7 = ['1219', '47435A5F'].join('');
const HASH = ['kH3xw9', 'Lm2PqRs4', 'TuVwX1yZ'].join('');
const RANDOM = ['Qw7eR2tY9u', 'I4oP6aS1dF8g'].join('');
const PLAIN = 'n0rth-Star9';

test.each([
  `enable secret ${PLAIN}`,
  `enable algorithm-type scrypt secret ${PLAIN}`,
  `enable secret 4 ${HASH}`,
  `enable password 7 ${TYPE_7}`,
  `logged command:username ops privilege 15 password 0 ${PLAIN}`,
  `username ops secret 8 ${HASH}`,
  ` neighbor 192.0.2.1 password 7 ${TYPE_7}`,
  `line vty 0 4\n password 7 ${TYPE_7}\n login`,
  `radius-server host 192.0.2.2 auth-port 1812 key 7 ${TYPE_7}`,
  `tacacs-server key ${PLAIN}`,
  `snmp-server community ${PLAIN} RO`,
  `snmp-server community ${PLAIN}`,
  `snmp-server host 192.0.2.3 version 2c ${PLAIN}`,
  `snmp-server user ops staff v3 auth sha ${PLAIN} priv aes 128 ${PLAIN}`,
  `set snmp community ${PLAIN} authorization read-only`,
  `rocommunity ${PLAIN} 192.0.2.0/24`,
  `com2sec readonly default ${PLAIN}`,
  `crypto isakmp key ${PLAIN} address 192.0.2.4`,
  ` pre-shared-key local ${PLAIN}`,
  `pre-shared-key ascii-text "$9$${PLAIN}"`,
  `authentication-key "$9$${PLAIN}";`,
  ` ip ospf message-digest-key 1 md5 ${PLAIN}`,
  `ntp authentication-key 1 md5 ${PLAIN}`,
  ` key-string ${PLAIN}`,
  ` wpa-psk ascii 0 ${PLAIN}`,
  `set psksecret ENC ${RANDOM}==`,
])('the secret goes: %s', (line) => {
  const clean = text(line);
  for (const secret of [PLAIN, TYPE_7, HASH, RANDOM]) expect(clean).not.toContain(secret);
  expect(clean).toContain(R);
  expect(text(clean)).toBe(clean);
});

test('the words around it stay', () => {
  expect(text(`snmp-server community ${PLAIN} RO 10`)).toBe(`snmp-server community ${R} RO 10`);
  expect(text(`crypto isakmp key 6 ${PLAIN} address 192.0.2.4`)).toBe(`crypto isakmp key 6 ${R} address 192.0.2.4`);
  expect(text(`enable password 7 ${TYPE_7}`)).toBe(`enable password 7 ${R}`);
});

test('secrets in links and behind "token" go where they look drawn at random', () => {
  for (const path of ['reset', 'password/reset', 'reset-password', 'verify-email', 'invite', 'magic-link'])
    expect(text(`GET /${path}/${RANDOM} 404`)).toBe(`GET /${path}/${R} 404`);
  expect(text(`https://shop.example/reset/${RANDOM}?lang=de`)).toBe(`https://shop.example/reset/${R}?lang=de`);
  expect(text(`token ${RANDOM} has expired`)).toBe(`token ${R} has expired`);
  expect(text(`unknown api key "${RANDOM}"`)).toBe(`unknown api key "${R}"`);
});

test('small numbers under names that have others as well stay, a PIN goes', () => {
  expect(text('pin=2 seed=42 sid: 7')).toBe('pin=2 seed=42 sid: 7');
  expect(value({ pin: 17, seed: 42, sid: 7 })).toEqual({ pin: 17, seed: 42, sid: 7 });
  expect(text('pin=4821 cvv=123')).toBe(`pin=${R} cvv=${R}`);
  expect(value({ pin: 4821, otp: 123 })).toEqual({ pin: R, otp: R });
});

test('sentences, identifiers and names stay', () => {
  for (const line of [
    'enable secret scanning for all repositories',
    'enable secret v2-rotation in vault',
    'username jane changed the password today',
    'no enable secret configured',
    'snmp-server community strings are missing',
    'the community is growing',
    'radius-server key missing',
    'radius-server unreachable, key rotated-2026',
    'key 7 of 12 done, key 5 orders-2026-11-30 read, key 4 user:12345:session-cache hit',
    'password 7 characters',
    'neighbor 192.0.2.1 up',
    'GET /reset/done /invite/accept /confirm/orders/2026 /recovery/backup-2026-11-30T07-00-00Z-full',
    '/verify/4bf92f35-77b3-4da6-a3ce-929d0e0e4736 /invite/team-platform-eng-2026-q4',
    'token bucket has expired, unexpected token function_call_expression_statement',
    'token eu-west-1a-prod-2b-cluster-3c expired',
  ])
    expect(text(line)).toBe(line);
});
