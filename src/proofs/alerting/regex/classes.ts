import { invalid, inverse, unsupported, type Ranges } from './syntax.ts';

const DIGIT: Ranges = [[0x30, 0x39]];
const SPACE: Ranges = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

const PERL: Readonly<Record<string, Ranges>> = {
  d: DIGIT,
  D: inverse(DIGIT),
  s: SPACE,
  S: inverse(SPACE),
  w: WORD,
  W: inverse(WORD),
};

const POSIX: Readonly<Record<string, Ranges>> = {
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  ascii: [[0, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGIT,
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [[0x41, 0x5a]],
  word: WORD,
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** The characters of a pattern with a place in them. */
export class Reader {
  readonly characters: readonly string[];
  at = 0;

  constructor(text: string) {
    this.characters = [...text];
  }

  get peek(): string | undefined {
    return this.characters[this.at];
  }

  next(): string | undefined {
    this.at += 1;
    return this.characters[this.at - 1];
  }

  /** Steps over the text if it is next. */
  take(text: string): boolean {
    const wanted = [...text];
    if (!wanted.every((character, offset) => this.characters[this.at + offset] === character)) return false;
    this.at += wanted.length;
    return true;
  }

  /** What lies before the next occurrence of an end, and steps past both. */
  until(end: string): string | undefined {
    const start = this.at;
    while (this.at < this.characters.length) {
      const here = this.at;
      if (this.take(end)) return this.characters.slice(start, here).join('');
      this.at += 1;
    }
    this.at = start;
    return undefined;
  }
}

/** After a backslash: a class such as `\d`, or one character. */
export function readEscape(reader: Reader): Ranges {
  const character = reader.next();
  if (character === undefined) throw invalid('trailing backslash at end of expression');
  const perl = PERL[character];
  if (perl !== undefined) return perl;
  if (character === 'p' || character === 'P') throw unsupported(`the Unicode class \\${character}`);
  const control = CONTROL[character];
  if (control !== undefined) return one(control);
  if (character === 'x') return one(readHex(reader));
  if (/[0-7]/.test(character)) return one(readOctal(reader, character));
  if (/[^0-9A-Za-z]/.test(character) && (character.codePointAt(0) ?? 0) < 0x80)
    return one(character.codePointAt(0) ?? 0);
  throw invalid(`invalid escape sequence \\${character}`);
}

function readHex(reader: Reader): number {
  const braced = reader.take('{');
  const digits = braced ? reader.until('}') : `${reader.next() ?? ''}${reader.next() ?? ''}`;
  const code = Number.parseInt(digits ?? '', 16);
  const whole = digits !== undefined && (braced ? /^[0-9a-f]+$/i : /^[0-9a-f]{2}$/i).test(digits);
  if (!whole || code > 0x10_ffff) throw invalid('invalid escape sequence \\x');
  return code;
}

/** `\012`; a single digit other than 0 would be a back-reference, which RE2 does not have. */
function readOctal(reader: Reader, first: string): number {
  let digits = first;
  while (digits.length < 3 && /^[0-7]$/.test(reader.peek ?? '')) digits += reader.next() ?? '';
  if (first !== '0' && digits.length === 1) throw invalid(`invalid escape sequence \\${first}`);
  return Number.parseInt(digits, 8);
}

/** After `[`: up to and with the closing bracket. */
export function readClass(reader: Reader): { ranges: Ranges; negated: boolean } {
  const negated = reader.take('^');
  const ranges: (readonly [number, number])[] = [];
  for (let first = true; first || reader.peek !== ']'; first = false) {
    if (reader.peek === undefined) throw invalid('missing closing ]');
    ranges.push(...readClassItem(reader));
  }
  reader.next();
  return { ranges, negated };
}

function readClassItem(reader: Reader): Ranges {
  if (reader.peek === '[' && reader.characters[reader.at + 1] === ':') {
    const start = reader.at;
    reader.at += 2;
    const name = reader.until(':]');
    if (name !== undefined) {
      const ranges = POSIX[name.replace(/^\^/, '')];
      if (ranges === undefined) throw invalid(`invalid character class range [:${name}:]`);
      return name.startsWith('^') ? inverse(ranges) : ranges;
    }
    reader.at = start;
  }
  const low = readClassEnd(reader);
  const following = reader.characters[reader.at + 1];
  if (reader.peek !== '-' || following === ']' || following === undefined) return low;
  if (low.length !== 1 || low[0]?.[0] !== low[0]?.[1]) {
    // `[\w-z]`: Go takes the class for itself and reads on at the dash.
    return low;
  }
  reader.next();
  const high = readClassEnd(reader);
  const [from, to] = [low[0]?.[0] ?? 0, high[0]?.[0] ?? 0];
  if (high.length !== 1 || high[0]?.[0] !== high[0]?.[1] || to < from) throw invalid('invalid character class range');
  return [[from, to]];
}

function readClassEnd(reader: Reader): Ranges {
  if (reader.take('\\')) return readEscape(reader);
  const character = reader.next();
  if (character === undefined) throw invalid('missing closing ]');
  return one(character.codePointAt(0) ?? 0);
}

function one(code: number): Ranges {
  return [[code, code]];
}
