/** CIDR blocks, strictly: a prefix length, no host bits, IPv4 written as IPv4. */
import { NOT_AN_ADDRESS, parseIpv4, parseIpv6 } from './address.ts';

/** Both ends belong to it. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

export interface Block extends Interval {
  readonly family: 4 | 6;
  readonly text: string;
}

/** The block, or what is wrong with the text and how to mend it. */
export function parseCidr(text: string): Block | string {
  const [address = '', length = '', ...rest] = text.split('/');
  if (length === '' || rest.length > 0)
    return 'needs one prefix length, as in 10.40.128.0/18 (one address: /32 or /128)';
  const parsed = parseAddress(address);
  if (parsed === undefined) return 'is not an IPv4 or IPv6 block in plain notation, as in 10.40.128.0/18 or fd12::/48';
  const bits = parsed.family === 4 ? 32 : 128;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits)
    return `has a prefix length outside of 0 to ${bits}`;
  if (parsed.family === 6 && parsed.value >> 32n === 0xffffn && Number(length) >= 96)
    return 'is an IPv4 block in IPv6 clothes; write it as IPv4';
  const size = 1n << BigInt(bits - Number(length));
  if (parsed.value % size !== 0n)
    return `has bits beyond its prefix; the block begins at another address than ${address}`;
  return { family: parsed.family, text, first: parsed.value, last: parsed.value + size - 1n };
}

/** For blocks that are written in the source. */
export function block(text: string): Block {
  const parsed = parseCidr(text);
  if (typeof parsed === 'string') throw new TypeError(`${text} ${parsed}`);
  return parsed;
}

function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  const four = parseIpv4(text);
  if (four !== NOT_AN_ADDRESS) return { family: 4, value: BigInt(four) };
  const words = new Uint32Array(4);
  if (!parseIpv6(text, words)) return undefined;
  return { family: 6, value: words.reduce((value, word) => (value << 32n) | BigInt(word), 0n) };
}

/** What remains of `from` without `holes`, in order and without overlap. */
export function subtract(from: readonly Interval[], holes: readonly Interval[]): Interval[] {
  return holes.reduce<Interval[]>((left, hole) => left.flatMap((interval) => without(interval, hole)), merge(from));
}

function without(interval: Interval, hole: Interval): Interval[] {
  if (hole.last < interval.first || hole.first > interval.last) return [interval];
  const parts: Interval[] = [];
  if (interval.first < hole.first) parts.push({ first: interval.first, last: hole.first - 1n });
  if (interval.last > hole.last) parts.push({ first: hole.last + 1n, last: interval.last });
  return parts;
}

export function merge(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: Interval[] = [];
  for (const { first, last } of sorted) {
    const open = merged.at(-1);
    if (open === undefined || first > open.last + 1n) merged.push({ first, last });
    else if (last > open.last) merged[merged.length - 1] = { first: open.first, last };
  }
  return merged;
}

export function within(inner: Interval, outer: Interval): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}
