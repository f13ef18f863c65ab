import { patternOf, type Pattern } from '../regex/automaton.ts';
import { RegexProblem } from '../regex/syntax.ts';

export type Operator = '=' | '!=' | '=~' | '!~';

/** What a label must be like. A label that is missing counts as the empty string. */
export interface Matcher {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** Patterns made ready once for one question. */
export class Patterns {
  readonly #known = new Map<string, Pattern>();

  of(text: string): Pattern {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const pattern = patternOf(text);
    this.#known.set(text, pattern);
    return pattern;
  }
}

export function isPattern({ operator }: Matcher): boolean {
  return operator === '=~' || operator === '!~';
}

/** Whether a value satisfies a matcher; `undefined` where its pattern is not understood. Source: Alertmanager `pkg/labels/matcher.go`. */
export function holds(matcher: Matcher, value: string, patterns: Patterns): boolean | undefined {
  switch (matcher.operator) {
    case '=':
      return value === matcher.value;
    case '!=':
      return value !== matcher.value;
    case '=~':
    case '!~': {
      const pattern = patterns.of(matcher.value);
      if (pattern instanceof RegexProblem) return undefined;
      return pattern.matches(value) === (matcher.operator === '=~');
    }
  }
}

/** `severity=~"P0|P1"`, as people write it. */
export function matcherText({ name, operator, value }: Matcher): string {
  return `${name}${operator}${JSON.stringify(value)}`;
}
