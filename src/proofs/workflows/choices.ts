import { expressionsIn } from './expressions.ts';

/** A text that an expression chooses, and the condition that must hold for it; empty where none is needed. */
export interface Choice {
  readonly value: string;
  readonly when: string;
}

/**
 * What `${{ a && 'x' || b && 'y' || 'z' }}` chooses between; undefined for a text of another form, and where an alternative is not
 * written down. That an earlier alternative was not taken is no part of a condition.
 */
export function choicesOf(text: string): Choice[] | undefined {
  const [expression] = expressionsIn(text);
  if (expression === undefined || text.trim() !== `\${{${expression}}}`) return undefined;
  const choices = parted(expression, '||').map((alternative): Choice | undefined => {
    const parts = parted(alternative, '&&').map((part) => part.trim());
    const value = /^'((?:[^']|'')*)'$/.exec(parts.at(-1) ?? '')?.[1];
    return value === undefined
      ? undefined
      : { value: value.replaceAll("''", "'"), when: parts.slice(0, -1).join(' && ') };
  });
  return choices.every((choice) => choice !== undefined) ? choices : undefined;
}

/** The parts between an operator that stands in no parentheses and no text. */
export function parted(expression: string, operator: '||' | '&&'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < expression.length; at += 1) {
    const char = expression[at];
    if (char === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (depth === 0 && expression.startsWith(operator, at)) {
      parts.push(expression.slice(start, at));
      at += operator.length - 1;
      start = at + 1;
    }
  }
  return [...parts, expression.slice(start)];
}
