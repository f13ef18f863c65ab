import { parseAddress, type AddressBlock } from '../../../../model/cidr.ts';
import { numberOf } from '../operators.ts';
import { invalid, textOf, type Value } from '../value.ts';
import type { Functions } from './types.ts';

/** https://developer.hashicorp.com/terraform/language/functions/cidrsubnet and its neighbours. Host bits are dropped, as there. */
export const network: Functions = {
  cidrhost: ([prefix = '', host = 0]) =>
    withBlock(prefix, ({ family, first, last }) => hostIn(family, first, last, host)),
  cidrnetmask: ([prefix = '']) =>
    withBlock(prefix, ({ family, first, last }) =>
      family === 4 ? write(4, (1n << 32n) - 1n - (last - first)) : invalid('cidrnetmask takes IPv4 only'),
    ),
  cidrsubnet: ([prefix = '', bits = 0, number = 0]) =>
    withBlock(prefix, (block) => subnet(block, numberOf(bits) ?? 0, BigInt(Math.trunc(numberOf(number) ?? 0)))),
  cidrsubnets: ([prefix = '', ...bits]) =>
    withBlock(prefix, (block) =>
      subnets(
        block,
        bits.map((one) => numberOf(one) ?? 0),
      ),
    ),
};

function withBlock(prefix: Value, then: (block: AddressBlock) => Value): Value {
  const [address = '', length = ''] = (textOf(prefix) ?? '').split('/');
  const parsed = parseAddress(address);
  const width = parsed?.family === 6 ? 128 : 32;
  if (parsed === undefined || !/^\d{1,3}$/.test(length) || Number(length) > width)
    return invalid('it is no address block');
  const size = 1n << BigInt(width - Number(length));
  const first = (parsed.value / size) * size;
  return then({ family: parsed.family, first, last: first + size - 1n });
}

function hostIn(family: 4 | 6, first: bigint, last: bigint, host: Value): Value {
  const number = BigInt(Math.trunc(numberOf(host) ?? 0));
  const address = number < 0n ? last + 1n + number : first + number;
  return address < first || address > last ? invalid('the block holds no such host') : write(family, address);
}

function subnet(block: AddressBlock, bits: number, number: bigint): Value {
  const size = (block.last - block.first + 1n) >> BigInt(Math.max(0, bits));
  if (bits < 0 || size === 0n || number < 0n || number >= 1n << BigInt(bits))
    return invalid('the block holds no such subnet');
  return `${write(block.family, block.first + number * size)}/${prefixOf(block.family, size)}`;
}

/** One subnet after the other, each aligned to its own size. */
function subnets(block: AddressBlock, bits: readonly number[]): Value {
  let at = block.first;
  const made: string[] = [];
  for (const one of bits) {
    const size = (block.last - block.first + 1n) >> BigInt(Math.max(0, one));
    if (one < 1 || size === 0n) return invalid('the block holds no such subnet');
    at = ((at - block.first + size - 1n) / size) * size + block.first;
    if (at + size - 1n > block.last) return invalid('the block has no room for the subnets');
    made.push(`${write(block.family, at)}/${prefixOf(block.family, size)}`);
    at += size;
  }
  return made;
}

function prefixOf(family: 4 | 6, size: bigint): number {
  return (family === 4 ? 32 : 128) - (size.toString(2).length - 1);
}

function write(family: 4 | 6, address: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - index * 16)) & 65_535n).toString(16),
  );
  const zeros = [...groups.join(':').matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)].toSorted(
    (a, b) => b[1]!.length - a[1]!.length,
  )[0];
  if (zeros === undefined) return groups.join(':');
  const text = groups.join(':');
  const start = zeros.index + (zeros[0].startsWith(':') ? 1 : 0);
  const end = start + (zeros[1]?.length ?? 0);
  return `${text.slice(0, Math.max(0, start - 1))}::${text.slice(end + 1)}`;
}
