/**
 * Secrets in configurations of routers, switches and firewalls, which have them as words of a command: `enable secret 5 x`, `snmp-server
 * community x RO`, `set psksecret ENC x`. Whole configurations come into logs by tools that push them, single commands by the devices' own.
 */
import { ABOUT } from './sentences.ts';
import { REDACTED } from './shapes.ts';

const DEVICE =
  /community|com2sec|snmp-server|username\s|enable\s|(?:tacacs|radius)-server|-key\s|\skey\s|key-string|wpa-psk|psksecret|\sauthentication\s|-password|password\s{1,4}(?:level|simple|cipher)|\sENC\s|(?:secret|pass(?:word|wd)|key|md5)\s{1,4}\d\s/i;
const VALUE = '["\']?)([^\\s"\';]{4,512})';
/** A digit says how the value behind it is written. */
const TYPED = new RegExp(
  `(?<![a-z0-9])((?:secret|password|passwd|key|key-string|md5|community)\\s{1,4}(?:level\\s\\d{1,2}\\s{1,4})?([0-9])\\s{1,4}${VALUE}`,
  'gi',
);
/** These words are a sentence's as well: their secret has something that no word has, and is the last of the line. */
const LOGIN = new RegExp(
  [
    '(?<![\\w-])((?:',
    [
      'enable\\s{1,4}(?:algorithm-type\\s\\S{1,16}\\s)?(?:secret|password)(?:\\slevel\\s\\d{1,2})?',
      'username\\s{1,4}\\S{1,64}\\s[^\\r\\n,]{0,80}?(?:secret|password)',
      '(?:tacacs|radius)-server\\s[^\\r\\n,]{0,120}?key',
    ].join('|'),
    `)\\s{1,4}${VALUE}(?=["']?\\s{0,8}(?:$|[\\r\\n;]))`,
  ].join(''),
  'gi',
);
/** And these stand in configurations alone. */
const COMMAND = new RegExp(
  [
    '(?<![\\w-])((?:',
    [
      'crypto\\s{1,4}isakmp\\s{1,4}key(?:\\s[06])?',
      'key-string',
      '(?:pre-shared|authentication)-key(?:\\s{1,4}(?:local|remote|ascii-text|hexadecimal|\\d{1,5}\\s{1,4}(?:md5|sha\\S{0,8})))?',
      'message-digest-key\\s{1,4}\\d{1,5}\\s{1,4}md5',
      'wpa-psk\\s{1,4}(?:ascii|hex)(?:\\s\\d)?',
      'set\\s{1,4}[\\w-]{0,32}(?:pass|secret|key|psk)[\\w-]{0,32}\\s{1,4}ENC',
    ].join('|'),
    `)\\s{1,4}${VALUE}`,
  ].join(''),
  'gi',
);
/** Of HSRP, VRRP and GLBP, to the end of the line; of Juniper, H3C and Huawei the same. */
const GROUP = new RegExp(
  [
    '(?<![\\w-])((?:',
    [
      '(?:standby|vrrp|glbp)\\s{1,4}\\d{1,4}\\s{1,4}authentication(?:\\s{1,4}(?:text|md5\\s{1,4}key-string(?:\\s[07])?))?',
      '(?:plain-text|encrypted)-password(?:-value)?',
      'password(?:\\s{1,4}level\\s\\d)?\\s{1,4}(?:simple|cipher|irreversible-cipher)',
      'set\\s{1,4}(?:psksecret|passwd)',
      'server-private\\s{1,4}\\S{1,64}\\s{1,4}key(?:\\s[07])?',
      'super\\s{1,4}password(?:\\s{1,4}level\\s\\d)?(?:\\s{1,4}(?:simple|cipher))?',
    ].join('|'),
    `)\\s{1,4}${VALUE}(?=["']?\\s{0,8}(?:$|[\\r\\n;]))`,
  ].join(''),
  'gi',
);
/** Communities of SNMP are words more often than not: what stands before and behind them tells. */
const COMMUNITY = new RegExp(
  [
    '(?<![\\w-])((?:(?:snmp-server|snmp)\\s{1,4}community|r[ow]community6?|com2sec6?\\s{1,4}\\S{1,64}\\s{1,4}\\S{1,64})',
    '\\s{1,4}(?:[07]\\s{1,4})?["\']?)([^\\s"\'`;{]{1,256})',
    '(?=["\']?\\s{0,8}(?:$|[\\r\\n;{]|(?:ro|rw|view|ipv6|group|use-acl|authorization|default)\\b|\\d))',
  ].join(''),
  'gi',
);
const TRAP =
  /(\bsnmp-server\s{1,4}host\s{1,4}\S{1,64}\s{1,4}(?:(?:traps|informs)\s{1,4}(?:version\s{1,4}(?:1|2c)\s{1,4})?|version\s{1,4}(?:1|2c)\s{1,4}))(?!version\s)([^\s"']{1,256})/gi;
const USER =
  /(\bsnmp-server\s{1,4}user\s[^\r\n]{1,160}?\sauth\s{1,4}(?:md5|sha\S{0,8})\s{1,4})\S{1,256}(?:(\s{1,4}priv\s{1,4}(?:3?des|aes)(?:[\s-]\d{3})?\s{1,4})\S{1,256})?/gi;
const NO_COMMUNITY = /^(?:strings?|names?|access|map|unmapped|config(?:uration)?)[.:!?,]?$/i;
/** Cisco's type 7: an offset in decimal, then octets. */
const TYPE_7 = /^(?:0\d|1[0-5])(?:[\da-f]{2}){2,}$/i;
/** Hashes, of types 4, 5, 8 and 9, and what is encrypted as type 6. */
const HASH = /^[\w./$+=^[\]`]{13,512}$/;

export function redactDevices(text: string): string {
  if (!DEVICE.test(text)) return text;
  const told = (all: string, head: string, value: string): string =>
    ABOUT.test(value) || NO_COMMUNITY.test(value) ? all : `${head}${REDACTED}`;
  const toldBeside = (all: string, head: string, value: string): string =>
    isNoWord(value) ? told(all, head, value) : all;
  return text
    .replace(TYPED, (all, head: string, type: string, value: string) =>
      isOfType(type, value) ? `${head}${REDACTED}` : all,
    )
    .replace(LOGIN, toldBeside)
    .replace(COMMAND, toldBeside)
    .replace(GROUP, told)
    .replace(COMMUNITY, told)
    .replace(TRAP, told)
    .replace(USER, (_, head: string, privacy: string | undefined) =>
      privacy === undefined ? `${head}${REDACTED}` : `${head}${REDACTED}${privacy}${REDACTED}`,
    );
}

function isOfType(type: string, value: string): boolean {
  if (type === '7') return TYPE_7.test(value);
  return isNoWord(value) && (type === '0' || HASH.test(value));
}

/** Letters and digits, or letters and marks that stand in no word. */
function isNoWord(value: string): boolean {
  return /[a-z]/i.test(value) && /[\d$!#%^&*+=?@~]/.test(value.slice(0, -1));
}
