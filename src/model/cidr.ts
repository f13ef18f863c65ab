/** A block of addresses as the numbers it spans. */
export interface AddressBlock {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Parses `10.0.0.0/8` or `fd00::/8`, or a bare address as a block of one. Host bits beyond the prefix are refused, as Kubernetes and
 * most firewalls do; so are octal-looking octets. `undefined` for anything that is not a block.
 */
export function parseCidr(text: string): AddressBlock | undefined {
  const [address = '', prefix, extra] = text.trim().split('/');
  if (extra !== undefined) return undefined;
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const width = parsed.family === 4 ? 32 : 128;
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (bits < 0 || bits > width) return undefined;
  const size = 1n << BigInt(width - bits);
  if (parsed.value % size !== 0n) return undefined;
  return { family: parsed.family, first: parsed.value, last: parsed.value + size - 1n };
}

/** Whether every address of `inner` lies in one of the blocks; adjacent blocks are not joined. */
export function isWithin(inner: AddressBlock, outer: readonly AddressBlock[]): boolean {
  return outer.some((block) => block.family === inner.family && block.first <= inner.first && inner.last <= block.last);
}

export function overlaps(a: AddressBlock, b: AddressBlock): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** An IPv4 or IPv6 address as a number (RFC 4291 §2.2 text forms, embedded IPv4 included). */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 4, value: v4 };
  const v6 = text.includes(':') ? parseV6(text) : undefined;
  return v6 === undefined ? undefined : { family: 6, value: v6 };
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0n), ...tail].reduce(
    (value, group) => value * 65_536n + group,
    0n,
  );
}

function groups(text: string): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const embedded = last.includes('.') ? parseV4(last) : undefined;
  if (last.includes('.') && embedded === undefined) return undefined;
  const plain = embedded === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const values = plain.map((part) => BigInt(`0x${part}`));
  return embedded === undefined ? values : [...values, embedded / 65_536n, embedded % 65_536n];
}
