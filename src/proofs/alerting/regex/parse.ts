import { Reader, readClass, readEscape } from './classes.ts';
import { ANYTHING, folded, invalid, inverse, unsupported, type Ranges, type Regex } from './syntax.ts';

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
}

const MOST_REPEATS = 1000;

/** Reads a pattern. Throws `RegexProblem`. */
export function parseRegex(pattern: string): Regex {
  const reader = new Reader(pattern);
  const regex = readAlternatives(reader, { fold: false, dotAll: false });
  if (reader.peek !== undefined) throw invalid('unexpected )');
  return regex;
}

/** Up to the end or a closing parenthesis, which is left. Flags set on the way hold for the rest of the group. */
function readAlternatives(reader: Reader, outer: Flags): Regex {
  let flags = outer;
  const alternatives: Regex[] = [];
  let parts: Regex[] = [];
  while (reader.peek !== undefined && reader.peek !== ')') {
    if (reader.take('|')) {
      alternatives.push(sequence(parts));
      parts = [];
      continue;
    }
    const item = readItem(reader, flags);
    if ('flags' in item) flags = item.flags;
    else parts.push(...item.parts);
  }
  alternatives.push(sequence(parts));
  return alternatives.length === 1 ? sequence(parts) : { kind: 'either', parts: alternatives };
}

function sequence(parts: readonly Regex[]): Regex {
  const [only, second] = parts;
  if (only === undefined) return { kind: 'empty' };
  return second === undefined ? only : { kind: 'sequence', parts };
}

function readItem(reader: Reader, flags: Flags): { flags: Flags } | { parts: Regex[] } {
  if (reader.take('(')) {
    const group = readGroup(reader, flags);
    return 'flags' in group ? group : { parts: [repeated(reader, group.regex)] };
  }
  if (reader.take('\\Q')) return { parts: readQuoted(reader, flags) };
  return { parts: [repeated(reader, readAtom(reader, flags))] };
}

function readGroup(reader: Reader, flags: Flags): { flags: Flags } | { regex: Regex } {
  let inner = flags;
  if (reader.take('?')) {
    if (reader.take('P<') || reader.take('<')) {
      const name = reader.until('>');
      if (name === undefined || !/^\w+$/.test(name)) throw invalid('invalid named capture');
    } else {
      inner = readFlags(reader, flags);
      if (reader.take(')')) return { flags: inner };
      if (!reader.take(':')) throw invalid('invalid or unsupported Perl syntax');
    }
  }
  const regex = readAlternatives(reader, inner);
  if (!reader.take(')')) throw invalid('missing closing )');
  return { regex };
}

/** `i`, `s`, `U` (which changes what is captured, not what matches), `-`; up to `)` or `:`. */
function readFlags(reader: Reader, flags: Flags): Flags {
  let { fold, dotAll } = flags;
  let on = true;
  let some = false;
  while (reader.peek !== undefined && reader.peek !== ')' && reader.peek !== ':') {
    const flag = reader.next();
    if (flag === 'i') fold = on;
    else if (flag === 's') dotAll = on;
    else if (flag === 'm') {
      if (on) throw unsupported('anchors at line breaks, (?m)');
    } else if (flag === '-' && on) {
      on = false;
      some = false;
      continue;
    } else if (flag !== 'U') throw invalid('invalid or unsupported Perl syntax');
    some = true;
  }
  if (!some && !on) throw invalid('invalid or unsupported Perl syntax');
  return { fold, dotAll };
}

/** `\Q…\E`: every character stands for itself; a repetition after it is of the last one. */
function readQuoted(reader: Reader, flags: Flags): Regex[] {
  const text = reader.until('\\E') ?? reader.characters.slice(reader.at).join('');
  if (reader.characters.slice(reader.at).join('') === text) reader.at = reader.characters.length;
  const parts = [...text].map((character) => literal(character, flags));
  const last = parts.pop();
  return last === undefined ? [] : [...parts, repeated(reader, last)];
}

function readAtom(reader: Reader, flags: Flags): Regex {
  const character = reader.next() ?? '';
  switch (character) {
    case '.':
      return { kind: 'class', ranges: flags.dotAll ? ANYTHING : inverse([[10, 10]]) };
    case '^':
      return { kind: 'begin' };
    case '$':
      return { kind: 'end' };
    case '[': {
      const { ranges, negated } = readClass(reader);
      const cased = flags.fold ? folded(ranges) : ranges;
      return { kind: 'class', ranges: negated ? inverse(cased) : cased };
    }
    case '\\':
      return readEscaped(reader, flags);
    case '*':
    case '+':
    case '?':
      throw invalid(`missing argument to repetition operator ${character}`);
    default:
      return literal(character, flags);
  }
}

function readEscaped(reader: Reader, flags: Flags): Regex {
  if (reader.take('A')) return { kind: 'begin' };
  if (reader.take('z')) return { kind: 'end' };
  if (reader.peek === 'b' || reader.peek === 'B') throw unsupported('word boundaries, \\b');
  const ranges = readEscape(reader);
  return { kind: 'class', ranges: flags.fold ? folded(ranges) : ranges };
}

function literal(character: string, flags: Flags): Regex {
  const code = character.codePointAt(0) ?? 0;
  const ranges: Ranges = [[code, code]];
  return { kind: 'class', ranges: flags.fold ? folded(ranges) : ranges };
}

/** One repetition operator, lazy or not; two in a row are refused, as Go does. */
function repeated(reader: Reader, part: Regex): Regex {
  const bounds = readBounds(reader);
  if (bounds === undefined) return part;
  reader.take('?');
  if (readBounds(reader) !== undefined) throw invalid('invalid nested repetition operator');
  return { kind: 'repeat', part, ...bounds };
}

function readBounds(reader: Reader): { min: number; max: number } | undefined {
  if (reader.take('*')) return { min: 0, max: Infinity };
  if (reader.take('+')) return { min: 1, max: Infinity };
  if (reader.take('?')) return { min: 0, max: 1 };
  if (reader.peek !== '{') return undefined;
  const found = /^\{(\d+)(?:(,)(\d*))?\}/.exec(reader.characters.slice(reader.at, reader.at + 24).join(''));
  // Braces that hold no bounds stand for themselves.
  if (found === null) return undefined;
  const min = Number(found[1]);
  const max = found[2] === undefined ? min : found[3] === '' ? Infinity : Number(found[3]);
  const bound = Number.isFinite(max) ? max : min;
  if (bound > MOST_REPEATS || max < min) throw invalid(`invalid repeat count ${found[0]}`);
  reader.at += found[0].length;
  return { min, max };
}
