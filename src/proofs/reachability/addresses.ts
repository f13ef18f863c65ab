import { parseCidr } from '../../model/cidr.ts';
import { covers, overlap, subtract, union, unionAll, type Intervals } from './intervals.ts';

/** A set of addresses of both families in one line of numbers: IPv4 as it is, IPv6 moved up by 2^32. */
export type Addresses = Intervals<bigint>;

const V6 = 1n << 32n;
const END = V6 + (1n << 128n);

export const ALL_V4: Addresses = [0n, V6];
export const ALL_V6: Addresses = [V6, END];
export const NO_ADDRESSES: Addresses = [];

/** The addresses of a block such as `10.0.0.0/8`; undefined for what is none. Host bits set beyond the prefix are cut, as CNIs do. */
export function blockOf(text: string): Addresses | undefined {
  const block = parseCidr(text) ?? parseCidr(withoutHostBits(text) ?? '');
  if (block === undefined) return undefined;
  const base = block.family === 4 ? 0n : V6;
  return [base + block.first, base + block.last + 1n];
}

/** `10.0.0.7/8` as a block of one address and its prefix length, cut to the block; the API server takes both. */
function withoutHostBits(text: string): string | undefined {
  const [address = '', prefix] = text.split('/');
  const single = parseCidr(address);
  if (single === undefined || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  const width = single.family === 4 ? 32 : 128;
  if (Number(prefix) > width) return undefined;
  const size = 1n << BigInt(width - Number(prefix));
  return `${addressText(single.first - (single.first % size) + (single.family === 4 ? 0n : V6))}/${prefix}`;
}

/** A block without its exceptions. */
export function blockExcept(block: Addresses, except: readonly Addresses[]): Addresses {
  return subtract(block, unionAll(except));
}

export function joined(blocks: readonly Addresses[]): Addresses {
  return unionAll(blocks);
}

/** Addresses that no pod and no other node has: this host, link-local, multicast (RFC 6890, RFC 4291 §2.4). */
export const NEVER_A_PEER: Addresses = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
]
  .map((text) => blockOf(text) ?? NO_ADDRESSES)
  .reduce((all, block) => union(all, block), NO_ADDRESSES);

/** How a set of addresses stands to where a peer's address lies: surely in it (2), perhaps (1), surely not (0). */
export function contains(set: Addresses, where: Addresses): 0 | 1 | 2 {
  if (!overlap(set, where)) return 0;
  return covers(set, where) ? 2 : 1;
}

/** `10.0.0.0-10.0.0.255`, one for each unbroken range; families apart. */
export function rangesText(set: Addresses): string[] {
  return splitFamilies(set).map(([from, to]) => `${addressText(from)}-${addressText(to - 1n)}`);
}

/** Unbroken ranges of one family each, half-open. */
export function splitFamilies(set: Addresses): [bigint, bigint][] {
  const ranges: [bigint, bigint][] = [];
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i] ?? 0n;
    const to = set[i + 1] ?? 0n;
    if (from < V6 && to > V6) ranges.push([from, V6], [V6, to]);
    else ranges.push([from, to]);
  }
  return ranges;
}

function addressText(value: bigint): string {
  if (value < V6) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => Number(((value - V6) >> BigInt(112 - 16 * index)) & 0xffffn));
  return compress(groups);
}

/** The text form of RFC 5952: the longest run of zero groups, of two or more, as `::`. */
function compress(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.start === -1) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
