/**
 * W3C Baggage (https://www.w3.org/TR/baggage/), for the names that a service allows. Whatever else a caller puts in stops here: baggage
 * travels to every service and into logs, and is a way to carry secrets out or commands in.
 */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,256}$/;
const MAX_LENGTH = 8192;

/** Allowed members with decoded values of printable characters; undefined when there are none. */
export function parseBaggage(header: unknown, allowed: ReadonlySet<string>): Record<string, string> | undefined {
  const text: unknown = Array.isArray(header) ? header.join(',') : header;
  if (allowed.size === 0 || typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const found = text.split(',').flatMap((member): [string, string][] => {
    const [pair = ''] = member.split(';', 1);
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    const raw = pair.slice(at + 1).trim();
    if (!allowed.has(name) || !VALUE.test(raw)) return [];
    const value = decoded(raw);
    return value === undefined ? [] : [[name, value]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

export function formatBaggage(baggage: Readonly<Record<string, string>>): string {
  return Object.entries(baggage)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(',');
}

function decoded(raw: string): string | undefined {
  try {
    const value = decodeURIComponent(raw);
    return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
