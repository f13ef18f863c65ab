import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, overlaps, parseAddress, parseCidr } from './cidr.ts';

describe('parseCidr', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '192.168.1.7', 'fd00::/8', '::/0', '::ffff:10.0.0.0/104', '2001:db8::1'])(
    'reads %s',
    (text) => {
      expect(parseCidr(text)).toBeDefined();
    },
  );

  it.each([
    '',
    '10.0.0.1/8',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '999.1.1.1',
    'fd00::1/8',
    ':::',
    '1::2::3',
    'example.com',
    '10.0.0.0/-1',
  ])('refuses %s', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('accepts exactly the addresses that the platform accepts', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        expect(parseAddress(text)?.family ?? 0).toBe(text.includes('%') ? 0 : isIP(text));
      }),
    );
  });

  it('agrees with the platform on membership', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), (network, prefix, address) => {
        const size = 2n ** BigInt(32 - prefix);
        const value = ((parseAddress(network)?.value ?? 0n) / size) * size;
        const base = [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
        const block = parseCidr(`${base}/${prefix}`);
        const one = parseCidr(address);
        if (block === undefined || one === undefined) throw new Error('must parse');
        const list = new BlockList();
        list.addSubnet(base, prefix, 'ipv4');
        expect(isWithin(one, [block])).toBe(list.check(address));
        expect(overlaps(one, block)).toBe(list.check(address));
      }),
    );
  });
});
