/**
 * Addresses as numbers. Strict: what is not exactly an IPv4 or IPv6 address as inet_pton(3) takes it is garbage, so
 * zone ids, leading zeros, short, octal and hexadecimal forms are. Names and URL forms never come here unparsed.
 */

/** What `parseIpv4` answers to garbage. */
export const NOT_AN_ADDRESS = -1;

const DOT = 46;
const COLON = 58;
const LONGEST_IPV6 = 45;

/** The address as an unsigned 32-bit number, `NOT_AN_ADDRESS` for anything but four decimal octets without leading zeros. */
export function parseIpv4(text: string, from = 0): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return NOT_AN_ADDRESS;
      value = value * 256 + octet;
      octet = -1;
      continue;
    }
    const digit = code - 48;
    if (digit < 0 || digit > 9 || octet === 0) return NOT_AN_ADDRESS;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return NOT_AN_ADDRESS;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : NOT_AN_ADDRESS;
}

const hextets = new Uint16Array(8);

/** Writes the address into four 32-bit words, most significant first; false for garbage (RFC 4291 section 2.2). */
export function parseIpv6(text: string, words: Uint32Array): boolean {
  if (text.length < 2 || text.length > LONGEST_IPV6) return false;
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false;
    gap = 0;
    index = 2;
  }
  while (index < text.length) {
    if (count === 8) return false;
    const start = index;
    let value = 0;
    let code = COLON;
    for (; index < text.length && (code = text.charCodeAt(index)) !== COLON && code !== DOT; index++) {
      const digit = hexDigit(code);
      if (digit < 0 || index - start === 4) return false;
      value = value * 16 + digit;
    }
    if (index < text.length && code === DOT) {
      const quad = parseIpv4(text, start);
      if (quad === NOT_AN_ADDRESS || count > 6) return false;
      hextets[count++] = quad >>> 16;
      hextets[count++] = quad;
      index = text.length;
      break;
    }
    if (index === start) return false;
    hextets[count++] = value;
    if (index === text.length) break;
    if (++index === text.length) return false;
    if (text.charCodeAt(index) !== COLON) continue;
    if (gap >= 0) return false;
    gap = count;
    index++;
  }
  return spread(count, gap, words);
}

/** Puts the zeros of `::` where they belong. */
function spread(count: number, gap: number, words: Uint32Array): boolean {
  if (gap < 0 ? count !== 8 : count > 7) return false;
  if (gap >= 0) {
    const zeros = 8 - count;
    for (let from = count - 1; from >= gap; from--) hextets[from + zeros] = hextets[from] ?? 0;
    for (let at = gap; at < gap + zeros; at++) hextets[at] = 0;
  }
  for (let word = 0; word < 4; word++) words[word] = ((hextets[2 * word] ?? 0) << 16) | (hextets[2 * word + 1] ?? 0);
  return true;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
