/** Escapes of Redis' double-quoted words, besides `\xHH`. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/**
 * Splits a line into words as Redis does: double quotes with escapes, single quotes with only `\'`.
 * `undefined` for a quote that is not closed, or that text follows at once.
 */
export function redisWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(line.charAt(at))) at += 1;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

function readWord(line: string, start: number): { text: string; end: number } | undefined {
  let text = '';
  let quote = '';
  let at = start;
  for (; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote === '') {
      if (/\s/.test(char)) break;
      if (char === '"' || char === "'") quote = char;
      else text += char;
      continue;
    }
    if (char === quote) {
      const next = line.charAt(at + 1);
      return next === '' || /\s/.test(next) ? { text, end: at + 1 } : undefined;
    }
    const escape = char === '\\' ? escapeAt(line, at, quote) : undefined;
    text += escape?.text ?? char;
    at += escape === undefined ? 0 : escape.length - 1;
  }
  return quote === '' ? { text, end: at } : undefined;
}

function escapeAt(line: string, at: number, quote: string): { text: string; length: number } | undefined {
  const next = line.charAt(at + 1);
  if (quote === "'") return next === "'" ? { text: "'", length: 2 } : undefined;
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(line.slice(at, at + 4))?.[1];
  if (hex !== undefined) return { text: String.fromCharCode(Number.parseInt(hex, 16)), length: 4 };
  return next === '' ? undefined : { text: ESCAPES[next] ?? next, length: 2 };
}
