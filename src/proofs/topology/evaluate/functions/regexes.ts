import { invalid, textOf, Unknown, type Value } from '../value.ts';
import type { Functions } from './types.ts';

/** Longest text that a pattern is tried on, and most unbounded repetitions in it: two of them on so much text end at once. */
const LIMITS = { text: 256, repetitions: 2 } as const;

/** Syntax that Go's engine and this one read differently, or that a group repeats. */
const FOREIGN = /\(\?|\[\[:|\\[pPzAQkC]|\)[*+{]|\\\d/;

/** Patterns so simple that both engines agree on them and none can keep a check busy; any other is not known. */
export const regexes: Functions = {
  regexall: ([pattern, text]) => within(pattern, text, (found) => found.map(capture)),
  regex: ([pattern, text]) =>
    within(pattern, text, ([first]) => (first === undefined ? invalid('the pattern matches nothing') : capture(first))),
};

/** `replace` with a pattern between slashes; `$1` names a group in both. */
export function replacePattern(text: string, pattern: string, to: string): Value {
  return within(pattern, text, () => (/\$[^\d]/.test(to) ? notKnown() : text.replaceAll(new RegExp(pattern, 'g'), to)));
}

function within(pattern: Value | undefined, text: Value | undefined, then: (found: RegExpExecArray[]) => Value): Value {
  const [source, subject] = [textOf(pattern ?? '') ?? '', textOf(text ?? '') ?? ''];
  const unbounded = source.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  if (FOREIGN.test(source) || unbounded > LIMITS.repetitions || subject.length > LIMITS.text) return notKnown();
  try {
    return then([...subject.matchAll(new RegExp(source, 'g'))]);
  } catch {
    return invalid('the pattern is none');
  }
}

/** The whole match, or its groups where the pattern has some. */
function capture(match: RegExpExecArray): Value {
  const groups = match.slice(1).map((group): Value => group ?? '');
  return groups.length > 0 ? groups : match[0];
}

function notKnown(): Unknown {
  return new Unknown('the regular expression is not evaluated');
}
