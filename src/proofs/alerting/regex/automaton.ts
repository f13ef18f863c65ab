import { parseRegex } from './parse.ts';
import { RegexProblem, unsupported, type Ranges, type Regex } from './syntax.ts';

/** A step of a Thompson automaton; `next` are indices of steps. */
type Step =
  | { readonly kind: 'match' }
  | { readonly kind: 'class'; readonly ranges: Ranges; readonly next: number }
  | { readonly kind: 'begin' | 'end'; readonly next: number }
  | { readonly kind: 'split'; readonly next: readonly number[] };

/** Steps an automaton may be in, sorted, before anything is followed that reads no character. */
export type States = readonly number[];

const MOST_STEPS = 20_000;

/**
 * A regular expression as Alertmanager uses it, put into `^(?:…)$` as a text, so that `a)|(b` means something. It is walked in time linear in the value whatever the pattern, so that no
 * pattern of a foreign repository can hold up a check.
 */
export class Automaton {
  readonly steps: readonly Step[];
  readonly start: States;

  /** Throws `RegexProblem`. */
  constructor(pattern: string) {
    const steps: Step[] = [{ kind: 'match' }];
    this.start = [compile(parseRegex(`^(?:${pattern})$`), 0, steps)];
    this.steps = steps;
  }

  matches(value: string): boolean {
    let states = this.start;
    let first = true;
    for (const character of value) {
      states = this.after(states, character.codePointAt(0) ?? 0, first);
      first = false;
      if (states.length === 0) return false;
    }
    return this.accepts(states, first);
  }

  /** The states after one more character. */
  after(states: States, code: number, atStart: boolean): States {
    const next = new Set<number>();
    for (const step of this.reached(states, atStart, false))
      if (step.kind === 'class' && contains(step.ranges, code)) next.add(step.next);
    return [...next].sort((a, b) => a - b);
  }

  /** Whether the value may end here. */
  accepts(states: States, atStart: boolean): boolean {
    return this.reached(states, atStart, true).some(({ kind }) => kind === 'match');
  }

  /** Every boundary at which the next character makes a difference. */
  cuts(states: States, atStart: boolean): number[] {
    return this.reached(states, atStart, false).flatMap((step) =>
      step.kind === 'class' ? step.ranges.flatMap(([low, high]) => [low, high + 1]) : [],
    );
  }

  private reached(states: States, atStart: boolean, atEnd: boolean): Step[] {
    const seen = new Set<number>(states);
    const open = [...states];
    const found: Step[] = [];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const step = this.steps[index];
      if (step === undefined) continue;
      found.push(step);
      for (const next of follows(step, atStart, atEnd)) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return found;
  }
}

function follows(step: Step, atStart: boolean, atEnd: boolean): readonly number[] {
  if (step.kind === 'split') return step.next;
  if ((step.kind === 'begin' && atStart) || (step.kind === 'end' && atEnd)) return [step.next];
  return [];
}

function contains(ranges: Ranges, code: number): boolean {
  return ranges.some(([low, high]) => low <= code && code <= high);
}

/** Builds from the end: answers the step at which the part begins, when `next` comes after it. */
function compile(regex: Regex, next: number, steps: Step[]): number {
  if (steps.length > MOST_STEPS) throw unsupported('a pattern of this size');
  const add = (step: Step): number => steps.push(step) - 1;
  switch (regex.kind) {
    case 'empty':
      return next;
    case 'class':
      return add({ kind: 'class', ranges: regex.ranges, next });
    case 'begin':
    case 'end':
      return add({ kind: regex.kind, next });
    case 'sequence':
      return regex.parts.reduceRight((after, part) => compile(part, after, steps), next);
    case 'either':
      return add({ kind: 'split', next: regex.parts.map((part) => compile(part, next, steps)) });
    case 'repeat':
      return compileRepeat(regex, next, steps);
  }
}

function compileRepeat({ part, min, max }: Extract<Regex, { kind: 'repeat' }>, next: number, steps: Step[]): number {
  let after = next;
  if (max === Infinity) {
    const loop: number[] = [next];
    after = steps.push({ kind: 'split', next: loop }) - 1;
    loop.push(compile(part, after, steps));
  } else {
    for (let optional = max - min; optional > 0; optional -= 1)
      after = steps.push({ kind: 'split', next: [next, compile(part, after, steps)] }) - 1;
  }
  for (let copies = min; copies > 0; copies -= 1) after = compile(part, after, steps);
  return after;
}

/** A pattern made ready once: an automaton, or why there is none. */
export type Pattern = Automaton | RegexProblem;

export function patternOf(text: string): Pattern {
  try {
    return new Automaton(text);
  } catch (error) {
    if (error instanceof RegexProblem) return error;
    throw error;
  }
}
