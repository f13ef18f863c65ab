/** Commands of routers, switches and firewalls. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text } = createRedactor();
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
  ])
    expect(text(line)).toBe(line);
});
