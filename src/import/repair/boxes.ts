/** The signs by which people say that a thing is done, or is still to be done. */

const DONE = '✓✔✅☑☒🗹';
const OPEN = '☐⬜◻🔲🔳❌✗✘';
/** Behind a sign: that it is meant as a picture. */
const PICTURE = '\uFE0F?';

/** Matches one of the signs; the group is the sign without what makes a picture of it. */
export const SIGN = `([${DONE}${OPEN}])${PICTURE}`;

const NAMES: ReadonlyMap<string, string> = new Map([
  ['white_check_mark', '✅'],
  ['heavy_check_mark', '✔'],
  ['ballot_box_with_check', '☑'],
  ['x', '❌'],
  ['white_large_square', '⬜'],
]);

export function isSign(text: string): boolean {
  return DONE.includes(text) || OPEN.includes(text);
}

/** What people put beside a word for a thing that is not as it should be yet. */
const UNFINISHED = '🔴🟠🟡🚧⚠⏳';

/** True for a text with a sign of what is still to be done. */
export function holdsOpenSign(text: string): boolean {
  return [...text].some((sign) => OPEN.includes(sign) || UNFINISHED.includes(sign));
}

/** The box of a task list for a sign. */
export function boxOf(sign: string): '[x]' | '[ ]' {
  return DONE.includes(sign) ? '[x]' : '[ ]';
}

/** A name of a sign in front of an entry or at its end, as GitHub writes it, becomes the sign: `:x:`. */
export function spelledSigns(text: string): string {
  return text
    .replace(/^(\s*(?:[-*+]\s+)?):(\w+):(?=\s)/, signOfName)
    .replace(/^(\s*(?:[-*+]|\d{1,3}[.)])\s.*\s):(\w+):(?=\s*$)/, signOfName);
}

function signOfName(whole: string, before: string, name: string): string {
  const sign = NAMES.get(name);
  return sign === undefined ? whole : `${before}${sign}`;
}

/** What a cell or a word says that is nothing but a box or a sign; `undefined` for anything else. */
export function isDone(text: string): boolean | undefined {
  const boxed = /^\[\s*([xX]?)\s*\]$/.exec(text.trim());
  if (boxed !== null) return boxed[1] !== '';
  const named = NAMES.get(/^:(\w+):$/.exec(text.trim())?.[1] ?? '');
  const [, sign] = new RegExp(`^${SIGN}$`, 'u').exec(named ?? text.trim()) ?? [];
  return sign === undefined ? undefined : boxOf(sign) === '[x]';
}
