/** Where the value of a secret name begins and ends in text, as the notation around it has it. */
import type { Name } from './assignments.ts';

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Headers whose whole line is the secret. */
const LINES = /^(?:proxy-)?authori[sz]ation$|cookie2?$|^sec-websocket-protocol$|phrase$|mnemonic$/i;
const SCHEMES = /^(?:bearer|basic|digest|token|negotiate|ntlm|apikey|hawk|dpop|aws4-hmac-sha256|sharedkey|signature)$/i;
const MAX_STRUCTURE = 4096;

/** Undefined when nothing stands there. `from` is just behind the separator. */
export function valueEnd(text: string, from: number, separator: string, name: Name): Extent | undefined {
  let start = from;
  while (start < from + 8 && /[ \t]/.test(text.charAt(start))) start += 1;
  if (start >= text.length) return undefined;
  if (separator.startsWith('%') || /^%(?:25)*(?:22|27)/.test(text.slice(start, start + 9)))
    return encodedValue(text, start);
  if (name.inUrl) return found(start, end(text, start, /[&#\s"'`<>\\^|{}]/g));
  const quote = /^\\*["'`]/.exec(text.slice(start, start + 16))?.[0];
  if (quote !== undefined) return found(start + quote.length, closingQuote(text, start + quote.length, quote));
  if (LINES.test(name.text)) return found(start, lineEnd(text, start, name.before));
  const character = text.charAt(start);
  if (character === '{' || character === '[') return found(start, structureEnd(text, start));
  return found(start, bareEnd(text, start));
}

function found(start: number, stop: number): Extent | undefined {
  return stop <= start ? undefined : { start, end: stop };
}

function end(text: string, from: number, stop: RegExp): number {
  stop.lastIndex = from;
  return stop.exec(text)?.index ?? text.length;
}

function encodedValue(text: string, start: number): Extent | undefined {
  const quote = /^%(?:25)*(?:22|27)/.exec(text.slice(start, start + 9))?.[0];
  if (quote === undefined) return found(start, end(text, start, /%(?:25)*(?:26|23|22|27|2c|7d)|[&#\s"'`<>]/gi));
  const close = text.toLowerCase().indexOf(quote.toLowerCase(), start + quote.length);
  return found(start + quote.length, close === -1 ? text.length : close);
}

/** The next quote with exactly as many backslashes as the opening one; without one, the end of the text. */
function closingQuote(text: string, from: number, quote: string): number {
  const mark = quote.slice(-1);
  const backslashes = quote.length - 1;
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    let count = 0;
    while (at - count > from && text.charAt(at - count - 1) === '\\') count += 1;
    // Inside a literal each further level doubles and adds one; two backslashes that end the value are a backslash of its own.
    if (count === backslashes || (backslashes === 0 && count % 2 === 0)) return at - backslashes;
    if (count < backslashes) return at - count;
  }
  return text.length;
}

/** To the end of the line, real or as an escape; or to the quote that opened before the header's name. */
function lineEnd(text: string, start: number, before: string): number {
  const stop = /["'`]/.test(before) ? new RegExp(`[\\r\\n${before}]|\\\\[rn]`, 'g') : /[\r\n]|\\[rn]/g;
  return end(text, start, stop);
}

function structureEnd(text: string, start: number): number {
  let depth = 0;
  const limit = Math.min(text.length, start + MAX_STRUCTURE);
  for (let at = start; at < limit; at += 1) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** To white space or a quote; a comma or semicolon ends it only before space or the next name. With the scheme before it, if there is one. */
function bareEnd(text: string, start: number): number {
  const stop = end(text, start, /[\s"'`<&]/g);
  const word = text.slice(start, stop);
  if (SCHEMES.test(word) && /[ \t]/.test(text.charAt(stop))) return Math.max(stop, bareEnd(text, stop + 1));
  const cut = /[,;](?=$|\s*[\w.$-]{1,64}\s?[=:])/.exec(word)?.index;
  const kept = cut === undefined ? word : word.slice(0, cut);
  return start + kept.replace(/[)}\],;]{1,8}$/, '').length;
}
