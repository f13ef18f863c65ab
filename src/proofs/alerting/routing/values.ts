import { holds, isPattern, type Matcher, type Patterns } from './matcher.ts';
import type { Automaton, States } from './regex/automaton.ts';
import { LAST_CODE_POINT, RegexProblem } from './regex/syntax.ts';

/**
 * Values that stand for all others: two values between which no matcher tells a difference are one. `undefined` stands for a value
 * of which nothing is known, where the patterns are too many to be told apart.
 */
export type Candidates = readonly (string | undefined)[];

const MOST_STATES = 2000;

interface Walk {
  readonly value: string;
  readonly states: readonly States[];
  /** What the value has in common with a literal, from its start; `undefined` once it has left them all. */
  readonly prefix: string | undefined;
}

/**
 * One value of each kind that the matchers of one label tell apart, the empty value first. Walks the product of their automata from
 * shorter to longer values, so that each kind is shown by one of its shortest.
 */
export function candidatesOf(matchers: readonly Matcher[], patterns: Patterns): Candidates {
  const automata = [...new Set(matchers.filter(isPattern).map(({ value }) => value))].flatMap((text) => {
    const pattern = patterns.of(text);
    return pattern instanceof RegexProblem ? [] : [pattern];
  });
  const literals = new Set(
    matchers.filter((matcher) => !isPattern(matcher) && matcher.value !== '').map((m) => m.value),
  );
  const found = new Map<string, string>();
  const complete = walk(automata, literals, ({ value }, accepted) => {
    const kind = value !== '' && literals.has(value) ? `=${value}` : accepted;
    if (value !== '' && !found.has(kind)) found.set(kind, value);
  });
  return ['', ...found.values(), ...(complete ? [] : [undefined])];
}

/** Answers whether everything was walked. */
function walk(
  automata: readonly Automaton[],
  literals: ReadonlySet<string>,
  visit: (at: Walk, accepted: string) => void,
): boolean {
  const seen = new Set<string>();
  let open: Walk[] = [{ value: '', states: automata.map(({ start }) => start), prefix: '' }];
  while (open.length > 0) {
    const longer: Walk[] = [];
    for (const at of open) {
      const first = at.value === '';
      visit(at, automata.map((one, index) => (one.accepts(at.states[index] ?? [], first) ? '1' : '0')).join(''));
      for (const code of nextCharacters(at, automata, literals)) {
        const next = step(at, code, automata, literals);
        const key = `${next.prefix ?? '-'} ${next.prefix === undefined} ${JSON.stringify(next.states)}`;
        if (seen.has(key)) continue;
        if (seen.size >= MOST_STATES) return false;
        seen.add(key);
        longer.push(next);
      }
    }
    open = longer;
  }
  return true;
}

function step(at: Walk, code: number, automata: readonly Automaton[], literals: ReadonlySet<string>): Walk {
  const value = at.value + String.fromCodePoint(code);
  const states = automata.map((one, index) => one.after(at.states[index] ?? [], code, at.value === ''));
  const grown = at.prefix === undefined ? undefined : at.prefix + String.fromCodePoint(code);
  const prefix = grown !== undefined && [...literals].some((one) => one.startsWith(grown)) ? grown : undefined;
  return { value, states, prefix };
}

/** One character of each interval within which none makes a difference, readable ones where there are. */
function nextCharacters(
  { value, states, prefix }: Walk,
  automata: readonly Automaton[],
  literals: ReadonlySet<string>,
): number[] {
  const cuts = new Set([0, LAST_CODE_POINT + 1]);
  for (const [index, one] of automata.entries())
    for (const cut of one.cuts(states[index] ?? [], value === '')) cuts.add(cut);
  for (const literal of prefix === undefined ? [] : literals) {
    const next = literal.startsWith(prefix ?? '') ? literal.slice(prefix?.length).codePointAt(0) : undefined;
    if (next !== undefined) cuts.add(next).add(next + 1);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).flatMap((end, index) => characterIn(sorted[index] ?? 0, end - 1) ?? []);
}

const READABLE: readonly (readonly [number, number])[] = [
  [0x61, 0x7a],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x21, 0x7e],
  [0xa1, 0xd7ff],
];

/** A code point of the interval; none where it holds nothing but surrogates, which no text of UTF-8 has. */
function characterIn(low: number, high: number): number | undefined {
  for (const [from, to] of READABLE) if (Math.max(low, from) <= Math.min(high, to)) return Math.max(low, from);
  if (low < 0xd800) return low;
  return high > 0xdfff ? Math.max(low, 0xe000) : undefined;
}

/** Whether a matcher accepts a candidate; `undefined` where that cannot be said. */
export function accepts(matcher: Matcher, candidate: string | undefined, patterns: Patterns): boolean | undefined {
  return candidate === undefined ? undefined : holds(matcher, candidate, patterns);
}
