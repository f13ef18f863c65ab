/** PEM (RFC 7468) of files that people and machines write, and that may be read while they do. */

/** At its end a text has the beginning of a block's first line; also right behind another's last one. */
const CUT_OFF = /(?:(?:^|\n)-----|-----(?=B))(?:B|BE|BEG|BEGI|BEGIN[A-Z0-9 ]*-{0,4})?\s*$/;

/**
 * The blocks of this label. Undefined where another of the kind was begun that is none of them, because it is cut off, damaged, or labelled otherwise
 * (`EC PRIVATE KEY`): whoever passed over it would go on with less than was written.
 */
export function pemBlocks(text: string, label: 'CERTIFICATE' | 'PRIVATE KEY'): readonly string[] | undefined {
  const whole = text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, 'g')) ?? [];
  const begun = text.match(new RegExp(`-----BEGIN (?:[A-Z0-9]+ )*${label}-----`, 'g')) ?? [];
  return whole.length === begun.length && !CUT_OFF.test(text) ? whole : undefined;
}
