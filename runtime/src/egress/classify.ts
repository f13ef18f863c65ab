/**
 * Is this address allowed? One table per family: what is allowed, less what is refused whatever is allowed, as sorted
 * pieces. An IPv6 address that carries an IPv4 address must be allowed twice, as itself and as what it carries; only the
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
  const four = segments(allowed, refused, 4);
  const six = segments(allowed, refused, 6);
  const scratch = new Uint32Array(4);
  const judge4 = (address: number) => four.verdicts[segmentOf4(four.starts, address)] ?? 'garbage';

  function judge6(words: Uint32Array): AddressVerdict {
    if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return judge4(words[3] ?? 0);
    const verdict = six.verdicts[segmentOf6(six.starts, words)] ?? 'garbage';
    return verdict === 'allowed' ? judgeCarried(words, judge4) : verdict;
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
  const w0 = words[0] ?? 0; // not destructured: that would go through the iterator, at every call
  const w1 = words[1] ?? 0;
  const w2 = words[2] ?? 0;
  const w3 = words[3] ?? 0;
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

/** The address space cut where verdicts change: the first address of each piece in 32-bit words, and its verdict. */
interface Segments {
  readonly starts: Uint32Array;
  readonly verdicts: readonly AddressVerdict[];
}

function segments(allowed: readonly Block[], refused: readonly Special[], family: 4 | 6): Segments {
  const reachable = reachableOf(allowed, refused, family);
  const specials = [...refused, ...MUST_BE_NAMED].filter(({ block }) => block.family === family);
  const space = 1n << (family === 4 ? 32n : 128n);
  const edges = [...reachable, ...specials.map(({ block }) => block)].flatMap(({ first, last }) => [first, last + 1n]);
  const cuts = [...new Set([0n, ...edges])].filter((cut) => cut < space).sort((a, b) => (a < b ? -1 : 1));
  const holds = ({ first, last }: Interval, value: bigint) => first <= value && value <= last;
  const verdicts = cuts.map((cut): AddressVerdict => {
    if (reachable.some((interval) => holds(interval, cut))) return 'allowed';
    return specials.find(({ block }) => holds(block, cut))?.reason ?? 'not-allowed';
  });
  const words = family === 4 ? [0n] : [96n, 64n, 32n, 0n];
  return {
    starts: Uint32Array.from(cuts.flatMap((cut) => words.map((shift) => Number((cut >> shift) & 0xffff_ffffn)))),
    verdicts,
  };
}

function reachableOf(allowed: readonly Block[], refused: readonly Special[], family: 4 | 6): Interval[] {
  const blocks = (specials: readonly Special[]) =>
    specials.map(({ block }) => block).filter((block) => block.family === family);
  const named = allowed
    .filter((entry) => entry.family === family)
    .flatMap((entry) =>
      subtract(
        [entry],
        blocks(MUST_BE_NAMED).filter((special) => !within(entry, special)),
      ),
    );
  return subtract(named, blocks(refused));
}

/** The last piece that begins at or before the address; the first begins at zero. */
function segmentOf4(starts: Uint32Array, address: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= address) low = middle;
    else high = middle;
  }
  return low;
}

function segmentOf6(starts: Uint32Array, words: Uint32Array): number {
  let low = 0;
  let high = starts.length / 4;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (beginsBefore(starts, 4 * middle, words)) low = middle;
    else high = middle;
  }
  return low;
}

function beginsBefore(starts: Uint32Array, at: number, words: Uint32Array): boolean {
  for (let word = 0; word < 4; word++) {
    const difference = (starts[at + word] ?? 0) - (words[word] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
