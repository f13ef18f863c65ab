/** Redis' own glob, as `stringmatchlen` of util.c has it: `*`, `?`, `[a-z]`, `[^a]`, and `\` before a character that stands for itself. */
export function globMatches(pattern: string, text: string): boolean {
  return matches(pattern, 0, text, 0);
}

function matches(pattern: string, p: number, text: string, t: number): boolean {
  let at = p;
  let on = t;
  while (at < pattern.length) {
    const char = pattern[at];
    if (char === '*') return star(pattern, at, text, on);
    if (on >= text.length) return false;
    if (char === '[') {
      const set = characterSet(pattern, at + 1, text[on] ?? '');
      if (!set.matched) return false;
      at = set.end;
    } else if (char !== '?') {
      if (char === '\\' && at + 1 < pattern.length) at += 1;
      if (pattern[at] !== text[on]) return false;
    }
    at += 1;
    on += 1;
  }
  return on === text.length;
}

function star(pattern: string, from: number, text: string, on: number): boolean {
  let rest = from;
  while (pattern[rest] === '*') rest += 1;
  if (rest === pattern.length) return true;
  for (let end = on; end <= text.length; end += 1) if (matches(pattern, rest, text, end)) return true;
  return false;
}

function characterSet(pattern: string, from: number, char: string): { matched: boolean; end: number } {
  let at = from;
  const negated = pattern[at] === '^';
  if (negated) at += 1;
  let found = false;
  for (; at < pattern.length && pattern[at] !== ']'; at += 1) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      at += 1;
      found ||= pattern[at] === char;
    } else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const ends = [pattern[at] ?? '', pattern[at + 2] ?? ''].sort();
      found ||= char >= (ends[0] ?? '') && char <= (ends[1] ?? '');
      at += 2;
    } else found ||= pattern[at] === char;
  }
  return { matched: found !== negated, end: at };
}
