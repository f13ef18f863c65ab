/** Where the value of a secret name begins and ends in text, as the notation around it has it. */
import type { Name } from './assignments.ts';
import { blockEnd, heredocEnd, lowerEnd, structureEnd, valueBelow } from './blocks.ts';
import { isGlued, quotedAt, type Quoted } from './quotes.ts';

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Headers whose whole line is the secret. */
const LINES =
  /^(?:proxy-)?authori[sz]ation$|cookie2?$|^sec-websocket-protocol$|^stripe-signature$|phrase$|codes$|mnemonic$/i;
const SCHEMES = /^(?:bearer|basic|digest|token|negotiate|ntlm|apikey|hawk|dpop|aws4-hmac-sha256|sharedkey|signature)$/i;
const BLANKS = /[^\S\r\n]*/y;
/** White space with line breaks, also as escapes. */
const SPACE = /(?:\s|\\{1,8}[nrt])*/y;
const ENCODED_SPACE = /(?:%(?:25)*(?:20|09|0[ad])|\+)*/iy;
const ENCODED_QUOTE = /%(?:25)*2[27]/y;
/** A tag or an anchor of YAML. */
const YAML = /(?:(?:![\w!:./-]{0,64}|&[\w-]{1,64})[ \t]+){1,2}/y;
/** An apostrophe that more of the value follows is a part of it: not every encoder of forms takes it for a quote. */
const PARAMETER_END = /[&#\s"`<>\\^|{}]|'(?![\w%])/g;
/** White space, a quote, the next parameter, or an element. */
const BARE_END = /[\s"'`&]|<(?:[/!?]|(?=[a-z][\w:.-]{0,64}(?:\s[^<>]{0,256})?>))/gi;
/** A value in angle brackets, or one that begins with the first of them; but no closing tag. */
const ANGLE = /<[^<>\r\n/!?][^<>\r\n]{0,4096}>|<[^\S\r\n]*(?![/!?])/y;
/** What stands before the quote of a literal: `b'…'`, `$'…'`, `String("…")`. */
const LITERAL = /^(?:[bruf]{1,2}|[@$]{1,2}|u8|[NLE])$/i;
const MAX_LEAD = 17;
/** What a member of JSON, or of Python's and JavaScript's notation of it, has without quotes. */
const BARE_LITERAL =
  /(?:null|true|false|None|True|False|undefined|NaN|-?\d{1,32}(?:\.\d{1,32})?(?:[eE][+-]?\d{1,4})?)(?=(?:\s|\\{1,16}[nrt]){0,64}(?:[}\]]|,(?:[\s"'\\]|$)))/y;
/** A list or an object, or a tuple of strings. */
const STRUCTURE = /[{[]|\((?=\s?[bru]?["'])/y;
/** `[]string{`, `map[string][]byte{`. */
const COMPOSITE = /(?:map\[\w{1,32}\])?(?:\[\])?[*\w.]{0,64}\{/y;
/** The rest of a name behind its opening quote. */
const MEMBER = /[^"'\\]{0,96}\\{0,16}["']\s{0,8}:/y;
/** What ends a member in brackets: the next one, or the bracket that closes. */
const MEMBER_END = /\s{0,64}(?:[}\]]|,\s{0,64}\\{0,16}["']?[\w$.-]{1,64}\\{0,16}["']?\s?:)/y;

/** Undefined when nothing stands there, or null, true or false in JSON. `from` is just behind the separator. */
export function valueEnd(text: string, from: number, separator: string, name: Name): Extent | undefined {
  const start = skip(BLANKS, text, from);
  if (start >= text.length) return undefined;
  if (separator.startsWith('%') || skip(ENCODED_QUOTE, text, start) > start)
    return encodedValue(text, start, separator);
  const character = text.charAt(start);
  const quoted = quotedAt(text, start) ?? quotedBelow(text, start, from - separator.length);
  if (quoted !== undefined && !(name.inUrl && isOutside(text, quoted, name)))
    return found(quoted.start, isGlued(text, quoted.after) ? bareEnd(text, quoted.after) : quoted.end);
  // A semicolon stands before parameters of a URL, and before those of a connection string.
  if (name.inUrl && !(name.before === ';' && character === '{')) return found(start, end(text, start, PARAMETER_END));
  const literal = separator === ':' && /["']/.test(text.charAt(from - 2)) ? skip(BARE_LITERAL, text, start) : start;
  if (literal > start) return /\d/.test(text.charAt(literal - 1)) ? found(start, literal) : undefined;
  const value = separator === ':' && start > from ? skip(YAML, text, start) : start;
  const block = blockEnd(text, value) ?? heredocEnd(text, value);
  if (block !== undefined) return found(start, block);
  if (separator === ':' && name.indent !== undefined) {
    const below = valueBelow(text, value, name.indent);
    if (below !== undefined) return found(end(text, text.indexOf('\n', value), /\S/g), below);
  }
  const structure = structureAt(text, start);
  if (LINES.test(name.text)) {
    const whole = Math.max(structure, skip(BARE_LITERAL, text, start));
    const isMember = whole > start && skip(MEMBER_END, text, whole) > whole;
    return found(start, isMember ? whole : Math.max(structure, lineEnd(text, start, name.before)));
  }
  if (structure > start && !/[\w$+/=]/.test(text.charAt(structure))) return found(start, structure);
  const bare = bareEnd(text, Math.max(value, structure));
  const isLine =
    separator === ':' && name.indent !== undefined && /^[ \t]*(?:[\r\n]|$)/.test(text.slice(bare, bare + 64));
  return found(start, (isLine ? lowerEnd(text, text.indexOf('\n', bare), name.indent ?? 0) : undefined) ?? bare);
}

/** Behind the list, object or tuple at `start`, or the literal of Go that it is the type of; `start` if there is none. */
function structureAt(text: string, start: number): number {
  const behindTypeOfGo = skip(COMPOSITE, text, start);
  if (behindTypeOfGo > start) return structureEnd(text, behindTypeOfGo - 1);
  return skip(STRUCTURE, text, start) > start ? structureEnd(text, start) : start;
}

/** A string on a line of its own, as formatted JSON and sources have it; but not what follows the head of a function. */
function quotedBelow(text: string, start: number, separator: number): Quoted | undefined {
  if (!/[\r\n\\]/.test(text.charAt(start)) || text.charAt(separator - 1) === ')') return undefined;
  const below = skip(SPACE, text, start);
  return /^\\{0,16}["'](?!["'])/.test(text.slice(below, below + 18)) ? quotedAt(text, below) : undefined;
}

/** A quote behind a parameter of a URL closes what the URL stands in, unless it opens what can be a value. */
function isOutside(text: string, { start, end: stop }: Quoted, { before }: Name): boolean {
  if (before === ';') return false;
  return stop === text.length || /^[,:;)\]}]|[\s<>]/.test(text.slice(start, stop));
}

function found(start: number, stop: number): Extent | undefined {
  return stop <= start ? undefined : { start, end: stop };
}

function end(text: string, from: number, stop: RegExp): number {
  stop.lastIndex = from;
  return stop.exec(text)?.index ?? text.length;
}

/** Behind what the sticky pattern matches at `from`. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** Behind an encoded separator an encoded quote closes the value; behind a plain one it may be a character of it. */
function encodedValue(text: string, from: number, separator: string): Extent | undefined {
  const start = skip(ENCODED_SPACE, text, from);
  const inner = skip(ENCODED_QUOTE, text, start);
  if (inner === start) return found(from, end(text, start, /%(?:25)*(?:26|23|22|27|2c|7d)|[&#\s"'`<>]/gi));
  const closing = end(text, inner, new RegExp(text.slice(start, inner), 'gi'));
  return found(inner, separator === '=' ? end(text, closing, PARAMETER_END) : closing);
}

/** To the end of the line, real or as an escape; or to the quote that opened before the header's name. */
function lineEnd(text: string, start: number, before: string): number {
  const stop = /["'`]/.test(before) ? new RegExp(`[\\r\\n${before}]|\\\\[rn]`, 'g') : /[\r\n]|\\[rn]/g;
  return end(text, start, stop);
}

/**
 * To white space, or to a quote that closes; a comma or semicolon ends it only before space or the next name. With the scheme before it, if
 * there is one, and with what stands in a quote that opens inside of it.
 */
function bareEnd(text: string, from: number): number {
  let start = skip(ANGLE, text, from);
  let behind = start;
  let stop = end(text, start, BARE_END);
  if (SCHEMES.test(text.slice(start, Math.min(stop, start + 32))) && /[ \t]/.test(text.charAt(stop))) {
    start = skip(BLANKS, text, stop);
    stop = end(text, start, BARE_END);
    behind = start;
  }
  while (text.charAt(stop - 1) === '\\' && /[ \r\n]/.test(text.charAt(stop))) {
    behind = text.charAt(stop) === ' ' ? stop + 1 : skip(SPACE, text, stop);
    stop = end(text, behind, BARE_END);
  }
  for (let next = goesOn(text, start, stop); next > stop; next = goesOn(text, start, stop)) {
    if (next > stop + 1) behind = next;
    stop = end(text, next, BARE_END);
  }
  const word = text.slice(behind, stop);
  const cut = /[,;](?=$|\s*[\w.$-]{1,64}\s?[=:])/.exec(word)?.index;
  const kept = cut === undefined ? word : word.slice(0, cut);
  return behind + kept.replace(/[)}\],;]{1,8}$/, '').length;
}

/** Behind the quote at `stop`, or behind what it quotes, where that is a part of the value that began at `start`; else `stop`. */
function goesOn(text: string, start: number, stop: number): number {
  if (!/["'`]/.test(text.charAt(stop))) return stop;
  const lead = text.slice(Math.max(start, stop - MAX_LEAD), stop);
  if (/[,{[]\s*\\*$/.test(lead) && skip(MEMBER, text, stop + 1) > stop + 1) return stop;
  if (/^\\*$/.test(lead)) return quotedAt(text, stop - lead.length)?.after ?? stop;
  if (lead.endsWith('(') || LITERAL.test(lead)) return quotedAt(text, stop)?.after ?? stop;
  return isGlued(text, stop + 1) ? stop + 1 : stop;
}
