import { holds, isPattern, type Matcher, type Patterns } from './matcher.ts';
import type { Automaton, States } from '../regex/automaton.ts';
import { LAST_CODE_POINT, RegexProblem } from '../regex/syntax.ts';

/**
 * Values that stand for all others: two values between which no matcher tells a difference are one. `undefined` stands for a value
 * of which nothing is known, where the patterns are too many to be told apart.
 */
export type Candidates = readonly (string | undefined)[];

/** Beyond what the literals need. */
const MOST_STATES = 2000;

/** A place among the literals, letter by letter. */
interface Node {
  readonly id: number;
  readonly next: Map<number, Node>;
}

interface Walk {
  readonly value: string;
  readonly states: readonly States[];
  /** What the value has in common with a literal, from its start; `undefined` once it has left them all. */
  readonly node: Node | undefined;
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
  const literals = new Set(matchers.filter((one) => !isPattern(one) && one.value !== '').map(({ value }) => value));
  const found = new Map<string, string>();
  const complete = walk(automata, literals, ({ value }, accepted) => {
    const kind = value !== '' && literals.has(value) ? `=${value}` : accepted;
    if (value !== '' && !found.has(kind)) found.set(kind, value);
  });
  return ['', ...new Set([...found.values(), ...literals]), ...(complete ? [] : [undefined])];
}

/** Answers whether everything was walked. */
function walk(
  automata: readonly Automaton[],
  literals: ReadonlySet<string>,
  visit: (at: Walk, accepted: string) => void,
): boolean {
  const { root, size } = trie(literals);
  const seen = new Set<string>();
  let open: Walk[] = [{ value: '', states: automata.map(({ start }) => start), node: root }];
  while (open.length > 0) {
    const longer: Walk[] = [];
    for (const at of open) {
      const first = at.value === '';
      visit(at, automata.map((one, index) => (one.accepts(at.states[index] ?? [], first) ? '1' : '0')).join(''));
      for (const code of nextCharacters(at, automata)) {
        const next = step(at, code, automata);
        const key = `${next.node?.id ?? ''} ${next.states.map((states) => states.join(',')).join(' ')}`;
        if (seen.has(key)) continue;
        if (seen.size >= MOST_STATES + size) return false;
        seen.add(key);
        longer.push(next);
      }
    }
    open = longer;
  }
  return true;
}

function trie(literals: ReadonlySet<string>): { root: Node; size: number } {
  let size = 0;
  const node = (): Node => {
    size += 1;
    return { id: size, next: new Map() };
  };
  const root = node();
  for (const literal of literals) {
    let at = root;
    for (const character of literal) {
      const code = character.codePointAt(0) ?? 0;
      const next = at.next.get(code) ?? node();
      at.next.set(code, next);
      at = next;
    }
  }
  return { root, size };
}

function step(at: Walk, code: number, automata: readonly Automaton[]): Walk {
  const states = automata.map((one, index) => one.after(at.states[index] ?? [], code, at.value === ''));
  return { value: at.value + String.fromCodePoint(code), states, node: at.node?.next.get(code) };
}

/** One character of each interval within which none makes a difference, readable ones where there are. */
function nextCharacters({ value, states, node }: Walk, automata: readonly Automaton[]): number[] {
  const cuts = new Set([0, LAST_CODE_POINT + 1]);
  for (const [index, one] of automata.entries())
    for (const cut of one.cuts(states[index] ?? [], value === '')) cuts.add(cut);
  for (const code of node?.next.keys() ?? []) cuts.add(code).add(code + 1);
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

/** Which values of a domain a matcher accepts, and of which that cannot be said: one bit for each. */
interface Masks {
  readonly accepted: bigint;
  readonly unknown: bigint;
}

/** The values a label may have, with what each matcher makes of them, worked out once. */
export class Domain {
  readonly values: Candidates;
  readonly all: bigint;
  readonly #patterns: Patterns;
  readonly #masks = new Map<Matcher, Masks>();

  constructor(values: Candidates, patterns: Patterns) {
    this.values = values;
    this.all = (1n << BigInt(values.length)) - 1n;
    this.#patterns = patterns;
  }

  masks(matcher: Matcher): Masks {
    const known = this.#masks.get(matcher);
    if (known !== undefined) return known;
    const answers = this.values.map((value) =>
      value === undefined ? undefined : holds(matcher, value, this.#patterns),
    );
    const masks = {
      accepted: bits(answers.map((answer) => answer === true)),
      unknown: bits(answers.map((answer) => answer === undefined)),
    };
    this.#masks.set(matcher, masks);
    return masks;
  }

  /** Those of which something is known. */
  get certain(): bigint {
    return bits(this.values.map((value) => value !== undefined));
  }

  /** The first value of a set. */
  first(set: bigint): string | undefined {
    return this.values.find((_, index) => ((set >> BigInt(index)) & 1n) === 1n);
  }
}

function bits(answers: readonly boolean[]): bigint {
  return BigInt(`0b0${answers.toReversed().map(Number).join('')}`);
}
