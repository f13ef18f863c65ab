import type { HclOperator } from '../../../model/hcl.ts';
import type { Scanner } from './scanner.ts';

/** How tightly an operator binds. */
export const LEVEL: Readonly<Record<HclOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** The operator that stands next; a lone `=`, `&`, `|` or `!` is none, and neither is `=>`. */
export function nextOperator(scanner: Scanner): HclOperator | undefined {
  const first = scanner.text[scanner.at];
  switch (first) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return first;
    case '<':
    case '>':
      return scanner.text[scanner.at + 1] === '=' ? `${first}=` : first;
    case '=':
    case '!':
      return scanner.text[scanner.at + 1] === '=' ? `${first}=` : undefined;
    case '&':
      return scanner.looksAt('&&') ? '&&' : undefined;
    case '|':
      return scanner.looksAt('||') ? '||' : undefined;
    default:
      return undefined;
  }
}
