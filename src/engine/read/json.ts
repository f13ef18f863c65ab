import type { ReadProblem, ReadStream } from './stream.ts';
import { MAX_DEPTH, placesIn } from './yaml-stream.ts';

/**
 * Reads JSON (RFC 8259). Duplicate keys, which `JSON.parse` drops silently, and more than 256 levels are problems. Never throws.
 */
export function parseJsonDocuments(text: string): ReadStream {
  const problem = firstProblem(text);
  if (problem !== undefined) return { documents: [], problems: [problem] };
  const value = JSON.parse(text) as unknown;
  if (value === null) return { documents: [], problems: [] };
  const line = placesIn(text)(Math.max(0, text.search(/\S/))).line;
  return { documents: [{ value, index: 0, line }], problems: [] };
}

/** What the grammar allows next. */
type Expecting = 'a value' | 'a value or "]"' | 'a key' | 'a key or "}"' | '":"' | '"," or the end' | 'nothing more';

interface Level {
  /** Keys of an object with their offsets; undefined in an array. */
  readonly keys: Map<string, number> | undefined;
}

const TOKEN =
  /[ \t\r\n]*(?:(?<string>")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)|(?<mark>[{}[\],:]))/y;

/** Walks the tokens once; `JSON.parse` would name neither the place of an error nor a key that is given twice. */
function firstProblem(text: string): ReadProblem | undefined {
  const levels: Level[] = [];
  let expecting: Expecting = 'a value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) return restProblem(text, from, expecting);
    const first = groups['string'] ?? groups['scalar'] ?? groups['mark'] ?? '';
    const start = TOKEN.lastIndex - first.length;
    if (first === '"') {
      const end = endOfString(text, start);
      if (!end.valid) return { message: 'a string is not ended, or not valid JSON here', ...placesIn(text)(end.at) };
      TOKEN.lastIndex = end.at;
    }
    const token = text.slice(start, TOKEN.lastIndex);
    const level = levels.at(-1);
    if (groups['string'] !== undefined && expecting.startsWith('a key')) {
      const earlier = level?.keys?.get(token);
      if (earlier !== undefined) return duplicate(text, token, earlier, start);
      level?.keys?.set(token, start);
      expecting = '":"';
      continue;
    }
    const next = step(token, groups['mark'] === undefined, expecting, level);
    if (next === undefined) return { message: `expected ${expecting}, found ${show(token)}`, ...placesIn(text)(start) };
    if (token === '{' || token === '[') {
      if (levels.length >= MAX_DEPTH)
        return { message: `nesting is deeper than ${MAX_DEPTH} levels`, ...placesIn(text)(start) };
      levels.push({ keys: token === '{' ? new Map() : undefined });
    }
    if (token === '}' || token === ']') levels.pop();
    expecting = next === '"," or the end' && levels.length === 0 ? 'nothing more' : next;
  }
}

/** Where the string that starts at `start` ends, or the first character of it that JSON does not allow. */
function endOfString(text: string, start: number): { valid: boolean; at: number } {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { valid: true, at: at + 1 };
    if (code < 0x20) return { valid: false, at };
    if (code !== 0x5c) continue;
    const escape = text.slice(at + 1, at + 6);
    if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(escape)) return { valid: false, at };
    at += 1;
  }
  return { valid: false, at: text.length };
}

/** The state after a token, or `undefined` where it may not stand. */
function step(token: string, scalar: boolean, expecting: Expecting, level: Level | undefined): Expecting | undefined {
  const atValue = expecting === 'a value' || expecting === 'a value or "]"';
  if (scalar) return atValue ? '"," or the end' : undefined;
  const inArray = level !== undefined && level.keys === undefined;
  const inObject = level?.keys !== undefined;
  switch (token) {
    case '{':
      return atValue ? 'a key or "}"' : undefined;
    case '[':
      return atValue ? 'a value or "]"' : undefined;
    case ':':
      return expecting === '":"' ? 'a value' : undefined;
    case ',':
      if (expecting !== '"," or the end') return undefined;
      return inArray ? 'a value' : 'a key';
    case ']':
      return inArray && (expecting === 'a value or "]"' || expecting === '"," or the end')
        ? '"," or the end'
        : undefined;
    default:
      return inObject && (expecting === 'a key or "}"' || expecting === '"," or the end')
        ? '"," or the end'
        : undefined;
  }
}

function restProblem(text: string, from: number, expecting: Expecting): ReadProblem | undefined {
  const rest = text.slice(from).search(/[^ \t\r\n]/);
  if (rest < 0 && expecting === 'nothing more') return undefined;
  const place = placesIn(text)(rest < 0 ? text.length : from + rest);
  if (rest < 0) return { message: `expected ${expecting}, found the end of the file`, ...place };
  return { message: `expected ${expecting}, found ${show(text.charAt(from + rest))}`, ...place };
}

function duplicate(text: string, key: string, first: number, second: number): ReadProblem {
  return {
    message: `the key ${key} is given twice, first on line ${placesIn(text)(first).line}`,
    ...placesIn(text)(second),
  };
}

/** Values may be secret, so only punctuation is named as it stands. */
function show(token: string): string {
  return /^[{}[\],:]$/.test(token) ? JSON.stringify(token) : token.startsWith('"') ? 'a string' : 'something else';
}
