const LONGEST = 512;

/**
 * Refuses keys that are hostile to Redis or to readers of its monitor: too long, with characters beyond printable ASCII, with braces (they
 * choose the slot of a cluster), or with a credential in them. What was decided for one caller's credential must never answer another's.
 */
export function demandKey(key: string): void {
  if (key === '' || key.length > LONGEST)
    throw new TypeError(`a cache key has 1 to ${LONGEST} characters, this one ${key.length}`);
  if (!/^[\x21-\x7a\x7c\x7e]+$/.test(key))
    throw new TypeError('a cache key has printable ASCII characters only, without spaces and braces');
  if (/bearer|basic[:=]|eyJ[\w-]{5,}\./i.test(key))
    throw new TypeError('a cache key must not hold a credential: use the id of the user or tenant whose answer it is');
}
