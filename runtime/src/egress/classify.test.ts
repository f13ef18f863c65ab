import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOT_AN_ADDRESS, parseIpv4, parseIpv6 } from './address.ts';
import { egressPolicy } from './policy.ts';
import { slowlyAllowed, textualForms } from './testing/slow.ts';

const EVERYTHING = egressPolicy({ allowedCidrs: ['0.0.0.0/0', '::/0'] });
const NODES = egressPolicy({ allowedCidrs: ['10.40.128.0/18'] });
/** Wide, narrow, special and adjacent blocks, so that every edge of the tables is met. */
const MIXED = egressPolicy({
  allowedCidrs: ['0.0.0.0/0', '10.40.128.0/18', '100.64.0.0/10', '169.254.0.0/16', '::/0', 'fd00::/8', '64:ff9b::/96'],
});
const edge = fc.constantFrom(
  '0.0.0.0',
  '0.255.255.255',
  '1.0.0.0',
  '9.255.255.255',
  '10.40.127.255',
  '10.40.128.0',
  '10.40.191.255',
  '10.40.192.0',
  '100.63.255.255',
  '100.64.0.0',
  '100.100.100.199',
  '100.100.100.200',
  '100.127.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '127.0.0.1',
  '127.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.16',
  '169.253.255.255',
  '169.254.169.254',
  '169.254.170.2',
  '169.255.0.0',
  '172.15.255.255',
  '172.16.0.0',
  '172.32.0.0',
  '192.0.0.192',
  '192.0.1.0',
  '192.168.0.1',
  '198.17.255.255',
  '198.18.0.0',
  '198.20.0.0',
  '223.255.255.255',
  '224.0.0.0',
  '239.255.255.255',
  '240.0.0.0',
  '255.255.255.255',
);
const ipv4 = fc.oneof(edge, fc.ipV4());
const ipv6 = fc.oneof(
  fc.ipV6(),
  fc
    .tuple(
      fc.constantFrom(
        '::',
        '::ffff:',
        '::ffff:0:',
        '64:ff9b::',
        '64:ff9b:1::',
        '64:ff9b:2::',
        'fe80::5efe:',
        '2001:4860::5efe:',
        '2001:4860:0:1:200:5efe:',
        '2001::',
        'fd00:ec2::',
        '2400::',
      ),
      ipv4,
    )
    .map(([prefix, address]) => prefix + address),
  fc.tuple(ipv4, fc.constantFrom('::', '::1', ':1::', ':5::7')).map(([address, tail]) => `2002:${hex(address)}${tail}`),
  fc
    .tuple(
      fc.constantFrom(
        'fd00:ec2::254',
        'fd20:ce::254',
        'fd00:c1::a9fe:a9fe',
        'ff02::1',
        '5f00::1',
        '100::1',
        'fec0::1',
        '2001:db8::1',
        '3fff::1',
        '200::1',
        '1fff:ffff::1',
        '4000::1',
        '64:ff9a::1',
        '64:ff9c::1',
        'fe00::1',
        '64:ff9b:1:a9fe:a9:fe00::',
        '64:ff9b:1:7f:0:1::',
        '64:ff9b:1::a9:fea9:fe00:0',
      ),
      fc.constant(''),
    )
    .map(([a]) => a),
);

describe('address classifier', () => {
  test('agrees with a slow one written from the registries, on every policy', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address) => {
        for (const policy of [EVERYTHING, NODES, MIXED])
          expect([address, policy.judge(address) === 'allowed']).toEqual([
            address,
            slowlyAllowed(address, policy.allowedCidrs),
          ]);
      }),
      { numRuns: 5000 },
    );
  });

  test('takes exactly what inet_pton takes', () => {
    const words = new Uint32Array(4);
    const texts = fc.oneof(
      ipv4,
      ipv6,
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABF:.:.%x/ '), maxLength: 46 }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect([text, parseIpv4(text) !== NOT_AN_ADDRESS]).toEqual([text, isIPv4(text)]);
        if (!text.includes('%')) expect([text, parseIpv6(text, words)]).toEqual([text, isIPv6(text)]);
        else expect(EVERYTHING.judge(text)).toBe('garbage');
      }),
      { numRuns: 20_000 },
    );
  });

  test('refuses garbage, which a BlockList would let through', () => {
    for (const text of [
      '999.1.1.1',
      '1.1.1',
      '1.1.1.1.1',
      '01.1.1.1',
      '0x7f.0.0.1',
      '2130706433',
      '',
      ' ',
      '10.40.128.1 ',
      '\n10.40.128.1',
      '10.40.128.1%eth0',
      'fe80::1%1',
      '[::1]',
      ':::',
      '1::2::3',
      '::10.40.128.256',
      'localhost',
      '１0.40.128.1',
    ])
      expect([text, EVERYTHING.judge(text)]).toEqual([text, 'garbage']);
  });

  test.each([
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['169.254.170.23', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::23', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['fd00:c1::a9fe:a9fe', 'metadata'],
    ['fd00:42::42', 'metadata'],
    ['fd00:100::100:200', 'metadata'],
    ['fd00:a9fe:a9fe::1', 'metadata'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['::ffff:a9fe:a9fe', 'metadata'],
    ['::ffff:0:169.254.169.254', 'metadata'],
    ['::169.254.169.254', 'ipv4-compatible'],
    ['2002:a9fe:a9fe::1', 'metadata'],
    ['2002:7f00:1::', 'loopback'],
    ['64:ff9b::169.254.169.254', 'metadata'],
    ['64:ff9b:1::169.254.169.254', 'metadata'],
    ['64:ff9b:1:a9fe:a9:fe00::', 'metadata'],
    ['64:ff9b:1:a9:fe:a9fe::', 'metadata'],
    ['64:ff9b:1:0:a9:fea9:fe00:0', 'metadata'],
    ['64:ff9b:2::8.8.8.8', 'undecodable'],
    ['2001:0:53aa:64c::1', 'teredo'],
    ['2001:4860::5efe:127.0.0.1', 'loopback'],
    ['2001:4860::200:5efe:127.0.0.1', 'loopback'],
  ])('%s is refused as %s though everything is allowed', (address, reason) => {
    expect(egressPolicy({ allowedCidrs: ['0.0.0.0/0', '::/0', '10.0.0.0/8', 'fc00::/7'] }).judge(address)).toBe(reason);
  });

  test('a block of exactly the refused address changes nothing', () => {
    for (const cidr of [
      '169.254.169.254/32',
      '100.100.100.200/32',
      '168.63.129.16/32',
      '127.0.0.1/32',
      'fd00:ec2::254/128',
      '::1/128',
    ])
      expect(egressPolicy({ allowedCidrs: [cidr] }).judge(cidr.split('/')[0] ?? '')).not.toBe('allowed');
  });

  test('wide blocks do not mean private, shared and documentation ranges; blocks inside of them do', () => {
    for (const address of [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '198.18.0.1',
      '203.0.113.7',
      'fd12::1',
      '2001:db8::1',
    ])
      expect(EVERYTHING.judge(address)).not.toBe('allowed');
    expect(egressPolicy({ allowedCidrs: ['100.64.0.0/16'] }).judge('100.64.0.1')).toBe('allowed');
    expect(NODES.judge('10.40.128.0')).toBe('allowed');
    expect(NODES.judge('10.40.191.255')).toBe('allowed');
    expect(NODES.judge('10.40.192.0')).toBe('private');
    expect(NODES.judge('::ffff:10.40.128.5')).toBe('allowed');
    expect(NODES.judge('64:ff9b::10.40.128.5')).toBe('not-allowed');
    expect(EVERYTHING.judge('2606:4700::1111')).toBe('allowed');
    expect(EVERYTHING.judge('64:ff9b::8.8.8.8')).toBe('allowed');
    expect(EVERYTHING.judge('64:ff9b:1::8.8.8.8')).toBe('allowed');
  });

  test('all of IPv6 does not mean what nobody has been given, such as the addresses of overlay networks', () => {
    for (const address of [
      '200:abcd::1',
      '300::1',
      '400::1',
      '::1:0:0:0',
      '100:1::1',
      '1000::1',
      '4000::1',
      'a000::1',
      'fe00::1',
    ])
      expect([address, EVERYTHING.judge(address)]).toEqual([address, 'reserved']);
    expect(egressPolicy({ allowedCidrs: ['200::/7'] }).judge('200:abcd::1')).toBe('allowed');
    expect(egressPolicy({ allowedCidrs: ['8000::/1'] }).judge('fd12::1')).toBe('private');
    expect(EVERYTHING.judge('2000::1')).toBe('allowed');
    expect(EVERYTHING.judge('3ffe::1')).toBe('allowed');
  });

  test('no textual form of a refused address gets past', () => {
    fc.assert(
      fc.property(
        ipv4.filter((address) => !slowlyAllowed(address, NODES.allowedCidrs)),
        (address) => {
          for (const form of textualForms(address)) expect([form, NODES.judge(form)]).not.toEqual([form, 'allowed']);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function hex(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
