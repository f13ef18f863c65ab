/**
 * For tests: the same question answered another way. Addresses are strings of bits, blocks are prefixes of them, the
 * registries are typed in a second time, and nothing is shared with what it is held against.
 */
const NEVER_4 = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '224.0.0.0/3',
  '100.100.100.200/32',
  '168.63.129.16/32',
];
const NEVER_6 = [
  '::/96',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  '5f00::/16',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'fd00:c1::/32',
  'fd00:42::42/128',
  'fd00:100::100:200/128',
  'fd00:a9fe:a9fe::1/128',
];
const NAMED = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  'fc00::/7',
  '2001:db8::/32',
  '3fff::/20',
];

export function slowlyAllowed(address: string, cidrs: readonly string[]): boolean {
  const bits = bitsOf(address);
  return bits !== undefined && allowedBits(bits, cidrs);
}

function allowedBits(bits: string, cidrs: readonly string[]): boolean {
  if (bits.length === 128 && bits.startsWith(prefixOf('::ffff:0:0/96'))) return allowedBits(bits.slice(96), cidrs);
  const never = bits.length === 32 ? NEVER_4 : NEVER_6;
  if (never.some((cidr) => bits.startsWith(prefixOf(cidr)))) return false;
  const covering = cidrs.filter((cidr) => family(cidr) === bits.length && bits.startsWith(prefixOf(cidr)));
  const special = NAMED.filter((cidr) => family(cidr) === bits.length && bits.startsWith(prefixOf(cidr)));
  if (!covering.some((cidr) => special.every((range) => prefixOf(cidr).startsWith(prefixOf(range))))) return false;
  if (bits.length === 128 && isUnassigned(bits) && !covering.some((cidr) => isUnassigned(prefixOf(cidr)))) return false;
  return bits.length === 32 || carriedBy(bits).every((inner) => allowedBits(inner, cidrs));
}

/** Of IPv6, all that begins with other bits than 001 and carries no IPv4; a short prefix that has such addresses and others is none. */
function isUnassigned(prefix: string): boolean {
  const carriers = ['64:ff9b::/32', '::ffff:0:0:0/96'].map(prefixOf);
  if (carriers.some((carrier) => carrier.startsWith(prefix) || prefix.startsWith(carrier))) return false;
  return prefix.startsWith('1') || prefix.startsWith('01') || prefix.startsWith('000');
}

function carriedBy(bits: string): string[] {
  const within = (cidr: string) => bits.startsWith(prefixOf(cidr));
  if (within('::ffff:0:0:0/96') || within('64:ff9b::/96')) return [bits.slice(96)];
  if (within('2002::/16')) return [bits.slice(16, 48)];
  if (within('64:ff9b:1::/48')) {
    const readings = [
      bits.slice(48, 64) + bits.slice(72, 88),
      bits.slice(56, 64) + bits.slice(72, 96),
      bits.slice(72, 104),
    ];
    return [...readings.filter((reading) => !reading.startsWith('00000000')), bits.slice(96)];
  }
  if (within('64:ff9b::/32')) return ['0'.repeat(32)];
  const host = bits.slice(64, 96);
  const isatap = ['00000000', '00000010'].some((first) => host === `${first}000000000101111011111110`);
  return isatap ? [bits.slice(96)] : [];
}

const known = new Map<string, string>();

function prefixOf(cidr: string): string {
  const before = known.get(cidr);
  if (before !== undefined) return before;
  const [address = '', length = ''] = cidr.split('/');
  const prefix = (bitsOf(address) ?? '').slice(0, Number(length));
  known.set(cidr, prefix);
  return prefix;
}

function family(cidr: string): number {
  return cidr.includes(':') ? 128 : 32;
}

/** By way of `URL`, which prints IPv6 in one form. */
function bitsOf(address: string): string | undefined {
  const octet = (text: string) => Number(text).toString(2).padStart(8, '0');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address.split('.').map(octet).join('');
  const url = URL.parse(`http://[${address}]/`);
  if (url === null) return undefined;
  const [head = '', tail] = url.hostname.slice(1, -1).split('::');
  const hextets = (side: string) =>
    side === '' ? [] : side.split(':').map((hex) => Number.parseInt(hex, 16).toString(2).padStart(16, '0'));
  const zeros = tail === undefined ? 0 : 8 - hextets(head).length - hextets(tail).length;
  return [...hextets(head), ...Array.from({ length: zeros }, () => '0'.repeat(16)), ...hextets(tail ?? '')].join('');
}

/** Ways in which programs have written one IPv4 address, most of which only some parsers understand. */
export function textualForms(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = number.toString(16).padStart(8, '0');
  const pair = `${hex.slice(0, 4)}:${hex.slice(4)}`;
  const parts = [a, b, c, d];
  const wide = (text: string) =>
    text.replace(/[0-9.]/g, (char) => (char === '.' ? '。' : String.fromCodePoint(char.charCodeAt(0) + 0xfee0)));
  return [
    address,
    `${address}.`,
    `${number}`,
    `0x${hex}`,
    `0X${hex.toUpperCase()}`,
    `0${number.toString(8)}`,
    `00${number.toString(8)}`,
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    parts.map((part) => `0x${part.toString(16)}`).join('.'),
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `0x${a.toString(16)}.0${b.toString(8)}.${c}.${d}`,
    `${a + 256}.${b}.${c}.${d}`,
    `${number + 2 ** 32}`,
    wide(address),
    wide(String(number)),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '%2e'),
    [...address].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
    `[::ffff:${address}]`,
    `[::ffff:${pair}]`,
    `[0:0:0:0:0:ffff:${pair}]`,
    `[0000:0000:0000:0000:0000:FFFF:${pair.toUpperCase()}]`,
    `[::ffff:0:${address}]`,
    `[::${address}]`,
    `[::${pair}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${address}]`,
    `[2002:${pair}::]`,
    `[2002:${pair}::1]`,
    `[2001:0:${pair}::]`,
    `[fe80::5efe:${address}]`,
    `[::ffff:${address}%25eth0]`,
  ];
}
