import type { Addresses } from '../reachability/index.ts';
import { splitFamilies } from '../reachability/addresses.ts';

const V6 = 1n << 32n;

/** The fewest CIDR blocks that make up a set of addresses. */
export function cidrsOf(set: Addresses): string[] {
  return splitFamilies(set).flatMap(([from, to]) => {
    const isV4 = from < V6;
    const base = isV4 ? 0n : V6;
    const width = isV4 ? 32 : 128;
    const blocks: string[] = [];
    for (let at = from - base; at < to - base;) {
      let bits = 0;
      while (bits < width && at % (1n << BigInt(bits + 1)) === 0n && at + (1n << BigInt(bits + 1)) <= to - base)
        bits += 1;
      blocks.push(`${isV4 ? v4(at) : v6(at)}/${width - bits}`);
      at += 1n << BigInt(bits);
    }
    return blocks;
  });
}

function v4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** All eight groups (RFC 4291 §2.2, form 1). */
function v6(value: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(
    ':',
  );
}
