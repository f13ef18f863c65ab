/**
 * Quotes around values: plain ones, with the backslashes of the literals that they stand in, doubled or tripled as CSV and Python have them,
 * as entities of HTML, and in the dollars of PostgreSQL.
 */
const OPENING = /\\{1,16}["'`]|"{1,3}|'{1,3}|`{1,3}|&(?:quot|apos|#0{0,2}3[49]|#x2[27]);|\$(?:[a-z_]\w{0,31})?\$/iy;
/** What follows a closing quote without a break where the value goes on: `'it'S` of a shell, or a quote that was part of the value. */
const GLUED = /[\w!@#$^*~]/;
const ENCODED = /^%[0-9a-f]{2}/i;

export interface Quoted {
  /** Behind the opening quote. */
  readonly start: number;
  /** Before the closing one; the end of the text if there is none. */
  readonly end: number;
  /** Behind the closing one. */
  readonly after: number;
}

/** What stands in the quotes that open at `at`; undefined if none open there. */
export function quotedAt(text: string, at: number): Quoted | undefined {
  OPENING.lastIndex = at;
  const quote = OPENING.exec(text)?.[0];
  if (quote === undefined) return undefined;
  const start = at + quote.length;
  if (quote.startsWith('$')) return dollarQuoted(text, start, quote);
  const isRun = /^["'`]{2}/.test(quote);
  if (isRun && quote.length === 2 && !/\w/.test(text.charAt(start))) return { start, end: start, after: start };
  const end = isRun || quote.startsWith('&') ? indexOr(text, quote, start) : closingQuote(text, start, quote);
  return { start, end, after: Math.min(text.length, end + quote.length) };
}

/** `$tag$…$tag$`; a dollar that nothing closes is none. */
function dollarQuoted(text: string, start: number, quote: string): Quoted | undefined {
  const end = text.indexOf(quote, start);
  return end === -1 ? undefined : { start, end, after: end + quote.length };
}

/** Whether the value goes on behind its closing quote. */
export function isGlued(text: string, after: number): boolean {
  return GLUED.test(text.charAt(after)) || (text.charAt(after) === '%' && ENCODED.test(text.slice(after, after + 3)));
}

/**
 * The next quote as deep in literals as the opening one; without one, the end of the text. Each level doubles the backslashes and adds one
 * before a quote, so what closes has `n` of them and one more is an odd multiple of the opening's and one more: an even multiple is a quote
 * of the value's own, and the rest are backslashes that the value ends with.
 */
function closingQuote(text: string, from: number, quote: string): number {
  const mark = quote.slice(-1);
  const backslashes = quote.length - 1;
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    let count = 0;
    while (at - count > from && text.charAt(at - count - 1) === '\\') count += 1;
    // Doubled inside of a value it is one of the value's own, in SQL and CSV.
    if (quote === mark && count === 0 && text.charAt(at + 1) === mark && isGlued(text, at + 2)) at += 1;
    else if (((count + 1) / quote.length) % 2 === 1) return at - backslashes;
    else if (count < backslashes) return at - count;
  }
  return text.length;
}

function indexOr(text: string, mark: string, from: number): number {
  const index = text.indexOf(mark, from);
  return index === -1 ? text.length : index;
}
