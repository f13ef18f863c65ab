/** Redis' glob-style patterns (util.c, stringmatchlen): `*`, `?`, `[a-z]`, `[^x]`, `\` escapes. */
type Token =
  | { readonly any: 'run' }
  | { readonly matches: (character: string) => boolean; readonly sample: readonly string[] };

/** Whether at least one channel name matches both patterns. */
export function intersects(a: string, b: string): boolean {
  const left = tokens(a);
  const right = tokens(b);
  const seen = new Set<string>();
  const walk = (i: number, j: number): boolean => {
    const state = `${i},${j}`;
    if (seen.has(state)) return false;
    seen.add(state);
    const l = left[i];
    const r = right[j];
    if (l === undefined && r === undefined) return true;
    if (l !== undefined && 'any' in l) return walk(i + 1, j) || (r !== undefined && walk(i, j + 1));
    if (r !== undefined && 'any' in r) return walk(i, j + 1) || (l !== undefined && walk(i + 1, j));
    if (l === undefined || r === undefined) return false;
    return (
      [...l.sample, ...r.sample, 'a', '0', '\u{1F511}'].some(
        (character) => l.matches(character) && r.matches(character),
      ) && walk(i + 1, j + 1)
    );
  };
  return walk(0, 0);
}

function tokens(pattern: string): Token[] {
  const found: Token[] = [];
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i] ?? '';
    if (character === '*') found.push({ any: 'run' });
    else if (character === '?') found.push({ matches: () => true, sample: [] });
    else if (character === '[') {
      const [set, end] = bracket(pattern, i);
      found.push(set);
      i = end;
    } else {
      const literal = character === '\\' && i + 1 < pattern.length ? (pattern[(i += 1)] ?? '') : character;
      found.push({ matches: (other) => other === literal, sample: [literal] });
    }
  }
  return found;
}

function bracket(pattern: string, start: number): [Token, number] {
  let i = start + 1;
  const negated = pattern[i] === '^';
  if (negated) i += 1;
  const ranges: [string, string][] = [];
  for (; i < pattern.length && pattern[i] !== ']'; i += 1) {
    if (pattern[i] === '\\' && i + 1 < pattern.length) i += 1;
    const from = pattern[i] ?? '';
    const isRange = pattern[i + 1] === '-' && i + 2 < pattern.length && pattern[i + 2] !== ']';
    const to = isRange ? (pattern[i + 2] ?? '') : from;
    ranges.push(from <= to ? [from, to] : [to, from]);
    if (isRange) i += 2;
  }
  const inside = (character: string): boolean => ranges.some(([from, to]) => from <= character && character <= to);
  const sample = ranges.flatMap(([from, to]) => [from, to]);
  return [{ matches: (character) => inside(character) !== negated, sample: negated ? candidates() : sample }, i];
}

function candidates(): string[] {
  return Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
}
