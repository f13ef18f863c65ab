/**
 * Is this address allowed? One table per family: what is allowed, less what is refused whatever is allowed, as sorted
 * ranges. An IPv6 address that carries an IPv4 address must be allowed twice, as itself and as what it carries; only the
 * mapped form (::ffff:0:0/96, RFC 4291) is the IPv4 address and nothing else.
 */
import { NOT_AN_ADDRESS, parseIpv4, parseIpv6 } from './address.ts';
import { subtract, within, type Block, type Interval } from './cidr.ts';
import { ALWAYS_REFUSED, MUST_BE_NAMED, type Special, type SpecialReason } from './special.ts';

export type AddressVerdict = 'allowed' | 'garbage' | 'not-allowed' | 'undecodable' | SpecialReason;

export interface Classifier {
  readonly judge: (address: string) => AddressVerdict;
}

const NAT64 = 0x00_64_ff_9b;

/** `loopback` lifts only the refusal of 127.0.0.0/8, for tests against servers on this machine. */
export function makeClassifier(allowed: readonly Block[], { loopback = false } = {}): Classifier {
  const refused = ALWAYS_REFUSED.filter(({ reason }) => !(loopback && reason === 'loopback'));
  const four = packed(reachable(allowed, refused, 4), 1);
  const six = packed(reachable(allowed, refused, 6), 4);
  const scratch = new Uint32Array(4);
  const value = new Uint32Array(1);

  function judge4(address: number): AddressVerdict {
    value[0] = address;
    return contains(four, value, 1) ? 'allowed' : reasonOf(refused, 4, BigInt(address));
  }
  function judge6(words: Uint32Array): AddressVerdict {
    if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return judge4(words[3] ?? 0);
    if (!contains(six, words, 4))
      return reasonOf(
        refused,
        6,
        words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n),
      );
    return judgeCarried(words, judge4);
  }
  return {
    judge(address) {
      const number = parseIpv4(address);
      if (number !== NOT_AN_ADDRESS) return judge4(number);
      return parseIpv6(address, scratch) ? judge6(scratch) : 'garbage';
    },
  };
}

/** The IPv4 address inside a transition address must be allowed as well. */
function judgeCarried(words: Uint32Array, judge4: (address: number) => AddressVerdict): AddressVerdict {
  const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = words;
  if (w0 === 0 && w1 === 0 && w2 === 0xffff_0000) return judge4(w3); // translated, RFC 2765
  if (w0 >>> 16 === 0x2002) return judge4(((w0 << 16) | (w1 >>> 16)) >>> 0); // 6to4, RFC 3056
  if (w0 === NAT64) return w1 === 0 && w2 === 0 ? judge4(w3) : judgeLocalNat64(w1, w2, w3, judge4);
  if ((w2 & 0xfdff_ffff) === 0x5efe) return judge4(w3); // ISATAP, RFC 5214 section 6.1
  return 'allowed';
}

/**
 * Within 64:ff9b:1::/48 (RFC 8215) the operator chooses the prefix length, and so where the IPv4 address stands (RFC
 * 6052 section 2.2): the last 32 bits must be allowed, every other reading too, unless it is all but empty (0.0.0.0/8).
 */
function judgeLocalNat64(w1: number, w2: number, w3: number, judge4: (a: number) => AddressVerdict): AddressVerdict {
  if (w1 >>> 16 !== 1) return 'undecodable';
  const readings = [
    ((w1 << 16) | ((w2 >>> 8) & 0xffff)) >>> 0, // /48: the octet at bit 64 is skipped
    ((w1 << 24) | (w2 & 0x00ff_ffff)) >>> 0, // /56
    ((w2 << 8) | (w3 >>> 24)) >>> 0, // /64
  ];
  for (const reading of readings) {
    const verdict = reading >>> 24 === 0 ? 'allowed' : judge4(reading);
    if (verdict !== 'allowed') return verdict;
  }
  return judge4(w3);
}

function reachable(allowed: readonly Block[], refused: readonly Special[], family: 4 | 6): Interval[] {
  const named = allowed
    .filter((entry) => entry.family === family)
    .flatMap((entry) =>
      subtract(
        [entry],
        blocks(MUST_BE_NAMED, family).filter((special) => !within(entry, special)),
      ),
    );
  return subtract(named, blocks(refused, family));
}

function blocks(specials: readonly Special[], family: 4 | 6): Block[] {
  return specials.map(({ block }) => block).filter((block) => block.family === family);
}

/** First and last of each range, as words one after the other. */
function packed(intervals: readonly Interval[], words: 1 | 4): Uint32Array {
  const split = (value: bigint) =>
    Array.from({ length: words }, (_, index) => Number((value >> BigInt(32 * (words - 1 - index))) & 0xffff_ffffn));
  return Uint32Array.from(intervals.flatMap(({ first, last }) => [...split(first), ...split(last)]));
}

function contains(table: Uint32Array, address: Uint32Array, words: 1 | 4): boolean {
  let low = 0;
  let high = table.length / (2 * words);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(table, 2 * words * middle, address, words) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && compare(table, 2 * words * (low - 1) + words, address, words) >= 0;
}

function compare(table: Uint32Array, at: number, address: Uint32Array, words: 1 | 4): number {
  for (let word = 0; word < words; word++) {
    const difference = (table[at + word] ?? 0) - (address[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function reasonOf(refused: readonly Special[], family: 4 | 6, value: bigint): AddressVerdict {
  const holds = ({ block }: Special) => block.family === family && block.first <= value && value <= block.last;
  return refused.find(holds)?.reason ?? MUST_BE_NAMED.find(holds)?.reason ?? 'not-allowed';
}
