import { oncePerText } from '../../../model/once.ts';
import { Automaton, patternOf, type Pattern } from '../regex/automaton.ts';
import { parseRegex } from '../regex/parse.ts';
import { RegexProblem } from '../regex/syntax.ts';

/** Whether a value matches as a whole. */
interface Anchored {
  readonly test: (value: string) => boolean;
}

/** Parsed by itself, so that `a)|(b` is refused, and then put between anchors; `.` is any character (`model/labels/regexp.go`). */
const read = oncePerText((pattern: string): Pattern => {
  try {
    parseRegex(pattern);
  } catch (error) {
    if (error instanceof RegexProblem) return error;
    throw error;
  }
  return patternOf(`(?s:${pattern})`);
});

/** A regular expression of Prometheus: RE2, anchored on both sides. `undefined` where it is none, or cannot be evaluated here. */
export function anchored(pattern: string): Anchored | undefined {
  const found = read(pattern);
  return found instanceof Automaton ? { test: (value) => found.matches(value) } : undefined;
}

/** Why RE2 refuses the pattern, as it does what only other engines know: `(?!…)`, `\1`. */
export function refusal(pattern: string): string | undefined {
  const found = read(pattern);
  return found instanceof Automaton || found.kind === 'unsupported' ? undefined : found.message;
}
